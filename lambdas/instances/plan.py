"""The decisions of one pass: snapshot, settings and the time in; actions and measurements out. No I/O."""

from collections.abc import Iterator
from datetime import datetime

from ..cluster.snapshot import RETAINED
from . import metrics, rollout, watch
from .actions import Action
from .drain import plan_drain
from .generations import plan_generations
from .ghosts import plan_ghosts
from .ready import plan_ready
from .settings import Settings
from .view import PENDING_WAIT, TERMINATING_WAIT, Snapshot


def plan(snapshot: Snapshot, settings: Settings, now: datetime) -> tuple[Action, ...]:
    """All that is to be done now. Doing it twice, or only a part of it, does no harm."""
    return tuple(_actions(snapshot, settings, now))


def measure(snapshot: Snapshot, settings: Settings) -> dict[str, float]:
    """Counts of the snapshot, by metric name."""
    fleets = snapshot.fleets
    serving = [each.instance_id for fleet in fleets for each in fleet.members("InService")]
    return {
        metrics.INSTANCES_DRAINING: sum(len(fleet.members(TERMINATING_WAIT)) for fleet in fleets),
        metrics.INSTANCES_STARTING: sum(len(fleet.members(PENDING_WAIT)) for fleet in fleets),
        metrics.INSTANCES_RETAINED: sum(len(fleet.members(RETAINED)) for fleet in fleets),
        metrics.INSTANCES_UNREGISTERED: sum(each not in snapshot.registered for each in serving),
        metrics.AGENTS_DISCONNECTED: sum(watch.disconnected(fleet, snapshot) for fleet in fleets),
        metrics.AGENTS_LOST: sum(watch.lost(fleet, snapshot, settings.watch) for fleet in fleets),
        metrics.ROLLOUTS_BLOCKED: sum(rollout.blocked(fleet) for fleet in fleets),
    }


def _actions(snapshot: Snapshot, settings: Settings, now: datetime) -> Iterator[Action]:
    for fleet in snapshot.fleets:
        yield from plan_ready(fleet, snapshot, settings, now)
        yield from plan_drain(fleet, snapshot, settings, now)
        yield from watch.plan_watch(fleet, snapshot, settings, now)
        yield from rollout.plan_rollout(fleet, now)
        yield from plan_generations(fleet, snapshot, settings)
    yield from plan_ghosts(snapshot)
