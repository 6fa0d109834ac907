"""Log groups, events, alarms and dashboards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.refusal import Refusal
from sandbox.resource import ARN, ID, NAME, Call, Entry, Naming, Tagging, among, fill, op, prop, text, upsert


def _retention(call: Call) -> None:
    days = call.new.get("retentionInDays")
    if days:
        call.send("put_retention_policy", logGroupName=call.id, retentionInDays=int(days))
    else:
        call.send("delete_retention_policy", logGroupName=call.id)


def _key(call: Call) -> None:
    if call.new.get("kmsKeyId"):
        call.send("associate_kms_key", logGroupName=call.id, kmsKeyId=call.new["kmsKeyId"])
    else:
        call.send("disassociate_kms_key", logGroupName=call.id)


_LOG_GROUP_ARN: Final = text("arn:{partition}:logs:{region}:{account}:log-group:{id}")


def _log_group(call: Call) -> Any:
    found = call.send("describe_log_groups", logGroupNamePrefix=call.id)["logGroups"]
    return next((group for group in found if group["logGroupName"] == call.id), None)


def _delete_log_group(call: Call) -> None:
    """Moto keeps a group's tags and gives them to the next group of the name."""
    tags = call.send("list_tags_for_resource", resourceArn=_LOG_GROUP_ARN)["tags"]
    if tags:
        call.send("untag_resource", resourceArn=_LOG_GROUP_ARN, tagKeys=sorted(tags))
    call.send("delete_log_group", logGroupName=call.id)


LOG_GROUP: Final = Entry(
    service="logs",
    create=upsert(fill("create_log_group"), NAME),
    read=_log_group,
    delete=_delete_log_group,
    settings={("retentionInDays",): _retention},
    changes={("kmsKeyId",): _key},
    names={"name": "logGroupName", "arn": ""},
    facts={"arn": _LOG_GROUP_ARN, "name": lambda call, _found: call.id},
    local=among("deletionProtectionEnabled"),
    naming=Naming(longest=512),
    tagging=Tagging(
        add="tag_resource",
        remove="untag_resource",
        target={"resourceArn": _LOG_GROUP_ARN},
        look="list_tags_for_resource",
    ),
)


def _log_policy(call: Call) -> Any:
    found = call.send("describe_resource_policies")["resourcePolicies"]
    return next((policy for policy in found if policy.get("policyName") == call.id), None)


LOG_RESOURCE_POLICY: Final = Entry(
    service="logs",
    create=upsert(fill("put_resource_policy"), prop("policyName")),
    read=_log_policy,
    delete=op("delete_resource_policy", policyName=ID),
    update=fill("put_resource_policy", policyName=ID),
    replaces=among("policyName", "resourceArn"),
)

_EVENT_TAGS: Final = Tagging(
    add="tag_resource", remove="untag_resource", target={"ResourceARN": ARN}, look="list_tags_for_resource"
)


def _bus(call: Call) -> str:
    return str(call.get("eventBusName") or "default")


def _enabled(call: Call) -> str:
    if call.new.get("state"):
        return str(call.new["state"])
    return "DISABLED" if call.new.get("isEnabled") is False else "ENABLED"


def _rule_id(call: Call) -> str:
    return str(call.get("name")) if _bus(call) == "default" else f"{_bus(call)}/{call.get('name')}"


_RULE: Final = {"Name": NAME, "EventBusName": _bus}


def _rule_needs_a_trigger(values: Mapping[str, Any]) -> str | None:
    if values.get("eventPattern") or values.get("scheduleExpression"):
        return None
    return "one of eventPattern and scheduleExpression is required"


EVENT_RULE: Final = Entry(
    service="events",
    create=upsert(fill("put_rule", State=_enabled, EventBusName=_bus), _rule_id),
    read=op("describe_rule", Name=lambda call: call.id.split("/")[-1], EventBusName=_bus),
    delete=op("delete_rule", **_RULE),
    update=fill("put_rule", State=_enabled, EventBusName=_bus, Name=NAME),
    replaces=among("eventBusName"),
    facts={"isEnabled": lambda _call, found: found["State"] == "ENABLED"},
    naming=Naming(longest=64),
    tagging=_EVENT_TAGS,
    check=_rule_needs_a_trigger,
)

_TARGET_NAMES: Final = {
    "ecsTarget": "EcsParameters",
    "httpTarget": "HttpParameters",
    "kinesisTarget": "KinesisParameters",
    "sqsTarget": "SqsParameters",
    "redshiftTarget": "RedshiftDataParameters",
    "runCommandTargets": "RunCommandParameters",
    ".inputPaths": "InputPathsMap",
    "targetId": "Id",
}


def _put_target(call: Call) -> None:
    target = call.shaped(call.structure("PutTargets", "Targets").member)
    target["Id"] = call.get("targetId")
    answer = call.send("put_targets", Rule=call.get("rule"), EventBusName=_bus(call), Targets=[target])
    for failure in answer["FailedEntries"]:
        raise Refusal(f"AWS refused PutTargets: {failure['ErrorCode']}: {failure['ErrorMessage']}")


def _target(call: Call) -> Any:
    found = call.send("list_targets_by_rule", Rule=call.get("rule"), EventBusName=_bus(call))["Targets"]
    return next((target for target in found if target["Id"] == call.get("targetId")), None)


EVENT_TARGET: Final = Entry(
    service="events",
    create=upsert(_put_target, text("{rule}-{targetId}")),
    read=_target,
    delete=op("remove_targets", Rule=prop("rule"), EventBusName=_bus, Ids=lambda call: [call.get("targetId")]),
    update=_put_target,
    replaces=among("rule", "eventBusName", "targetId"),
    names=_TARGET_NAMES,
    naming=Naming(property="targetId", longest=64),
)

_ALARM_TAGS: Final = Tagging(
    add="tag_resource", remove="untag_resource", target={"ResourceARN": ARN}, look="list_tags_for_resource"
)
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
    read=op("describe_alarms", "MetricAlarms[0]", AlarmNames=lambda call: [call.id], AlarmTypes=["MetricAlarm"]),
    delete=_delete_alarm,
    update=_put_alarm,
    names=_ALARM_NAMES,
    facts={"dimensions": lambda _call, found: {pair["Name"]: pair["Value"] for pair in found.get("Dimensions", [])}},
    blind=among("metricQueries"),
    naming=Naming(),
    tagging=_ALARM_TAGS,
)

COMPOSITE_ALARM: Final = Entry(
    service="cloudwatch",
    create=upsert(fill("put_composite_alarm"), prop("alarmName")),
    read=op("describe_alarms", "CompositeAlarms[0]", AlarmNames=lambda call: [call.id], AlarmTypes=["CompositeAlarm"]),
    delete=_delete_alarm,
    update=fill("put_composite_alarm"),
    replaces=among("alarmName", "actionsEnabled"),
    names={"arn": "AlarmArn", "actionsSuppressor": ""},
    optional=True,  # moto 5.2.5 has no PutCompositeAlarm
    tagging=_ALARM_TAGS,
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
    "aws:cloudwatch/logGroup:LogGroup": LOG_GROUP,
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": LOG_RESOURCE_POLICY,
    "aws:cloudwatch/eventRule:EventRule": EVENT_RULE,
    "aws:cloudwatch/eventTarget:EventTarget": EVENT_TARGET,
    "aws:cloudwatch/metricAlarm:MetricAlarm": METRIC_ALARM,
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": COMPOSITE_ALARM,
    "aws:cloudwatch/dashboard:Dashboard": DASHBOARD,
}
