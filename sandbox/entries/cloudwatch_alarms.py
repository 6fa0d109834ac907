"""CloudWatch alarms and dashboards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.resource import Call, Entry, Naming
from sandbox.steps import ARN, ID, IDS, NAME, TAGS_BY_ARN, among, fill, one_of, op, prop, text, upsert

_ALARM_NAMES: Final = {
    "name": "AlarmName",
    "arn": "AlarmArn",
    "metricQueries": "Metrics",
    "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile",
}


def _dimensions(values: Mapping[str, str] | None) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in (values or {}).items()]


def _queries(call: Call) -> list[dict[str, Any]]:
    """Metric queries are flat in the provider and nested once more in the API."""
    found: list[dict[str, Any]] = []
    for query in call.new.get("metricQueries") or []:
        names = {"id": "Id", "expression": "Expression", "label": "Label", "accountId": "AccountId", "period": "Period"}
        item: dict[str, Any] = {api: query[name] for name, api in names.items() if query.get(name)}
        if "returnData" in query:
            item["ReturnData"] = bool(query["returnData"])
        metric = query.get("metric")
        if metric:
            inner = {
                "MetricName": metric["metricName"],
                "Namespace": metric.get("namespace"),
                "Dimensions": _dimensions(metric.get("dimensions")),
            }
            stat = {
                "Metric": inner,
                "Period": int(metric["period"]),
                "Stat": metric["stat"],
                "Unit": metric.get("unit"),
            }
            item["MetricStat"] = {key: value for key, value in stat.items() if value is not None}
        found.append(item)
    return found


def _put_alarm(call: Call) -> None:
    call.fill(
        "put_metric_alarm",
        ActionsEnabled=call.new.get("actionsEnabled", True),
        Dimensions=_dimensions(call.new.get("dimensions")) or None,
        Metrics=_queries(call) or None,
    )


def _delete_alarm(call: Call) -> None:
    """Moto keeps an alarm's tags and gives them to the next alarm of the name."""
    tags = call.send("list_tags_for_resource", ResourceARN=ARN)["Tags"]
    if tags:
        call.send("untag_resource", ResourceARN=ARN, TagKeys=[tag["Key"] for tag in tags])
    call.send("delete_alarms", AlarmNames=[call.id])


METRIC_ALARM: Final = Entry(
    service="cloudwatch",
    create=upsert(_put_alarm, NAME),
    read=one_of("describe_alarms", "MetricAlarms", {"AlarmName": ID}, AlarmNames=IDS, AlarmTypes=["MetricAlarm"]),
    delete=_delete_alarm,
    update=_put_alarm,
    names=_ALARM_NAMES,
    facts={"dimensions": lambda _call, found: {pair["Name"]: pair["Value"] for pair in found.get("Dimensions", [])}},
    blind=among("metricQueries"),
    naming=Naming(),
    tagging=TAGS_BY_ARN,
)


COMPOSITE_ALARM: Final = Entry(
    service="cloudwatch",
    create=upsert(fill("put_composite_alarm"), prop("alarmName")),
    read=one_of("describe_alarms", "CompositeAlarms", {"AlarmName": ID}, AlarmNames=IDS, AlarmTypes=["CompositeAlarm"]),
    delete=_delete_alarm,
    update=fill("put_composite_alarm"),
    replaces=among("alarmName", "actionsEnabled"),
    names={"arn": "AlarmArn", "actionsSuppressor": ""},
    optional=True,  # moto 5.2.5 has no PutCompositeAlarm
    tagging=TAGS_BY_ARN,
)


DASHBOARD: Final = Entry(
    service="cloudwatch",
    create=upsert(fill("put_dashboard"), prop("dashboardName")),
    read=op("get_dashboard", DashboardName=ID),
    delete=op("delete_dashboards", DashboardNames=lambda call: [call.id]),
    update=fill("put_dashboard"),
    replaces=among("dashboardName"),
    facts={"dashboardArn": text("arn:{partition}:cloudwatch::{account}:dashboard/{id}")},
)


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": METRIC_ALARM,
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": COMPOSITE_ALARM,
    "aws:cloudwatch/dashboard:Dashboard": DASHBOARD,
}
