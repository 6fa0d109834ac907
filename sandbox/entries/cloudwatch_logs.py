"""CloudWatch Logs: log groups, resource policies, metric filters and saved queries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.resource import Call, Entry, Naming, Tagging
from sandbox.steps import ID, NAME, among, fill, one_of, op, prop, steps, text, upsert


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


def _protection(call: Call) -> None:
    wanted = bool(call.new.get("deletionProtectionEnabled"))
    call.send("put_log_group_deletion_protection", logGroupIdentifier=call.id, deletionProtectionEnabled=wanted)


_LOG_GROUP_ARN: Final = text("arn:{partition}:logs:{region}:{account}:log-group:{id}")


def _log_group(call: Call) -> Any:
    return one_of("describe_log_groups", "logGroups", {"logGroupName": ID}, logGroupNamePrefix=ID)(call)


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
    settings={("retentionInDays",): _retention, ("deletionProtectionEnabled",): _protection},
    changes={("kmsKeyId",): _key},
    names={"name": "logGroupName", "arn": ""},
    facts={"arn": _LOG_GROUP_ARN, "name": lambda call, _found: call.id},
    blind=among("deletionProtectionEnabled"),
    naming=Naming(longest=512),
    tagging=Tagging(
        add="tag_resource",
        remove="untag_resource",
        target={"resourceArn": _LOG_GROUP_ARN},
        look="list_tags_for_resource",
    ),
)


def _log_policy(call: Call) -> Any:
    return one_of("describe_resource_policies", "resourcePolicies", {"policyName": ID})(call)


LOG_RESOURCE_POLICY: Final = Entry(
    service="logs",
    create=upsert(fill("put_resource_policy"), prop("policyName")),
    read=_log_policy,
    delete=op("delete_resource_policy", policyName=ID),
    update=fill("put_resource_policy", policyName=ID),
    replaces=among("policyName", "resourceArn"),
)


def _put_metric_filter(call: Call) -> None:
    """The provider writes a transformation in words of its own, and numbers without a fraction."""
    given = call.new.get("metricTransformation") or {}
    transformation = {
        "metricName": given.get("name"),
        "metricNamespace": given.get("namespace"),
        "metricValue": given.get("value"),
        "defaultValue": float(given["defaultValue"]) if given.get("defaultValue") else None,
        "dimensions": given.get("dimensions"),
        "unit": given.get("unit"),
    }
    call.send(
        "put_metric_filter",
        logGroupName=call.get("logGroupName"),
        filterName=call.get("name"),
        filterPattern=call.get("pattern"),
        metricTransformations=[{name: value for name, value in transformation.items() if value is not None}],
    )


def _metric_filter(call: Call) -> Any:
    found = one_of(
        "describe_metric_filters",
        "metricFilters",
        {"filterName": ID},
        logGroupName=prop("logGroupName"),
        filterNamePrefix=ID,
    )(call)
    return found and {
        "name": found["filterName"],
        "logGroupName": found["logGroupName"],
        "pattern": found["filterPattern"],
    }


METRIC_FILTER: Final = Entry(
    service="logs",
    create=upsert(_put_metric_filter, NAME),
    read=_metric_filter,
    delete=op("delete_metric_filter", logGroupName=prop("logGroupName"), filterName=ID),
    # moto 5.2.5 appends a second filter of the name, and finds the first
    update=steps(op("delete_metric_filter", logGroupName=prop("logGroupName"), filterName=ID), _put_metric_filter),
    replaces=among("name", "logGroupName"),
    blind=among("metricTransformation", "applyOnTransformedLogs"),
    naming=Naming(longest=512),
)


QUERY_DEFINITION: Final = Entry(
    service="logs",
    create=upsert(fill("put_query_definition", name=NAME, logGroupNames=prop("logGroupNames")), NAME),
    read=one_of("describe_query_definitions", "queryDefinitions", {"name": ID}, queryDefinitionNamePrefix=ID),
    delete=op("delete_query_definition", queryDefinitionId=ID),
    update=fill("put_query_definition", name=NAME),
    optional=True,  # moto 5.2.5 has no PutQueryDefinition
)


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:cloudwatch/logGroup:LogGroup": LOG_GROUP,
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": LOG_RESOURCE_POLICY,
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": METRIC_FILTER,
    "aws:cloudwatch/queryDefinition:QueryDefinition": QUERY_DEFINITION,
}
