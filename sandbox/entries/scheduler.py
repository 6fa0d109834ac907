"""EventBridge Scheduler: schedules and their groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from sandbox.entries import ecs_parameters
from sandbox.resource import Call, Entry, Naming, Tagging
from sandbox.steps import ARN, ID, NAME, among, fill, op, part, upsert

_SCHEDULE: Final = {"GroupName": part(0), "Name": part(1)}
_SHOWN: Final = {
    "EnableECSManagedTags": "enableEcsManagedTags",
    "EventBridgeParameters": "eventbridgeParameters",
    "CapacityProviderStrategy": "capacityProviderStrategies",
    "PlacementConstraints": "placementConstraints",
    "PlacementStrategy": "placementStrategies",
}


def _target(call: Call) -> dict[str, Any]:
    wanted = call.shaped(call.structure("CreateSchedule", "Target"), call.new["target"])
    given: Mapping[str, Any] | None = call.new["target"].get("ecsParameters")
    if not given:
        return wanted
    return {**wanted, "EcsParameters": ecs_parameters.written(wanted["EcsParameters"], given, "key", "value")}


def _target_of(found: Any) -> dict[str, Any]:
    target = dict(found["Target"])
    if held := target.get("EcsParameters"):
        target["EcsParameters"] = ecs_parameters.read(held, "key", "value")
    return _shown(target)


def _shown(value: Any) -> Any:
    if isinstance(value, list):
        return [_shown(item) for item in cast("list[Any]", value)]
    if not isinstance(value, Mapping):
        return value
    held = cast("Mapping[str, Any]", value)
    return {
        _SHOWN.get(name, name[:1].lower() + name[1:]): item if name == "Tags" else _shown(item)
        for name, item in held.items()
    }


SCHEDULE: Final = Entry(
    service="scheduler",
    create=upsert(
        fill("create_schedule", Target=_target),
        lambda call: f"{call.get('groupName') or 'default'}/{call.get('name')}",
    ),
    read=op("get_schedule", **_SCHEDULE),
    delete=op("delete_schedule", **_SCHEDULE),
    update=fill("update_schedule", **_SCHEDULE, Target=_target),
    replaces=among("groupName"),
    blind=among("startDate", "endDate", "actionAfterCompletion"),
    facts={"target": lambda _call, found: _target_of(found)},
    naming=Naming(longest=64),
)


SCHEDULE_GROUP: Final = Entry(
    service="scheduler",
    create=upsert(fill("create_schedule_group"), NAME),
    read=op("get_schedule_group", Name=ID),
    delete=op("delete_schedule_group", Name=ID),
    naming=Naming(longest=64),
    tagging=Tagging(
        add="tag_resource", remove="untag_resource", target={"ResourceArn": ARN}, look="list_tags_for_resource"
    ),
)


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:scheduler/schedule:Schedule": SCHEDULE,
    "aws:scheduler/scheduleGroup:ScheduleGroup": SCHEDULE_GROUP,
}
