"""One run: observe, plan, act, measure."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..cluster import journal
from ..cluster import metrics as common
from ..cluster.clients import Clients
from ..cluster.liveness import completed
from ..cluster.services import TaskDefinition
from ..cluster.switch import read_switch, switch_values
from . import begin, metrics
from .act import Result, act
from .actions import Action, Lower, Raise
from .clients import ServiceClients
from .dry_run import is_dry
from .observe import Reader, observe
from .plan import Decision, Plan, moves_going_on, plan
from .proposals import Act
from .reasons import Reason
from .settings import Settings


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a run found, and what it did."""

    planned: Plan
    results: tuple[Result, ...]
    dry: bool


def run(
    aws: Clients,
    more: ServiceClients,
    settings: Settings,
    now: datetime,
    known: dict[str, TaskDefinition],
    remaining_s: Callable[[], float],
) -> Done:
    """Make one run and publish what it measured. While paused or dry it only says what it would do.

    Moves that go on are finished in a dry run too: their count is no longer what somebody wants. `known` holds the task
    definitions that were read before; what is new is added.
    """
    switch = read_switch(aws.ssm, settings.target.switch_parameter)
    dry = is_dry(aws.ssm, settings.dry_run.parameter, now)
    seen = observe(aws, settings)
    reader = Reader(aws=aws, more=more, cluster=settings.target.cluster, known=known)
    planned = plan(seen, settings, now, reader)
    acts = [each.proposal for each in planned.decisions if isinstance(each.proposal, Act)]
    wanted = [] if switch.paused else [each.action for each in acts if not (dry and isinstance(each.action, Raise))]
    results = act(aws.ecs, settings.target.cluster, wanted, remaining_s)
    done = Done(planned=planned, results=tuple(results), dry=dry)
    outcomes = {id(each.action): each for each in results}
    for decision in planned.decisions:
        _log(decision, outcomes, "paused" if switch.paused else "dry run")
    _summary(planned)
    measured = measure(done) | switch_values(switch)
    measured[common.COMPLETED_PASSES] = completed(seen.groups, settings.target.cluster)
    cluster = settings.target.cluster
    counts = common.counts(measured, common.dimensions(cluster, metrics.CONTROLLER))
    common.publish(aws.cloudwatch, settings.target.namespace, [*counts, *_misplaced(planned, cluster)])
    return done


def measure(done: Done) -> dict[str, float]:
    """The values by metric name."""
    planned, finished = done.planned, [each.action for each in done.results if each.outcome == "done"]
    unreadable = sum(each.proposal.reason is Reason.TAG_UNREADABLE for each in planned.decisions)
    taken_back = {id(each.action) for each in _acts(planned) if each.reason is Reason.TOOK_TOO_LONG}
    return {
        metrics.TASKS_MOVED: sum(each.move.surge for each in finished if isinstance(each, Raise)),
        metrics.MOVES_GOING_ON: len(moves_going_on(planned.snapshot)),
        metrics.MOVES_TAKEN_BACK: sum(isinstance(each, Lower) and id(each) in taken_back for each in finished),
        metrics.SERVICES_GIVEN_UP: sum(begin.given_up(each) for each in planned.snapshot.local_services),
        metrics.DRY_RUN: float(done.dry),
        common.FAILED_ACTIONS: sum(each.outcome == "failed" for each in done.results),
        common.UNREAD_PARTS: unreadable,
    }


def _acts(planned: Plan) -> list[Act]:
    return [each.proposal for each in planned.decisions if isinstance(each.proposal, Act)]


def _misplaced(planned: Plan, cluster: str) -> list[common.Count]:
    return [
        common.Count(
            metric=metrics.MISPLACED_TASKS,
            value=each.proposal.misplaced,
            dimensions=common.service_dimensions(cluster, each.service),
        )
        for each in planned.decisions
        if each.proposal.misplaced
    ]


def _log(decision: Decision, outcomes: dict[int, Result], otherwise: str) -> None:
    """One line for each action, and for each service whose tasks should move and do not."""
    proposal = decision.proposal
    if isinstance(proposal, Act):
        result = outcomes.get(id(proposal.action))
        outcome, error = (result.outcome, result.error) if result else (otherwise, "")
        journal.write(
            type(proposal.action).__name__,
            "ERROR" if outcome == "failed" else "WARN" if proposal.reason is Reason.TOOK_TOO_LONG else "INFO",
            service=decision.service,
            outcome=outcome,
            reason=proposal.reason.value,
            misplaced=proposal.misplaced,
            action=_inputs(proposal.action),
            **({"error": error} if error else {}),
        )
    elif proposal.misplaced or proposal.reason is Reason.TAG_UNREADABLE:
        level = "ERROR" if proposal.reason is Reason.TAG_UNREADABLE else "INFO"
        journal.write(
            "NoChange", level, service=decision.service, reason=proposal.reason.value, misplaced=proposal.misplaced
        )


def _inputs(action: Action) -> dict[str, Any]:
    """What the action rests on, without the tasks one by one."""
    move = getattr(action, "move", None)
    found: dict[str, Any] = {"seen": action.seen}
    if move is not None:
        found["move"] = move.text()
    if isinstance(action, Lower):
        found |= {"desired": action.desired, "protected": len(action.stay)}
    if isinstance(action, Raise):
        found["further"] = {arn.rpartition("/")[2]: count for arn, count in action.further.items() if count}
    return found


def _summary(planned: Plan) -> None:
    """One line about all services: how many of them for which reason."""
    reasons = Counter(each.proposal.reason.value for each in planned.decisions)
    journal.write("looked", obstacle=planned.obstacle.value if planned.obstacle else None, services=dict(reasons))
