"""Begin: whether tasks of a service are to be moved, and how many."""

from datetime import datetime, timedelta
from typing import Final
from zlib import crc32

from ..cluster.moves import LONGEST, Move, Phase, move_of, understood_move
from ..cluster.questions import TaskDefinitions, TaskProtection
from ..cluster.services import Service
from ..cluster.snapshot import RETAINED
from ..cluster.tags import MOVE, REBALANCING
from ..cluster.wanted_version import waits
from . import balance
from .actions import Raise
from .layout import Layout, layout
from .proposals import Act, Ask, Proposal, Question, ScalingBounds, ServiceTasks, Wait
from .reasons import Reason
from .settings import Moves, Settings
from .snapshot import RebalancingSnapshot

TRIALS: Final = 2
"""Moves in vain, one after the other, after which a service is left alone."""

MORE: Final = 10
"""Tasks beyond the misplaced ones that a move may start, so that some of them reach the empty instances."""

_COMING: Final = "Pending"
_GOING: Final = "Terminating"


def obstacle(snapshot: RebalancingSnapshot, settings: Settings, now: datetime) -> Reason | None:
    """Why no move may begin at all; None when one may."""
    states = [each.lifecycle_state for group in snapshot.groups for each in group.instances]
    retained = {each.instance_id for group in snapshot.groups for each in group.members(RETAINED)}
    draining = (each for each in snapshot.container_instances if each.status == "DRAINING" and each.running_tasks)
    reasons = (
        (not snapshot.groups, Reason.NO_GROUP),
        (settings.disruption.is_quiet(now), Reason.QUIET_TIME),
        (any(map(waits, snapshot.groups)), Reason.ROLLOUT_WAITS),
        (any(each.running for group in snapshot.groups for each in group.refreshes), Reason.REFRESH_RUNS),
        (any(each.startswith(_COMING) for each in states), Reason.INSTANCES_START),
        (any(each.startswith(_GOING) and each != RETAINED for each in states), Reason.INSTANCES_LEAVE),
        (any(each.instance_id not in retained for each in draining), Reason.INSTANCES_LEAVE),
        (any(_waits(each, now) for each in snapshot.local_services), Reason.TASKS_WAIT),
    )
    return next((reason for applies, reason in reasons if applies), None)


def due(service: Service, moves: Moves, now: datetime) -> bool:
    """Whether a service is looked at in this minute: each of them once in `look_minutes`, by its name."""
    return crc32(service.name.encode()) % moves.look_minutes == int(now.timestamp()) // 60 % moves.look_minutes


def settled(service: Service) -> bool:
    """Whether it runs what it wants, of one deployment."""
    live = service.live_deployments
    if len(live) != 1 or live[0].rollout_state not in ("COMPLETED", ""):
        return False
    return (live[0].running, live[0].pending, live[0].desired) == (service.desired, 0, service.desired)


def held_back(service: Service, settings: Settings, now: datetime) -> Reason | None:
    """Why its tasks may not be moved now, by what is known of it without another call."""
    reasons = (
        (_opted_out(service), Reason.OPTED_OUT),
        (service.daemon or not service.rolling, Reason.NOT_MOVABLE),
        (service.desired <= 1, Reason.SINGLE_TASK),
        (_most(service) <= service.desired, Reason.NEVER_MORE),
        (not settled(service), Reason.DEPLOYING),
    )
    found = next((reason for applies, reason in reasons if applies), None)
    return found or _after(move_of(service), service, settings.moves, now)


def propose(service: Service, snapshot: RebalancingSnapshot, most: int, now: datetime) -> Proposal:
    """Begin a move of `most` tasks at most, wait, or ask for what only matters when one may begin."""
    (deployment,) = service.live_deployments
    if service.name not in snapshot.tasks:
        return Ask(questions=(ServiceTasks(services=frozenset({service.name})),))
    if deployment.definition_arn not in snapshot.definitions:
        return Ask(questions=(TaskDefinitions(arns=frozenset({deployment.definition_arn})),))
    if len(snapshot.tasks[service.name]) != service.desired:
        return Wait(reason=Reason.COUNTS_DISAGREE)
    stands = layout(snapshot, service)
    if stands is None:
        return Wait(reason=Reason.INSTANCE_UNAVAILABLE)
    if not stands.misplaced:
        return Wait(reason=Reason.BALANCED, misplaced=0)
    return _known(stands, snapshot, most, now)


