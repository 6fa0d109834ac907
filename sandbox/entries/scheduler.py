"""EventBridge Scheduler: schedules and their groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sandbox.resource import Entry, Naming, Tagging
from sandbox.steps import ARN, ID, NAME, among, fill, op, part, upsert

_SCHEDULE: Final = {"GroupName": part(0), "Name": part(1)}


SCHEDULE: Final = Entry(
    service="scheduler",
    create=upsert(fill("create_schedule"), lambda call: f"{call.get('groupName') or 'default'}/{call.get('name')}"),
    read=op("get_schedule", **_SCHEDULE),
    delete=op("delete_schedule", **_SCHEDULE),
    update=fill("update_schedule", **_SCHEDULE),
    replaces=among("groupName"),
    blind=among("startDate", "endDate"),
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
