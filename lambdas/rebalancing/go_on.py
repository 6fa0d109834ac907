"""Go on: a move that has begun is finished or taken back, whoever began it and wherever a crash has left it.

The count belongs to whoever has changed it last. So service auto scaling is neither suspended nor held off: when it
sets another count in the middle of a move, that count stands, and the move is over. Nothing has to be restored then,
and a controller that never comes back leaves no scaling switched off. Whoever sets the very count that the move has set
changes nothing that could be seen: a scaling policy sets it again, and a minimum is kept.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from ..cluster.moves import Move, Phase
from ..cluster.questions import TaskDefinitions, TaskProtection
from ..cluster.services import Service
from ..cluster.snapshot import Task
from ..cluster.tags import MOVE
from .actions import Forget, Lower, Remember
from .begin import settled
from .layout import layout
from .proposals import Act, Ask, HealthyTargets, Proposal, Question, ScalingBounds, ServiceTasks, Wait
from .reasons import Reason
from .settings import Moves, Settings
from .snapshot import RebalancingSnapshot

RAISING: Final = timedelta(seconds=180)
"""Until then a run may still be about to raise the count: twice the time limit of the function."""


def propose(service: Service, move: Move, snapshot: RebalancingSnapshot, settings: Settings, now: datetime) -> Proposal:
    """The next step of a move that goes on."""
    late = now - move.at > timedelta(seconds=settings.moves.timeout_s)
    if service.desired == move.during and move.phase is not Phase.LOWERED:
        return _lower(service, move, snapshot, settings, now, late=late)
    if service.desired != move.before:
        fewer = service.desired < move.during  # another scaler that lowers after each move makes all of them vain
        return _end(service, replace(move, in_vain=move.in_vain + fewer), Reason.COUNT_CHANGED, now)
    if move.phase is Phase.RAISED:
        if now - move.at < RAISING:
            return Wait(reason=Reason.STARTING_TASKS)
        return _end(service, move, Reason.NEVER_RAISED, now)
    return _judge(service, move, snapshot, now, late=late)


def forget(service: Service, move: Move, moves: Moves, now: datetime) -> Act | None:
    """Take the tag away once nothing rests on it any more."""
    remembered_s = moves.give_up_s if move.in_vain else moves.cooldown_s
    if move.going_on or now - move.at < timedelta(seconds=remembered_s):
        return None
    action = Forget(service=service.name, service_arn=service.arn, seen=service.tags.get(MOVE))
    return Act(action=action, reason=Reason.NOTHING_TO_REMEMBER)


def _lower(
    service: Service, move: Move, snapshot: RebalancingSnapshot, settings: Settings, now: datetime, *, late: bool
) -> Proposal:
    """Lower the count once the further tasks serve, or once that has taken too long."""
    if service.name not in snapshot.bounds:
        return Ask(questions=(ScalingBounds(services=frozenset({service.name})),))
    bounds = snapshot.bounds[service.name]
    desired = move.before if bounds is None else max(move.before, bounds.minimum)
    if desired >= move.during:
        return _end(service, move, Reason.COUNT_CHANGED, now)
    if not settled(service) and not late:
        return Wait(reason=Reason.STARTING_TASKS)
    if len(service.live_deployments) != 1:  # protected tasks would hold the deployment up
        return _lowering(service, move, desired, (), Reason.TOOK_TOO_LONG, now)
    if questions := _unknown(service, snapshot, protection=True):
        return Ask(questions=questions)
    return _stopping(service, move, snapshot, desired, now, serves=_serve(service, snapshot, settings, now), late=late)


def _stopping(
    service: Service,
    move: Move,
    snapshot: RebalancingSnapshot,
    desired: int,
    now: datetime,
    *,
    serves: bool,
    late: bool,
) -> Proposal:
    """Have those tasks stop that should, once the others serve."""
    if not serves and not late:
        return Wait(reason=Reason.STARTING_TASKS)
    gone = _gone(service, snapshot, desired) if serves else _idle(service, snapshot, desired)
    if len(gone) < move.during - desired and not late:
        return Wait(reason=Reason.PROTECTED_TASK)
    tasks = snapshot.tasks[service.name]
    stay = tuple(sorted(each.arn for each in tasks if each not in gone and not snapshot.protection[each.arn]))
    on_time = serves and not late
    return _lowering(service, move, desired, stay, Reason.FURTHER_TASKS_RUN if on_time else Reason.TOOK_TOO_LONG, now)


def _judge(service: Service, move: Move, snapshot: RebalancingSnapshot, now: datetime, *, late: bool) -> Proposal:
    """End the move once its tasks have stopped, and say whether it has helped."""
    if late:
        return _end(service, move, Reason.TOOK_TOO_LONG, now)
    if not settled(service):
        return Wait(reason=Reason.STOPPING_TASKS)
    if questions := _unknown(service, snapshot):
        return Ask(questions=questions)
    left = _misplaced(service, snapshot)
    if left is None:
        return Wait(reason=Reason.STOPPING_TASKS)
    helped = left < move.misplaced
    ended = replace(move, misplaced=left, in_vain=0 if helped else move.in_vain + 1)
    return _end(service, ended, Reason.HELPED if helped else Reason.DID_NOT_HELP, now)


def _unknown(service: Service, snapshot: RebalancingSnapshot, *, protection: bool = False) -> tuple[Question, ...]:
    """What has to be known of its tasks, of a service with one deployment."""
    (deployment,) = service.live_deployments
    tasks = snapshot.tasks.get(service.name)
    questions: list[Question] = []
    if tasks is None:
        questions.append(ServiceTasks(services=frozenset({service.name})))
    elif protection and (missing := frozenset(each.arn for each in tasks) - snapshot.protection.keys()):
        questions.append(TaskProtection(task_arns=missing))
    if deployment.definition_arn not in snapshot.definitions:
        questions.append(TaskDefinitions(arns=frozenset({deployment.definition_arn})))
    if missing := frozenset(service.target_groups) - snapshot.healthy.keys():
        questions.append(HealthyTargets(target_groups=missing))
    return tuple(questions)


def _serve(service: Service, snapshot: RebalancingSnapshot, settings: Settings, now: datetime) -> bool:
    """Whether all tasks of a service take requests, as far as anybody can tell."""
    tasks = snapshot.tasks[service.name]
    checked = any(each.health != "UNKNOWN" for each in tasks)
    well = ("HEALTHY",) if checked else ("UNKNOWN",)
    soaked = now - timedelta(seconds=settings.moves.soak_s)
    return (
        settled(service)
        and len(tasks) == service.desired
        and all(each.last_status == "RUNNING" and each.health in well for each in tasks)
        and all(each.started is not None and each.started <= soaked for each in tasks)
        and all(snapshot.healthy[each] >= service.desired for each in service.target_groups)
    )


def _gone(service: Service, snapshot: RebalancingSnapshot, desired: int) -> tuple[Task, ...]:
    """The tasks that stop, of a service whose tasks all serve: none that protects itself."""
    stands = layout(snapshot, service)
    if stands is None:
        return _idle(service, snapshot, desired)
    tasks = snapshot.tasks[service.name]
    gone = stands.leaving(desired, {each.arn for each in tasks if snapshot.protection[each.arn]})
    others = [each for each in _idle(service, snapshot, 0) if each not in gone]
    return (*gone, *others[: len(tasks) - desired - len(gone)])


def _idle(service: Service, snapshot: RebalancingSnapshot, desired: int) -> tuple[Task, ...]:
    """The tasks that stop where not all serve: first those that do not, then the newest."""
    tasks = snapshot.tasks[service.name]
    free = [each for each in tasks if not snapshot.protection[each.arn]]
    free.sort(key=lambda each: (_serves(each), -(each.created.timestamp() if each.created else 0), each.arn))
    return tuple(free[: max(0, len(tasks) - desired)])


def _serves(task: Task) -> bool:
    return task.last_status == "RUNNING" and task.health != "UNHEALTHY"


def _misplaced(service: Service, snapshot: RebalancingSnapshot) -> int | None:
    """How many are misplaced now; None when that cannot be said."""
    stands = layout(snapshot, service)
    return None if stands is None or len(stands.tasks) != service.desired else stands.misplaced


def _lowering(service: Service, move: Move, desired: int, stay: tuple[str, ...], reason: Reason, now: datetime) -> Act:
    action = Lower(
        service=service.name,
        service_arn=service.arn,
        # The time of the first attempt stays: what fails again and again is late one day.
        move=replace(move, phase=Phase.LOWERING, at=move.at if move.phase is Phase.LOWERING else now, before=desired),
        seen=service.tags.get(MOVE),
        desired=desired,
        stay=stay,
        late=reason is Reason.TOOK_TOO_LONG,
    )
    return Act(action=action, reason=reason)


def _end(service: Service, move: Move, reason: Reason, now: datetime) -> Act:
    ended = replace(move, phase=Phase.ENDED, at=now)
    action = Remember(
        service=service.name,
        service_arn=service.arn,
        move=ended,
        seen=service.tags.get(MOVE),
        desired=service.desired,
    )
    return Act(action=action, reason=reason, misplaced=move.misplaced)
