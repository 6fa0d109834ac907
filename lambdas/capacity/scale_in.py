"""Scale in: remove instances, once the surplus has lasted and the others surely hold what they leave behind.

As many at once as the surplus, the disruption budget and the model allow; the drains of one batch before the next. In
quiet times only those go that hold no task which would have to move, and none does while tasks of a service are moved.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from ..cluster import moves
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

MAX_BATCH: Final = 50
"""Instances that one run removes, with two calls each: ten seconds of the function's ninety."""

MAX_CANDIDATES: Final = 10
"""Cheapest instances whose tasks are read in one run, more for a larger batch, and as many of the others by turns: a
handful of calls each."""

MAX_TRIALS: Final = 100
"""How often a run asks the model whether instances may go."""

LATE: Final = timedelta(seconds=120)
"""How late a measurement may be visible: CloudWatch's minute and one of delay."""


def propose(assessment: Assessment, settings: Settings, now: datetime) -> Proposal:
    """Remove instances, say why none may go, or ask for what only matters when one may."""
    snapshot = assessment.snapshot
    if reason := obstacle(assessment, settings, now):
        return Wait(reason=reason)
    if settings.shrink.hold_s and snapshot.surplus is None:
        return Ask(questions=(SurplusHistory(),))
    surplus = held(snapshot.surplus or (), now, settings.shrink.hold_s) if settings.shrink.hold_s else MAX_BATCH
    if surplus < 1:
        return Wait(reason=Reason.SURPLUS_TOO_RECENT)
    most = min(surplus, assessment.surplus, budget(assessment, settings), MAX_BATCH)
    quiet = settings.disruption.is_quiet(now)
    found = tuple(each for each in candidates(assessment, most, now) if not (quiet and _moves_tasks(snapshot, each)))
    if unread := tuple(each.arn for each in found if each.arn not in snapshot.tasks):
        return Ask(questions=(TasksOn(container_instance_arns=unread),))
    if questions := _questions(snapshot, [task for each in found for task in _moving(snapshot, each)]):
        return Ask(questions=questions)
    batch = _Batch(assessment, settings, most, Reason.QUIET_TIME if quiet else Reason.NO_CANDIDATE)
    batch.fill(found)
    return batch.proposal()


def obstacle(assessment: Assessment, settings: Settings, now: datetime) -> Reason | None:
    """Why no instance may go now, whatever its tasks are; None when one may."""
    snapshot, group, supply = assessment.snapshot, assessment.group, assessment.supply
    disturbed = budget(assessment, settings) < 1
    reasons = (
        (group.desired_capacity <= group.min_size, Reason.MINIMUM_REACHED),
        (assessment.overdue > 0, Reason.TASKS_OVERDUE),
        (assessment.surplus < 1, Reason.NO_SURPLUS),
        (bool(moves.moving(snapshot.local_services, now)), Reason.TASKS_ARE_MOVED),
        (bool(supply.starting) or _launching(group), Reason.INSTANCES_START),
        (_leaving(snapshot), Reason.INSTANCES_LEAVE),
        (disturbed and bool(supply.away), Reason.AGENT_DISCONNECTED),
        (disturbed, Reason.INSTANCES_LEAVE),
        (_disagree(snapshot), Reason.COUNTS_DISAGREE),
        (any(each.running for each in group.refreshes), Reason.REFRESH_RUNS),
        ("Terminate" in group.suspended_processes, Reason.TERMINATIONS_SUSPENDED),
    )
    return next((reason for applies, reason in reasons if applies), None)


def budget(assessment: Assessment, settings: Settings) -> int:
    """How many instances may leave, those subtracted that are disturbed by something else: nothing waits for them."""
    group, snapshot = assessment.group, assessment.snapshot
    serving = sum(each.in_service for each in group.instances)
    retained = {each.instance_id for each in snapshot.members.values() if each.lifecycle_state == RETAINED}
    emptying = [each for each in snapshot.draining if each.running_tasks and each.instance_id not in retained]
    unhealthy = sum(each.in_service and not each.healthy for each in group.instances)
    odd = len(assessment.supply.away) + len(emptying) + unhealthy
    return min(settings.disruption.most(serving) - odd, group.desired_capacity - group.min_size)


