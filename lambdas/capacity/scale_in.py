"""Scale in: remove one instance, once the surplus has lasted and the others surely hold what it leaves behind."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from ..cluster.packing import merged, number, shape_counts
from ..cluster.room import total
from ..cluster.shapes import Shape, shape_of
from ..cluster.snapshot import RETAINED, ContainerInstance, Group, Task
from .actions import ScaleIn
from .assess import Assessment, displaced
from .needed_room import suffices_however_placed
from .proposals import (
    Act,
    Ask,
    Proposal,
    Question,
    ServiceHosts,
    SurplusHistory,
    TaskDefinitions,
    TaskProtection,
    TasksOn,
    Wait,
)
from .reasons import Reason
from .settings import Settings
from .snapshot import CapacitySnapshot, Sample
from .worst_placement import slots_lost_at_worst

MAX_CANDIDATES: Final = 10
"""Instances whose tasks are read in one run: a handful of calls each."""

LATE: Final = timedelta(seconds=120)
"""How late a measurement may be visible: CloudWatch's minute and one of delay."""


def propose(assessment: Assessment, settings: Settings, now: datetime) -> Proposal:
    """Remove an instance, say why none may go, or ask for what only matters when one may."""
    snapshot = assessment.snapshot
    if reason := obstacle(assessment):
        return Wait(reason=reason)
    if settings.shrink.hold_s and snapshot.surplus is None:
        return Ask(questions=(SurplusHistory(),))
    if not held(snapshot.surplus or (), now, settings.shrink.hold_s):
        return Wait(reason=Reason.SURPLUS_TOO_RECENT)
    found = candidates(assessment)
    if unread := tuple(each.arn for each in found if each.arn not in snapshot.tasks):
        return Ask(questions=(TasksOn(container_instance_arns=unread),))
    if questions := _questions(snapshot, [task for each in found for task in _moving(snapshot, each)]):
        return Ask(questions=questions)
    return _choose(assessment, settings, found)


def obstacle(assessment: Assessment) -> Reason | None:
    """Why no instance may go now, whatever its tasks are; None when one may."""
    snapshot, group, supply = assessment.snapshot, assessment.group, assessment.supply
    reasons = (
        (group.desired_capacity <= group.min_size, Reason.MINIMUM_REACHED),
        (assessment.overdue > 0, Reason.TASKS_OVERDUE),
        (assessment.surplus < 1, Reason.NO_SURPLUS),
        (bool(supply.starting) or _launching(group), Reason.INSTANCES_START),
        (bool(supply.away), Reason.AGENT_DISCONNECTED),
        (_leaving(snapshot), Reason.INSTANCES_LEAVE),
        (_disagree(snapshot), Reason.COUNTS_DISAGREE),
        (any(each.running for each in group.refreshes), Reason.REFRESH_RUNS),
        ("Terminate" in group.suspended_processes, Reason.TERMINATIONS_SUSPENDED),
    )
    return next((reason for applies, reason in reasons if applies), None)


