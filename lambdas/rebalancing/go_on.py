"""Go on: a move that has begun is finished or taken back, whoever began it and wherever a crash has left it.

The count belongs to whoever has changed it last. So service auto scaling is neither suspended nor held off: when it
sets another count in the middle of a move, that count stands, and the move is over. Nothing has to be restored then,
and a controller that never comes back leaves no scaling switched off. Whoever sets the very count that the move has set
changes nothing that could be seen: a scaling policy sets it again, and a minimum is kept.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ..cluster.moves import Move, Phase
from ..cluster.questions import TaskDefinitions
from ..cluster.services import Service
from ..cluster.snapshot import Task
from ..cluster.tags import MOVE
from .actions import Forget, Lower, Remember
from .begin import settled
from .layout import hosts, layout
from .proposals import Act, Ask, HealthyTargets, Proposal, Question, ScalingBounds, ServiceTasks, Wait
from .reasons import Reason
from .settings import Moves, Settings
from .snapshot import RebalancingSnapshot


def propose(service: Service, move: Move, snapshot: RebalancingSnapshot, settings: Settings, now: datetime) -> Proposal:
    """The next step of a move that goes on."""
    late = now - move.at > timedelta(seconds=settings.moves.timeout_s)
    if service.desired == move.during and move.phase is not Phase.LOWERED:
        return _lower(service, move, snapshot, settings, now, late=late)
    if service.desired != move.before:
        return _end(service, move, Reason.COUNT_CHANGED, now)
    if move.phase is Phase.RAISED:
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
    if settled(service):
        if questions := _unknown(service, snapshot):
            return Ask(questions=questions)
        if _serve(service, snapshot, settings.moves, now):
            stay = _stay(service, snapshot, desired)
            return _lowering(service, move, desired, stay, Reason.FURTHER_TASKS_RUN, now)
    if not late:
        return Wait(reason=Reason.STARTING_TASKS)
    return _lowering(service, move, desired, (), Reason.TOOK_TOO_LONG, now)


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


def _unknown(service: Service, snapshot: RebalancingSnapshot) -> tuple[Question, ...]:
    """What has to be known of its tasks, of a service with one deployment."""
    (deployment,) = service.live_deployments
    questions: list[Question] = []
    if service.name not in snapshot.tasks:
        questions.append(ServiceTasks(services=frozenset({service.name})))
    if deployment.definition_arn not in snapshot.definitions:
        questions.append(TaskDefinitions(arns=frozenset({deployment.definition_arn})))
    if missing := frozenset(service.target_groups) - snapshot.healthy.keys():
        questions.append(HealthyTargets(target_groups=missing))
    return tuple(questions)


def _serve(service: Service, snapshot: RebalancingSnapshot, moves: Moves, now: datetime) -> bool:
    """Whether all tasks of a service take requests, as far as anybody can tell."""
    tasks = snapshot.tasks[service.name]
    checked = any(each.health != "UNKNOWN" for each in tasks)
    well = ("HEALTHY",) if checked else ("UNKNOWN",)
    soaked = now - timedelta(seconds=moves.soak_s)
    return (
        len(tasks) == service.desired
        and all(each.last_status == "RUNNING" and each.health in well for each in tasks)
        and all(each.started is not None and each.started <= soaked for each in tasks)
        and all(snapshot.healthy[each] >= service.desired for each in service.target_groups)
    )


def _stay(service: Service, snapshot: RebalancingSnapshot, desired: int) -> tuple[str, ...]:
    """The tasks that stay. Of some on an instance that takes none at the moment nobody could say which should go."""
    tasks = snapshot.tasks[service.name]
    found = hosts(snapshot, service)
    if any(each.container_instance_arn not in {one.arn for one in found} for each in tasks):
        return ()
    stands = layout(snapshot, service, snapshot.definitions[service.live_deployments[0].definition_arn], tasks, found)
    gone = {each.arn for each in stands.surplus(desired)}
    return tuple(sorted(_arns(tasks) - gone))


def _misplaced(service: Service, snapshot: RebalancingSnapshot) -> int | None:
    """How many are misplaced now; None when that cannot be said."""
    tasks, found = snapshot.tasks[service.name], hosts(snapshot, service)
    if len(tasks) != service.desired or not {each.container_instance_arn for each in tasks} <= {
        each.arn for each in found
    }:
        return None
    return layout(
        snapshot, service, snapshot.definitions[service.live_deployments[0].definition_arn], tasks, found
    ).misplaced


def _arns(tasks: Sequence[Task]) -> set[str]:
    return {each.arn for each in tasks}


def _lowering(service: Service, move: Move, desired: int, stay: tuple[str, ...], reason: Reason, now: datetime) -> Act:
    action = Lower(
        service=service.name,
        service_arn=service.arn,
        move=replace(move, phase=Phase.LOWERING, at=now, before=desired),
        seen=service.tags.get(MOVE),
        desired=desired,
        stay=stay,
    )
    return Act(action=action, reason=reason)


def _end(service: Service, move: Move, reason: Reason, now: datetime) -> Act:
    ended = replace(move, phase=Phase.ENDED, at=now)
    action = Remember(service=service.name, service_arn=service.arn, move=ended, seen=service.tags.get(MOVE))
    return Act(action=action, reason=reason, misplaced=move.misplaced)
