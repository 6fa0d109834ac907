"""Passes: observe, plan, act, measure; again every few seconds while something is in motion."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from ..cluster import budgets, journal
from ..cluster import metrics as common
from ..cluster.clients import Clients
from ..cluster.liveness import completed
from ..cluster.next_look import NextLook
from ..cluster.switch import read_switch, switch_values
from . import metrics
from .act import Result, act
from .actions import Complete, Deregister, MarkUnhealthy, StartRefresh, Unplanned
from .observe import observe
from .plan import measure, plan
from .renewal import due
from .settings import Settings
from .snapshot import InstancesSnapshot


def run(aws: Clients, settings: Settings, remaining_s: Callable[[], float], look: NextLook, *, scheduled: bool) -> int:
    """Look at the cluster; returns the number of passes.

    The scheduled run goes on until nothing moves or the next one takes over, and promises each further look. Any other
    one makes one pass, and none when a look is promised that comes after its event.
    """
    if not scheduled:
        if not look.mine():
            return 0
        one_pass(aws, settings, look.clock.now())
        return 1
    return _observe_on(aws, settings, remaining_s, look)


def _observe_on(aws: Clients, settings: Settings, remaining_s: Callable[[], float], look: NextLook) -> int:
    clock = look.clock
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
        look.promise(clock.now() + timedelta(seconds=settings.pace.poll_s))
        clock.sleep(settings.pace.poll_s)


def one_pass(aws: Clients, settings: Settings, now: datetime) -> bool:
    """Make one pass; returns whether it pays to look again soon. While paused it only says what it would do."""
    switch = read_switch(aws.ssm, settings.target.switch_parameter)
    seen = observe(aws, settings, now)
    for each in seen.unread:
        journal.write("not read", "WARN" if each.passing else "ERROR", **asdict(each))
    actions = plan(seen, settings, now)
    paused = [Result(action=each, outcome="paused") for each in actions]
    results = paused if switch.paused else act(aws, settings, actions, now)
    for result in results:
        _log(result)
    for each in due(seen, settings, now):
        if each.held is not None:  # nothing else would tell why a group grows older than it may
            journal.write("renewal waits", group=each.group.name, age_days=each.age_days, reason=each.held)
    values = measure(seen, settings, now) | tally(results) | switch_values(switch)
    values[common.COMPLETED_PASSES] = _completed(seen, settings)
    measured = common.counts(values, common.dimensions(settings.target.cluster, metrics.CONTROLLER))
    common.publish(aws.cloudwatch, settings.target.namespace, measured)
    return seen.in_motion and not switch.paused


def _completed(seen: InstancesSnapshot, settings: Settings) -> float:
    """A pass that may not read something is none, however much else it did: nobody would ever hear of it."""
    refused = any(not each.passing for each in seen.unread)
    return 0.0 if refused else completed(seen.groups, settings.target.cluster)


def tally(results: Sequence[Result]) -> dict[str, float]:
    """Counts of what was done, by metric name. What somebody else had done already is not counted twice."""
    done = [each.action for each in results if each.outcome == "done"]
    endings = Counter(each.ending for each in done if isinstance(each, Complete))
    return {
        metrics.DRAIN_DEADLINES: endings["deadline"],
        metrics.READINESS_ABANDONED: endings["not ready"],
        metrics.INSTANCES_MARKED_UNHEALTHY: sum(isinstance(each, MarkUnhealthy) for each in done),
        metrics.REFRESHES_STARTED: sum(isinstance(each, StartRefresh) for each in done),
        metrics.REGISTRATIONS_REMOVED: sum(isinstance(each, Deregister) for each in done),
        metrics.INSTANCES_UNPLANNED: sum(isinstance(each, Unplanned) for each in done),
        common.FAILED_ACTIONS: sum(each.outcome == "failed" for each in results),
    }


def _log(result: Result) -> None:
    level = "ERROR" if result.outcome == "failed" or isinstance(result.action, Unplanned) else "INFO"
    if isinstance(result.action, Complete) and result.action.ending in ("deadline", "not ready"):
        level = "WARN"
    details = asdict(result.action) | ({"error": result.error} if result.error else {})
    journal.write(type(result.action).__name__, level, outcome=result.outcome, **details)
