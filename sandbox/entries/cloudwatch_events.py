"""EventBridge rules and their targets, which pulumi_aws keeps under CloudWatch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.entries import ecs_parameters
from sandbox.refusal import Refusal
from sandbox.resource import Call, Entry, Naming
from sandbox.steps import NAME, TAGS_BY_ARN, among, fill, one_of, op, prop, text, upsert


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
    tagging=TAGS_BY_ARN,
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
    if given := call.new.get("ecsTarget"):
        target["EcsParameters"] = ecs_parameters.written(target["EcsParameters"], given, "Key", "Value")
    answer = call.send("put_targets", Rule=call.get("rule"), EventBusName=_bus(call), Targets=[target])
    for failure in answer["FailedEntries"]:
        raise Refusal(f"AWS refused PutTargets: {failure['ErrorCode']}: {failure['ErrorMessage']}")


def _target(call: Call) -> Any:
    wanted = {"Id": prop("targetId")}
    return one_of("list_targets_by_rule", "Targets", wanted, Rule=prop("rule"), EventBusName=_bus)(call)


EVENT_TARGET: Final = Entry(
    service="events",
    create=upsert(_put_target, text("{rule}-{targetId}")),
    read=_target,
    delete=op("remove_targets", Rule=prop("rule"), EventBusName=_bus, Ids=lambda call: [call.get("targetId")]),
    update=_put_target,
    replaces=among("rule", "eventBusName", "targetId"),
    names=_TARGET_NAMES,
    blind=among("ecsTarget"),
    naming=Naming(property="targetId", longest=64),
)


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:cloudwatch/eventRule:EventRule": EVENT_RULE,
    "aws:cloudwatch/eventTarget:EventTarget": EVENT_TARGET,
}