def held(history: Iterable[Sample], now: datetime, hold_s: int) -> int:
    """The surplus that was there all the time; 0 also where the history has a gap of more than two minutes."""
    begin = now - timedelta(seconds=hold_s)
    inside = [each for each in history if begin - timedelta(seconds=60) <= each.at <= now]
    complete = len(inside) >= max(1, hold_s // 60 - 2)
    if not complete or min(each.at for each in inside) > begin + LATE:
        return 0
    return int(min(each.value for each in inside))


def candidates(assessment: Assessment, most: int, now: datetime) -> tuple[ContainerInstance, ...]:
    """Instances that may be considered, in the order in which they would leave the zones even, the cheapest first.

    The first ones, and some of the others by turns: the first ones may all be held back by their tasks.
    """
    members = [each for each in assessment.group.instances if each.in_service and each.healthy]
    per_zone = Counter(each.zone for each in members)
    rooms = {room.name for room in assessment.supply.ready}
    found = [
        assessment.snapshot.registered[each.instance_id]
        for each in members
        if each.instance_id in rooms and not each.protected_from_scale_in
    ]
    found.sort(key=lambda each: (each.running_tasks + each.pending_tasks, each.instance_id))
    before = Counter[str]()
    levels: dict[str, int] = {}
    for each in found:
        levels[each.arn] = per_zone[each.zone] - before[each.zone]
        before[each.zone] += 1
    found.sort(key=lambda each: -levels[each.arn])
    size = max(MAX_CANDIDATES, most)
    first, others = found[:size], found[size:]
    turns = max(1, -(-len(others) // MAX_CANDIDATES))
    start = int(now.timestamp()) // 60 % turns * MAX_CANDIDATES
    return (*first, *others[start : start + MAX_CANDIDATES])


class _Batch:
    """The instances that go together."""

    def __init__(self, assessment: Assessment, settings: Settings, most: int, none: Reason) -> None:
        self._assessment, self._settings, self._most = assessment, settings, most
        members = [each for each in assessment.group.instances if each.in_service and each.healthy]
        self._per_zone = Counter(each.zone for each in members)
        uneven = max(self._per_zone.values(), default=0) - min(self._per_zone.values(), default=0) > 1
        self._keeps_even = not uneven and "AZRebalance" not in assessment.group.suspended_processes
        self.chosen: list[ContainerInstance] = []
        self._why = Wait(reason=none)

    def fill(self, found: Sequence[ContainerInstance]) -> None:
        """Take as many as may go together: half as many where that is too much, down to each one by itself."""
        left, size = list(found), self._most
        for _ in range(MAX_TRIALS):
            some, left = self._next(left, min(size, self._most - len(self.chosen)))
            if not some:
                break
            reason = self._needed(some)
            if reason is None:
                self.chosen += some
                size *= 2
            else:
                self._give_back(some)
                self._refuse(some[0], reason)
                # A single one that is needed is passed over; the others are tried in smaller numbers.
                left = [*some, *left] if len(some) > 1 else left
                size = max(1, len(some) // 2)

    def proposal(self) -> Act | Wait:
        if not self.chosen:
            return self._why
        group = self._assessment.group
        names = tuple(each.instance_id for each in self.chosen)
        action = ScaleIn(group=group.name, instance_ids=names, observed=group.desired_capacity)
        return Act(action=action, reason=Reason.CHEAPEST_TO_EMPTY, details={"moving": len(self._tasks(self.chosen))})

    def _next(
        self, left: Sequence[ContainerInstance], size: int
    ) -> tuple[list[ContainerInstance], list[ContainerInstance]]:
        """The next ones that nothing but the room may hold back, taken from their zones, and those behind them."""
        some: list[ContainerInstance] = []
        for index, each in enumerate(left):
            if len(some) >= size:
                return some, list(left[index:])
            reason = self._uneven(each) or _held_back(
                self._assessment.snapshot, _moving(self._assessment.snapshot, each)
            )
            if reason:
                self._refuse(each, reason)
            else:
                some.append(each)
                self._per_zone[each.zone] -= 1
        return some, []

    def _give_back(self, some: Sequence[ContainerInstance]) -> None:
        for each in some:
            self._per_zone[each.zone] += 1

    def _refuse(self, instance: ContainerInstance, reason: Reason) -> None:
        self._why = Wait(reason=reason, details={"instance_id": instance.instance_id})

    def _uneven(self, instance: ContainerInstance) -> Reason | None:
        """Auto Scaling would even the zones out again, and choose itself what leaves the largest."""
        fewer = self._per_zone[instance.zone] < max(self._per_zone.values())
        return Reason.ZONE_HAS_FEWER if fewer and self._keeps_even else None

    def _tasks(self, some: Sequence[ContainerInstance]) -> list[Task]:
        return [task for each in some for task in _moving(self._assessment.snapshot, each)]

    def _needed(self, some: Sequence[ContainerInstance]) -> Reason | None:
        every = [*self.chosen, *some]
        return _needed(self._assessment, self._settings, every, self._tasks(every))


def _launching(group: Group) -> bool:
    return any(each.lifecycle_state.startswith("Pending") for each in group.instances)


def _leaving(snapshot: CapacitySnapshot) -> bool:
    # A retained instance was given up by its drain, and may stay for days.
    states = (each.lifecycle_state for each in snapshot.members.values())
    return any(each.startswith("Terminating") and each != RETAINED for each in states)


def _disagree(snapshot: CapacitySnapshot) -> bool:
    """Whether services know of tasks that no instance shows: the two counts are not of the same moment."""
    placed = sum(each.running_tasks + each.pending_tasks for each in snapshot.container_instances)
    deployments = (each for service in snapshot.local_services for each in service.live_deployments)
    return sum(each.running + each.pending for each in deployments) > placed


def _moving(snapshot: CapacitySnapshot, instance: ContainerInstance) -> tuple[Task, ...]:
    """The tasks that have to move; daemons end with their instance."""
    daemons = _daemons(snapshot)
    return tuple(each for each in snapshot.tasks[instance.arn] if not each.stopped and each.service not in daemons)


def _moves_tasks(snapshot: CapacitySnapshot, instance: ContainerInstance) -> bool:
    """Whether tasks would have to move. Where more run than there are daemons, no task has to be read for that."""
    if instance.arn in snapshot.tasks:
        return bool(_moving(snapshot, instance))
    return instance.running_tasks + instance.pending_tasks > len(_daemons(snapshot))


def _daemons(snapshot: CapacitySnapshot) -> frozenset[str]:
    return frozenset(each.name for each in snapshot.services if each.daemon)


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
    assessment: Assessment, settings: Settings, instances: Sequence[ContainerInstance], tasks: Sequence[Task]
) -> Reason | None:
    """Why the others are not enough without the instances; None when they are, wherever their tasks are placed."""
    snapshot = assessment.snapshot
    leaving = {each.instance_id for each in instances}
    rest = [room for room in assessment.supply.ready if room.name not in leaving]
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