def _known(stands: Layout, snapshot: RebalancingSnapshot, most: int, now: datetime) -> Proposal:
    """Of a service with misplaced tasks."""
    service = stands.service
    questions: list[Question] = []
    if missing := frozenset(each.arn for each in stands.tasks) - snapshot.protection.keys():
        questions.append(TaskProtection(task_arns=missing))
    if service.name not in snapshot.bounds:
        questions.append(ScalingBounds(services=frozenset({service.name})))
    if questions:
        return Ask(questions=tuple(questions))
    count = _count(stands, snapshot, most)
    if isinstance(count, Reason):
        return Wait(reason=count, misplaced=stands.misplaced)
    return Act(action=_raise(stands, count, now), reason=Reason.MISPLACED_TASKS, misplaced=stands.misplaced)


def _count(stands: Layout, snapshot: RebalancingSnapshot, most: int) -> int | Reason:
    """How many tasks are moved at once, or why none is."""
    service = stands.service
    bounds = snapshot.bounds[service.name]
    allowed = _most(service) if bounds is None else min(_most(service), bounds.maximum)
    reasons = (
        (any(snapshot.protection[each.arn] for each in stands.tasks), Reason.PROTECTED_TASK),
        (allowed <= service.desired, Reason.AT_ITS_MAXIMUM),
        (most < 1, Reason.BUDGET_SPENT),
    )
    if reason := next((reason for applies, reason in reasons if applies), None):
        return reason
    return _best(stands, min(most, allowed - service.desired, sum(stands.free.values()))) or Reason.NO_GAIN


def _best(stands: Layout, limit: int) -> int | None:
    """The least count that leaves the fewest tasks misplaced; None when none leaves fewer than now.

    More tasks than are misplaced help where ECS starts the first ones in another part: a zone with fewer tasks comes
    before the empty instance in a zone with more. After a move in vain nothing is left to luck.
    """
    least = min(stands.misplaced, limit)
    before = move_of(stands.service)
    unlucky = before is not None and before.in_vain > 0 and not _forgiven(before, stands.service)
    best, left = None, stands.misplaced
    for count in range(least, min(limit, least + MORE) + 1):
        after = balance.misplaced(balance.moved(stands.places, count, unlucky=unlucky))
        if after < left:
            best, left = count, after
        if not left:
            break
    return best


def _raise(stands: Layout, count: int, now: datetime) -> Raise:
    service = stands.service
    before = move_of(service)
    move = Move(
        phase=Phase.RAISED,
        at=now,
        before=service.desired,
        during=service.desired + count,
        misplaced=stands.misplaced,
        in_vain=before.in_vain if before and not _forgiven(before, service) else 0,
    )
    return Raise(
        service=service.name,
        service_arn=service.arn,
        move=move,
        seen=service.tags.get(MOVE),
        shape=stands.shape,
        further=stands.further(count),
    )


def given_up(service: Service) -> bool:
    """Whether its moves have not helped, and nothing has changed since; after a day the tag is forgotten (go_on.py)."""
    move = understood_move(service)
    return move is not None and move.in_vain >= TRIALS and not _forgiven(move, service) and not _opted_out(service)


def _opted_out(service: Service) -> bool:
    return service.tags.get(REBALANCING, "").strip().lower() == "off"


def _after(move: Move | None, service: Service, moves: Moves, now: datetime) -> Reason | None:
    """What the last move of the service keeps it from."""
    if move is None:
        return None
    if given_up(service):
        return Reason.GIVEN_UP
    return Reason.COOLS_DOWN if now - move.at < timedelta(seconds=moves.cooldown_s) else None


def _forgiven(move: Move, service: Service) -> bool:
    """Whether the service was deployed since its last move."""
    return any(each.created is not None and each.created > move.at for each in service.live_deployments)


def _most(service: Service) -> int:
    """Tasks that it may run at a time: its maximum percent holds for moves as it does for deployments."""
    return service.desired * service.maximum_percent // 100


def _waits(service: Service, now: datetime) -> bool:
    """Whether it wants more tasks than have a place. Tasks that fail, or for long had none, wait for something else."""
    short = service.desired > sum(each.running + each.pending for each in service.deployments)
    live = service.live_deployments
    fails = any(each.failed or each.rollout_state == "FAILED" for each in live)
    old = all(each.updated is not None and now - each.updated > LONGEST for each in live)
    return not service.daemon and short and not fails and not old
