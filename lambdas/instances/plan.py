"""The decisions of one pass: snapshot, settings and the time in; actions and measurements out. No I/O."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from ..cluster import metrics as common
from ..cluster.snapshot import RETAINED
from ..cluster.wanted_version import blocked, waits
from . import metrics, renewal, watch
from .actions import Action
from .drain import plan_drain
from .generations import plan_generations
from .ghosts import plan_ghosts
from .group_metrics import plan_group_metrics
from .guard import guarded
from .ready import plan_ready
from .renewal import plan_renewal
from .rollout import plan_rollout
from .settings import Settings
from .snapshot import PENDING_WAIT, TERMINATING_WAIT, InstancesSnapshot
from .watch import plan_watch

Planner = Callable[[InstancesSnapshot, Settings, datetime], Iterator[Action]]

PLANNERS: Final[tuple[Planner, ...]] = (
    plan_ready,
    plan_drain,
    plan_watch,
    plan_rollout,
    plan_renewal,
    plan_generations,
    plan_ghosts,
    plan_group_metrics,
)


def plan(snapshot: InstancesSnapshot, settings: Settings, now: datetime) -> tuple[Action, ...]:
    """All that is to be done now. Doing it twice, or only a part of it, does no harm."""
    planned = (guarded(planner.__name__, planner(snapshot, settings, now)) for planner in PLANNERS)
    return tuple(action for actions in planned for action in actions)


def measure(snapshot: InstancesSnapshot, settings: Settings, now: datetime) -> dict[str, float]:
    """Counts of the snapshot, by metric name. What ECS does not know is only counted when its list is complete."""
    groups = snapshot.groups
    serving = [each.instance_id for group in groups for each in group.members("InService")]
    ages = {
        metrics.IMAGE_AGE_DAYS: settings.image.age_days(now.date()),
        metrics.OLDEST_INSTANCE_DAYS: renewal.oldest_days(snapshot, now),
    }
    return {
        **{name: days for name, days in ages.items() if days is not None},
        metrics.INSTANCES_DRAINING: sum(len(group.members(TERMINATING_WAIT)) for group in groups),
        metrics.INSTANCES_STARTING: sum(len(group.members(PENDING_WAIT)) for group in groups),
        metrics.INSTANCES_RETAINED: sum(len(group.members(RETAINED)) for group in groups),
        metrics.INSTANCES_UNREGISTERED: sum(each not in snapshot.registered for each in serving if snapshot.listed),
        metrics.AGENTS_DISCONNECTED: sum(watch.disconnected(group, snapshot) for group in groups),
        metrics.AGENTS_LOST: sum(watch.lost(group, snapshot, settings.watch, now) for group in groups),
        metrics.ROLLOUTS_BLOCKED: sum(blocked(group) for group in groups),
        metrics.ROLLOUTS_WAITING: sum(waits(group) for group in groups),
        common.UNREAD_PARTS: len(snapshot.unread),
    }
