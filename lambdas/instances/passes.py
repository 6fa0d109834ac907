"""Passes: observe, plan, act, measure; again every few seconds while something is in motion."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from ..cluster import budgets, journal
from ..cluster import metrics as common
from ..cluster.clients import Clients
from ..cluster.liveness import completed
from ..cluster.switch import read_paused
from . import metrics
from .act import Result, act
from .actions import Complete, MarkUnhealthy, StartRefresh
from .observe import observe
from .plan import measure, plan
from .settings import Settings


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Clock:
    """Time as a value, so that tests can own it."""

    now: Callable[[], datetime] = _now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def run(aws: Clients, settings: Settings, remaining_s: Callable[[], float], clock: Clock | None = None) -> int:
    """Make passes until nothing moves or the next scheduled run takes over; returns their number."""
    clock = clock or Clock()
    began = clock.monotonic()
    passes = 0
    while True:
        started = clock.monotonic()
        moving = one_pass(aws, settings, clock.now())
        passes += 1
        ended = clock.monotonic()
        if not moving or not budgets.observes_again(
            elapsed_s=ended - began,
            remaining_s=remaining_s(),
            poll_s=settings.pace.poll_s,
            observe_for_s=settings.pace.observe_for_s,
            pass_s=max(settings.pace.pass_s, int(ended - started) + 1),
        ):
            return passes
        clock.sleep(settings.pace.poll_s)


def one_pass(aws: Clients, settings: Settings, now: datetime) -> bool:
    """Make one pass; returns whether it pays to look again soon. While paused it only says what it would do."""
    paused = read_paused(aws.ssm, settings.target.switch_parameter)
    seen = observe(aws, settings, now)
    actions = plan(seen, settings, now)
    results = [Result(action=each, outcome="paused") for each in actions] if paused else act(aws, settings, actions)
    for result in results:
        _log(result)
    values = (
        measure(seen, settings)
        | tally(results)
        | {common.COMPLETED_PASSES: completed(seen.groups, settings.target.cluster), common.PAUSED: float(paused)}
    )
    measured = common.counts(values, common.dimensions(settings.target.cluster, metrics.CONTROLLER))
    common.publish(aws.cloudwatch, settings.target.namespace, measured)
    return seen.in_motion and not paused


def tally(results: Sequence[Result]) -> dict[str, float]:
    """Counts of what was done, by metric name. What somebody else had done already is not counted twice."""
    done = [each.action for each in results if each.outcome == "done"]
    endings = Counter(each.ending for each in done if isinstance(each, Complete))
    return {
        metrics.DRAIN_DEADLINES: endings["deadline"],
        metrics.READINESS_ABANDONED: endings["not ready"],
        metrics.INSTANCES_MARKED_UNHEALTHY: sum(isinstance(each, MarkUnhealthy) for each in done),
        metrics.REFRESHES_STARTED: sum(isinstance(each, StartRefresh) for each in done),
        common.FAILED_ACTIONS: sum(each.outcome == "failed" for each in results),
    }


def _log(result: Result) -> None:
    level = "ERROR" if result.outcome == "failed" else "INFO"
    if isinstance(result.action, Complete) and result.action.ending in ("deadline", "not ready"):
        level = "WARN"
    details = asdict(result.action) | ({"error": result.error} if result.error else {})
    journal.write(type(result.action).__name__, level, outcome=result.outcome, **details)
