"""The history of what waits: since when a service's waiting tasks have made no progress, and what was added since.

The memory is the controller's own metrics: `PlacedTasks` of each service while tasks of it wait, `UnplacedTasks` of
all, and `InstancesAdded`.
A warm process forgets with every update and is one of several when events wake it; tags of the group belong to the
program, which would undo them. Metrics need no further permission to write, are visible after a minute or two, which is
less than an instance needs to come, and show people what the controller remembers. Where they cannot be read, instances
are added for waiting tasks once in the time of a boot at most, as the cluster itself shows it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

from ..cluster import metrics as common
from . import metrics
from .settings import Settings
from .snapshot import Sample, WaitingHistory

WINDOW: Final = timedelta(hours=3)
"""How far back progress is looked for: long enough for several instances to be tried and to come up."""

GAP: Final = timedelta(minutes=5)
"""Between two samples: more means that nothing waited. A measurement is visible within two minutes, a run may fail."""

OVERDUE: Final = timedelta(minutes=5)
"""After this long without progress, tasks lack room whatever the model says: ECS tries again about every minute."""

RETRY: Final = timedelta(minutes=20)
"""For one further instance, once those that were added have not helped: longer than `hold_s` by default, 15 minutes,
so that the last one may be gone by then."""

ROUNDS: Final = 2
"""Orders for tasks that wait while smaller ones take what comes. Of three sizes the largest may wait for a try."""

ROUND, PAUSE = timedelta(minutes=5), timedelta(minutes=2)
"""How long one order may take, in parts of a minute each, and what lies between two: less than any boot."""

HEADROOM: Final = ""
"""Stands for a service: tasks that do not exist yet, for which there has to be room. What fits counts as placed."""

MAX_SERVICES: Final = 497
"""Services whose history is read: GetMetricData takes 500 queries a call (CloudWatch API reference)."""


def read_waiting(cloudwatch: Any, settings: Settings, services: Iterable[str], now: datetime) -> WaitingHistory:
    """What was measured within the window; a call, and one more for each 100,800 samples."""
    target = settings.target
    names = sorted(services)[:MAX_SERVICES]
    own = common.dimensions(target.cluster, metrics.CONTROLLER)
    wanted = [(metrics.INSTANCES_ADDED, own, "Sum")]
    wanted += [(metrics.UNPLACED_TASKS, own, "Maximum")]
    wanted += [(metrics.SCHEDULABLE_TASKS, own, "Minimum")]
    wanted += [(metrics.PLACED_TASKS, common.service_dimensions(target.cluster, each), "Minimum") for each in names]
    queries = [
        {
            "Id": f"q{index}",
            "MetricStat": {
                "Metric": {
                    "Namespace": target.namespace,
                    "MetricName": metric,
                    "Dimensions": [{"Name": name, "Value": value} for name, value in sorted(dimensions.items())],
                },
                "Period": 60,
                "Stat": statistic,
            },
        }
        for index, (metric, dimensions, statistic) in enumerate(wanted)
    ]
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, StartTime=now - WINDOW, EndTime=now
    )
    found: dict[str, list[Sample]] = {}
    for page in pages:
        for each in page["MetricDataResults"]:
            pairs = zip(each["Timestamps"], each["Values"], strict=True)
            found.setdefault(each["Id"], []).extend(Sample(at=at, value=value) for at, value in pairs)
    series = [tuple(found.get(f"q{index}", ())) for index in range(len(wanted))]
    added, waiting, *placed = series
    return WaitingHistory(added=added, waiting=waiting, placed=dict(zip((HEADROOM, *names), placed, strict=True)))


@dataclass(frozen=True, kw_only=True)
class Patience:
    """What may still be added for the tasks that wait."""

    now: datetime
    boot_s: int
    history: WaitingHistory
    placed: Mapping[str, int]
    """Tasks of each service that have a place now."""
    waiting: int = 0
    """Tasks of all services for which instances are wanted now."""
    came: tuple[datetime, ...] = ()
    """When the instances came that run tasks now."""
    came_of_late: bool = False
    """Whether instances start or came up within the time of a boot: all that is known without a history."""

    def stalled_s(self, service: str) -> float:
        """Seconds for which it has waited without one more task being placed; 0 where that is not known."""
        return (self.now - self._since(service)).total_seconds()

    def overdue(self, service: str) -> bool:
        """Whether its tasks lack room whatever the model says."""
        return self.stalled_s(service) >= OVERDUE.total_seconds()

    def added(self, service: str) -> float:
        """Instances that were added since the last progress."""
        return sum(each.value for each in self._orders(service))

    def others_came_first(self, service: str) -> bool:
        """Whether others may have taken what was ordered for it: ECS spreads smaller tasks over all that came.

        Fewer wait than did, and instances that came meanwhile run tasks. It is ordered for again, ROUNDS times in all:
        what holds it back may still be something else than they.
        """
        since = self._since(service) - timedelta(seconds=60)
        fewer = any(each.value > self.waiting for each in self.history.waiting if each.at >= since)
        return fewer and any(at >= since for at in self.came) and self._rounds(service) < ROUNDS

    def _rounds(self, service: str) -> int:
        rounds, began = 0, self._since(service) - 2 * ROUND
        before = began
        for at in sorted(each.at for each in self._orders(service)):
            if at - before >= PAUSE or at - began >= ROUND:
                rounds, began = rounds + 1, at
            before = at
        return rounds

    def _orders(self, service: str) -> list[Sample]:
        since = self._since(service) - timedelta(seconds=60)
        return [each for each in self.history.added if each.value and each.at >= since]

    def in_vain(self, service: str, needed: int, *, more: bool) -> bool:
        """Whether as many instances as all that waits needs were added without a progress.

        Before they must have come up only if the model asks for `more` all the same: they are not what it took them
        for.
        """
        if not self.history.known:
            return more and self.came_of_late
        late = more or self.stalled_s(service) >= self.boot_s
        return late and self.added(service) >= max(1, self._first(service, needed))

    def tries(self, service: str) -> bool:
        """Whether a further instance is tried all the same."""
        tried = self._rounds(service) - 1
        return self.history.known and tried < self.stalled_s(service) // RETRY.total_seconds()

    def _first(self, service: str, needed: int) -> int:
        # What was added before the window is not seen any more, and must not be added again.
        return needed if self.stalled_s(service) < (WINDOW - GAP).total_seconds() else 0

    def _since(self, service: str) -> datetime:
        return self._begins[service]

    @cached_property
    def _begins(self) -> Mapping[str, datetime]:
        history = self.history.placed
        return {name: stalled_since(history.get(name, ()), count, self.now) for name, count in self.placed.items()}


def stalled_since(samples: Iterable[Sample], placed: int, now: datetime) -> datetime:
    """The begin of the time without a gap and without a rise that lasts until now."""
    begin = now
    later: float = placed
    for each in sorted(samples, key=lambda one: one.at, reverse=True):
        if begin - each.at > GAP or each.value < later:
            break
        begin, later = each.at, each.value
    return begin
