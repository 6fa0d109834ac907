"""CloudWatch Logs: log groups and resource policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.resource import Call, Entry, Naming, Tagging
from sandbox.steps import ID, NAME, among, fill, one_of, op, prop, text, upsert


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


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:cloudwatch/logGroup:LogGroup": LOG_GROUP,
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": LOG_RESOURCE_POLICY,
}
