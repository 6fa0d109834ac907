"""The plan of one run: moves that go on first, then those that may begin. No I/O.

What the decisions ask for is read, and they are made again, until nobody asks. Two runs that decide on the same moment
decide the same.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ..cluster.moves import Move, move_of, understood_move
from ..cluster.questions import TaskDefinitions, TaskProtection
from ..cluster.services import Service
from . import begin, go_on
from .actions import Raise
from .proposals import Act, Ask, HealthyTargets, Proposal, Question, ScalingBounds, ServiceTasks, Wait
from .reasons import Reason
from .settings import Settings
from .snapshot import RebalancingSnapshot

Answer = Callable[[RebalancingSnapshot, tuple[Question, ...]], RebalancingSnapshot]
"""Reads what was asked for: the snapshot with an entry for everything."""

MAX_ROUNDS: Final = 10
"""Rounds of questions in one run. Five is what the decisions need at most: tasks, definitions, protection, bounds."""


LEAST_TASKS: Final = 5
"""Tasks that may always be moved at a time: a share of a small cluster would be less than one move takes."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What becomes of one service."""

    service: str
    proposal: Act | Wait


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All decisions of a run, and what they were made on."""

    decisions: tuple[Decision, ...]
    obstacle: Reason | None
    """Why no move may begin at all."""
    snapshot: RebalancingSnapshot


@dataclass(frozen=True, kw_only=True)
class Budget:
    """How much more may begin."""

    services: int
    tasks: int

    def less(self, tasks: int) -> "Budget":
        """After one more service."""
        return Budget(services=self.services - 1, tasks=self.tasks - tasks)


def plan(snapshot: RebalancingSnapshot, settings: Settings, now: datetime, answer: Answer) -> Plan:
    """Decide. Doing it twice, or only a part of it, does no harm."""
    obstacle = begin.obstacle(snapshot, settings, now)
    proposals: Mapping[str, Proposal] = {}
    for _ in range(MAX_ROUNDS):
        waiting = {name: each for name, each in proposals.items() if isinstance(each, Wait)}
        proposals = _proposals(snapshot, settings, obstacle, waiting, now)
        if questions := _questions(each for each in proposals.values() if isinstance(each, Ask)):
            snapshot = answer(snapshot, questions)
            continue
        made = [Decision(service=name, proposal=each) for name, each in proposals.items() if not isinstance(each, Ask)]
        return Plan(decisions=tuple(made), obstacle=obstacle, snapshot=snapshot)
    raise RuntimeError(f"plan: {MAX_ROUNDS} rounds of questions did not end")


def budget(snapshot: RebalancingSnapshot, settings: Settings) -> Budget:
    """What may begin beside the moves that go on."""
    going_on = moves_going_on(snapshot)
    running = sum(each.running for each in snapshot.local_services if not each.daemon)
    return Budget(
        services=settings.moves.services - len(going_on),
        tasks=max(LEAST_TASKS, settings.disruption.most(running)) - sum(each.surge for each in going_on),
    )


def moves_going_on(snapshot: RebalancingSnapshot) -> list[Move]:
    """The moves that have begun and not ended."""
    found = map(understood_move, snapshot.local_services)
    return [each for each in found if each and each.going_on]


def _proposals(
    snapshot: RebalancingSnapshot,
    settings: Settings,
    obstacle: Reason | None,
    waiting: Mapping[str, Wait],
    now: datetime,
) -> dict[str, Proposal]:
    """What is proposed for each service. One that waits goes on to: no answer to another one's question changes it."""
    found: dict[str, Proposal] = {}
    left = budget(snapshot, settings)
    free = snapshot
    for service in sorted(snapshot.local_services, key=lambda each: each.name):
        proposal = waiting.get(service.name) or _unasked(service, snapshot, settings, obstacle, now)
        if proposal is None and begin.due(service, settings.moves, now):
            proposal = begin.propose(service, free, left.tasks if left.services > 0 else 0, now)
        if proposal is None:
            continue
        found[service.name] = proposal
        if isinstance(proposal, Act) and isinstance(proposal.action, Raise):
            left = left.less(proposal.action.move.surge)
            free = free.reserved(proposal.action.further, proposal.action.shape)
    return found


def _unasked(
    service: Service, snapshot: RebalancingSnapshot, settings: Settings, obstacle: Reason | None, now: datetime
) -> Proposal | None:
    """What is decided of a service before the question whether its tasks are to be moved; None to come to it."""
    try:
        move = move_of(service)
    except ValueError:
        return Wait(reason=Reason.TAG_UNREADABLE)
    if move and move.going_on:
        return go_on.propose(service, move, snapshot, settings, now)
    if move and (forgotten := go_on.forget(service, move, settings.moves, now)):
        return forgotten
    reason = obstacle or begin.held_back(service, settings, now)
    return Wait(reason=reason) if reason else None


def _questions(asks: Iterable[Ask]) -> tuple[Question, ...]:
    """All that is asked, each kind once: what is read together takes fewer calls."""
    asked = [question for each in asks for question in each.questions]
    found: list[Question] = []
    if names := frozenset[str]().union(*(each.services for each in asked if isinstance(each, ServiceTasks))):
        found.append(ServiceTasks(services=names))
    if names := frozenset[str]().union(*(each.services for each in asked if isinstance(each, ScalingBounds))):
        found.append(ScalingBounds(services=names))
    if arns := frozenset[str]().union(*(each.target_groups for each in asked if isinstance(each, HealthyTargets))):
        found.append(HealthyTargets(target_groups=arns))
    if arns := frozenset[str]().union(*(each.arns for each in asked if isinstance(each, TaskDefinitions))):
        found.append(TaskDefinitions(arns=arns))
    if arns := frozenset[str]().union(*(each.task_arns for each in asked if isinstance(each, TaskProtection))):
        found.append(TaskProtection(task_arns=arns))
    return tuple(found)
