"""In: which instance can go."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from ..cluster.snapshot import RETAINED, ContainerInstance, Group, Task
from .assess import Assessment, displaced
from .crowding import slots_lost_at_worst
from .demand import Want, number, wants
from .enough import enough_however_placed
from .settings import Settings
from .shapes import Shape, shape_of
from .slots import total
from .view import Sample, Snapshot

LOOKS: Final = 10
"""Instances whose tasks are looked at in one run: a handful of calls each."""

LATE: Final = timedelta(seconds=120)
"""How late a measurement may be visible: CloudWatch's minute and one of delay."""


def obstacle(snapshot: Snapshot, assessment: Assessment, settings: Settings, now: datetime) -> str:
    """Why no instance may go now, in words; empty when one may. Needs no tasks."""
    group, fleet = assessment.group, assessment.fleet
    reasons = (
        (group.desired_capacity <= group.min_size, "the group is at its minimum"),
        (assessment.surplus < 1, "there is no surplus"),
        (bool(fleet.starting) or _launching(group), "instances are starting"),
        (bool(fleet.away), "an agent is disconnected"),
        (_leaving(snapshot), "instances are leaving"),
        (_disagree(snapshot), "services count more tasks than instances"),
        (any(each.running for each in snapshot.refreshes.get(group.name, ())), "an instance refresh is running"),
        ("Terminate" in group.suspended_processes, "terminations are suspended"),
        (not held(snapshot.surplus, now, settings.shrink.hold_s), "the surplus is too recent"),
    )
    return next((words for applies, words in reasons if applies), "")


def held(history: Iterable[Sample], now: datetime, hold_s: int) -> bool:
    """Whether the surplus was there all the time. A gap of more than two minutes in the history means no."""
    if not hold_s:
        return True
    begin = now - timedelta(seconds=hold_s)
    inside = [each for each in history if begin - timedelta(seconds=60) <= each.at <= now]
    complete = len(inside) >= max(1, hold_s // 60 - 2)
    return complete and min(each.at for each in inside) <= begin + LATE and all(each.value >= 1 for each in inside)


def candidates(snapshot: Snapshot, assessment: Assessment) -> tuple[ContainerInstance, ...]:
    """The instances to look at: in the zones that have most, the cheapest to empty first."""
    members = [each for each in assessment.group.instances if each.in_service and each.healthy]
    per_zone = Counter(each.zone for each in members)
    most = max(per_zone.values(), default=0)
    rooms = {room.name for room in assessment.fleet.ready}
    found = [
        snapshot.registered[each.instance_id]
        for each in members
        if per_zone[each.zone] == most and each.instance_id in rooms and not each.protected_from_scale_in
    ]
    found.sort(key=lambda each: (each.running_tasks + each.pending_tasks, each.instance_id))
    return tuple(found[:LOOKS])


def victim(snapshot: Snapshot, assessment: Assessment, settings: Settings) -> tuple[str | None, str]:
    """The instance that goes, and why it or why none."""
    reason = "no instance can be looked at"
    for instance in candidates(snapshot, assessment):
        tasks = _moving(snapshot, instance)
        reason = _held_back(snapshot, tasks) or _needed(snapshot, assessment, settings, instance, tasks or ())
        if not reason:
            return instance.instance_id, f"it is the cheapest to empty, with {len(tasks or ())} tasks to move"
        reason = f"{instance.instance_id}: {reason}"
    return None, reason


def _launching(group: Group) -> bool:
    return any(each.lifecycle_state.startswith("Pending") for each in group.instances)


def _leaving(snapshot: Snapshot) -> bool:
    # A retained instance was given up by its drain, and may stay for days.
    members = [each for each in snapshot.members.values() if each.lifecycle_state != RETAINED]
    retained = {each.instance_id for each in snapshot.members.values() if each.lifecycle_state == RETAINED}
    draining = any(each.instance_id not in retained for each in snapshot.draining)
    return draining or any(not each.healthy or each.lifecycle_state.startswith("Terminating") for each in members)


def _disagree(snapshot: Snapshot) -> bool:
    """Whether services know of tasks that no instance shows: the two counts are not of the same moment."""
    placed = sum(each.running_tasks + each.pending_tasks for each in snapshot.container_instances)
    deployments = (each for service in snapshot.local_services for each in service.live_deployments)
    return sum(each.running + each.pending for each in deployments) > placed


def _moving(snapshot: Snapshot, instance: ContainerInstance) -> tuple[Task, ...] | None:
    """The tasks that have to move; daemons end with their instance. None when nobody looked."""
    tasks = snapshot.tasks.get(instance.arn)
    if tasks is None:
        return None
    daemons = {each.name for each in snapshot.services if each.daemon}
    return tuple(each for each in tasks if not each.stopped and each.service not in daemons)


def _held_back(snapshot: Snapshot, tasks: Sequence[Task] | None) -> str:
    if tasks is None:
        return "its tasks are not known"
    if any(each.service is None for each in tasks):
        return "it runs a task that no service would replace"
    if any(each.arn in snapshot.protected for each in tasks):
        return "it runs a protected task"
    if any(each.definition_arn not in snapshot.definitions for each in tasks):
        return "it runs a task of an unknown definition"
    services = [snapshot.by_name.get(each.service or "") for each in tasks]
    if any(each is None or (each.distinct and each.name not in snapshot.hosts) for each in services):
        return "it runs a task of an unknown service"
    return ""


def _needed(
    snapshot: Snapshot, assessment: Assessment, settings: Settings, instance: ContainerInstance, tasks: Sequence[Task]
) -> str:
    """Why the others are not enough without the instance; empty when they are, wherever its tasks are placed."""
    rest = [room for room in assessment.fleet.ready if room.name != instance.instance_id]
    counts: Counter[Shape] = Counter(
        shape_of(snapshot.definitions[each.definition_arn], snapshot.by_name.get(each.service or "")) for each in tasks
    )
    moving = (*assessment.demand, *wants(counts))
    least = settings.grow.headroom_tasks + settings.shrink.margin_tasks
    target = replace(assessment.target, demand=_merged(moving), headroom_tasks=least)
    if settings.grow.zone_loss:
        target = replace(target, displaced=displaced(snapshot, assessment.fleet, number(moving)))
    if not enough_however_placed(rest, target):
        return "its tasks and the headroom do not fit on the others"
    for shape in assessment.shapes:
        if total(rest, shape) - slots_lost_at_worst(rest, shape, moving) < least:
            return "the headroom would be lost if its tasks were spread"
    return ""


def _merged(demand: Sequence[Want]) -> tuple[Want, ...]:
    counts: Counter[Shape] = Counter()
    for each in demand:
        counts[each.shape] += each.count
    return wants(counts)