def held(history: Iterable[Sample], now: datetime, hold_s: int) -> bool:
    """Whether the surplus was there all the time. A gap of more than two minutes in the history means no."""
    if not hold_s:
        return True
    begin = now - timedelta(seconds=hold_s)
    inside = [each for each in history if begin - timedelta(seconds=60) <= each.at <= now]
    complete = len(inside) >= max(1, hold_s // 60 - 2)
    return complete and min(each.at for each in inside) <= begin + LATE and all(each.value >= 1 for each in inside)


def candidates(assessment: Assessment) -> tuple[ContainerInstance, ...]:
    """The instances of the zones that have most, the cheapest to empty first."""
    members = [each for each in assessment.group.instances if each.in_service and each.healthy]
    per_zone = Counter(each.zone for each in members)
    most = max(per_zone.values(), default=0)
    rooms = {room.name for room in assessment.supply.ready}
    found = [
        assessment.snapshot.registered[each.instance_id]
        for each in members
        if per_zone[each.zone] == most and each.instance_id in rooms and not each.protected_from_scale_in
    ]
    found.sort(key=lambda each: (each.running_tasks + each.pending_tasks, each.instance_id))
    return tuple(found[:MAX_CANDIDATES])


def _choose(assessment: Assessment, settings: Settings, found: Sequence[ContainerInstance]) -> Proposal:
    group = assessment.group
    wait = Wait(reason=Reason.NO_CANDIDATE)
    for instance in found:
        tasks = _moving(assessment.snapshot, instance)
        reason = _held_back(assessment.snapshot, tasks) or _needed(assessment, settings, instance, tasks)
        if reason is None:
            action = ScaleIn(group=group.name, instance_id=instance.instance_id, observed=group.desired_capacity)
            return Act(action=action, reason=Reason.CHEAPEST_TO_EMPTY, details={"moving": len(tasks)})
        wait = Wait(reason=reason, details={"instance_id": instance.instance_id})
    return wait


def _launching(group: Group) -> bool:
    return any(each.lifecycle_state.startswith("Pending") for each in group.instances)


def _leaving(snapshot: CapacitySnapshot) -> bool:
    # A retained instance was given up by its drain, and may stay for days.
    members = [each for each in snapshot.members.values() if each.lifecycle_state != RETAINED]
    retained = {each.instance_id for each in snapshot.members.values() if each.lifecycle_state == RETAINED}
    draining = any(each.instance_id not in retained for each in snapshot.draining)
    return draining or any(not each.healthy or each.lifecycle_state.startswith("Terminating") for each in members)


def _disagree(snapshot: CapacitySnapshot) -> bool:
    """Whether services know of tasks that no instance shows: the two counts are not of the same moment."""
    placed = sum(each.running_tasks + each.pending_tasks for each in snapshot.container_instances)
    deployments = (each for service in snapshot.local_services for each in service.live_deployments)
    return sum(each.running + each.pending for each in deployments) > placed


def _moving(snapshot: CapacitySnapshot, instance: ContainerInstance) -> tuple[Task, ...]:
    """The tasks that have to move; daemons end with their instance."""
    daemons = {each.name for each in snapshot.services if each.daemon}
    return tuple(each for each in snapshot.tasks[instance.arn] if not each.stopped and each.service not in daemons)


def _questions(snapshot: CapacitySnapshot, tasks: Sequence[Task]) -> tuple[Question, ...]:
    """What has to be known of the tasks before their instance may go."""
    replaced = [each for each in tasks if each.service]
    definitions = frozenset(each.definition_arn for each in replaced if each.definition_arn)
    services = (snapshot.by_name.get(each.service or "") for each in replaced)
    apart = frozenset(each.name for each in services if each and each.distinct)
    arns = frozenset(each.arn for each in replaced)
    questions: list[Question] = []
    if missing := definitions - snapshot.definitions.keys():
        questions.append(TaskDefinitions(arns=missing))
    if missing := apart - snapshot.hosts.keys():
        questions.append(ServiceHosts(services=missing))
    if missing := arns - snapshot.protection.keys():
        questions.append(TaskProtection(task_arns=missing))
    return tuple(questions)


def _held_back(snapshot: CapacitySnapshot, tasks: Sequence[Task]) -> Reason | None:
    if any(each.service is None for each in tasks):
        return Reason.STANDALONE_TASK
    if any(snapshot.protection[each.arn] for each in tasks):
        return Reason.PROTECTED_TASK
    if any(each.definition_arn not in snapshot.definitions for each in tasks):
        return Reason.UNKNOWN_DEFINITION
    if any(each.service not in snapshot.by_name for each in tasks):
        return Reason.UNKNOWN_SERVICE
    return None


def _needed(
    assessment: Assessment, settings: Settings, instance: ContainerInstance, tasks: Sequence[Task]
) -> Reason | None:
    """Why the others are not enough without the instance; None when they are, wherever its tasks are placed."""
    snapshot = assessment.snapshot
    rest = [room for room in assessment.supply.ready if room.name != instance.instance_id]
    counts: Counter[Shape] = Counter(
        shape_of(snapshot.definitions[each.definition_arn], snapshot.by_name.get(each.service or "")) for each in tasks
    )
    moving = (*assessment.demand, *shape_counts(counts))
    least = settings.grow.headroom_tasks + settings.shrink.margin_tasks
    needed = replace(assessment.needed, demand=merged(moving), headroom_tasks=least)
    if settings.grow.zone_loss:
        needed = replace(needed, displaced=displaced(snapshot, assessment.supply, number(moving)))
    if not suffices_however_placed(rest, needed):
        return Reason.TASKS_DO_NOT_FIT
    for shape in assessment.shapes:
        if total(rest, shape) - slots_lost_at_worst(rest, shape, moving) < least:
            return Reason.HEADROOM_AT_RISK
    return None
