"""How many tasks a service runs, and what decides about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..common.args import inputs
from ..common.inputs import range_problem
from .scaling_targets import MetricTarget, QueueTarget, ScheduledBounds


@inputs
class TaskScaling:
    """Service auto scaling: bounds, and the targets that decide between them. The one that wants most tasks wins."""

    minimum: int = 2
    """Tasks at least, 0 or more; with 0 a worker waits for work as none, and needs `queue`. By default 2, so that one
    can go."""
    maximum: int = 10
    """Tasks at most: what a mistake can cost. As many as minimum: always so many, which nothing scales. By default
    10."""
    desired: int | None = None
    """Tasks at creation; later ones are service auto scaling's. By default minimum."""
    cpu_percent: int | None = 60
    """Percent of `cpu_units` that the tasks shall use on average, 1 to 100; None for no such target. By default 60."""
    memory_percent: int | None = None
    """The same for `memory_mib`, for applications that give memory back. By default no such target."""
    queue: QueueTarget | None = None
    """Messages that wait for each task. By default no queue is looked at."""
    metric: MetricTarget | None = None
    """A metric of your own that more tasks bring down. By default none is looked at."""
    schedules: Sequence[ScheduledBounds] = ()
    """Other bounds from certain times on, for example office hours. They own the bounds that they name, which
    count here only until the first of them. By default the bounds stay."""
    requests_per_minute: int | None = None
    """Requests a minute that each task shall get on average, 1 or more; for services with a route. By default no such
    target."""

    def problem(self) -> str | None:
        """What is out of its range, or contradicts itself."""
        if not 0 <= self.minimum <= self.maximum:
            return f"minimum: must be 0 or more and at most maximum ({self.maximum}), got {self.minimum}"
        if self.maximum == 0:
            return "maximum: must be 1 or more, or nothing ever runs; got 0"
        return (
            self._targets_problem()
            or range_problem("desired", self.first, self.minimum, self.maximum)
            or self._percents_problem()
            or self._schedules_problem()
        )

    def _targets_problem(self) -> str | None:
        if self.scales and not (self.targets or self.queue or self.metric):
            return (
                "cpu_percent: give one target at least: cpu_percent, memory_percent, requests_per_minute, queue, metric"
            )
        if not self.minimum and not self.queue:
            return "minimum: where no task runs, only a queue starts one; give queue=QueueTarget(...), or 1 or more"
        if not self.scales and (self.queue or self.metric or self.schedules or self.requests_per_minute):
            return f"maximum: {self.maximum} tasks, as many as minimum, are not scaled; raise it, or leave targets out"
        return None

    def _percents_problem(self) -> str | None:
        for name, most in {"cpu_percent": 100, "memory_percent": 100, "requests_per_minute": None}.items():
            value: int | None = getattr(self, name)
            if value is not None and (problem := range_problem(name, value, 1, most)):
                return problem
        return None

    def _schedules_problem(self) -> str | None:
        names = [one.name for one in self.schedules]
        if twice := [name for name in names if names.count(name) > 1]:
            return f"schedules: two are called {twice[0]}; rename one"
        # One that sets both bounds stands for itself; one bound alone meets every value of the other.
        for one in self.schedules:
            least = [one.minimum] if one.minimum is not None else [self.minimum, *self._scheduled("minimum")]
            most = [one.maximum] if one.maximum is not None else [self.maximum, *self._scheduled("maximum")]
            if max(least) > min(most):
                return (
                    f"schedules: {one.name} could keep {max(least)} tasks at least and {min(most)} at most; give it "
                    "minimum and maximum"
                )
        return None

    def _scheduled(self, bound: str) -> list[int]:
        return [value for one in self.schedules if (value := getattr(one, bound)) is not None]

    @property
    def scales(self) -> bool:
        """Whether the number of tasks changes by itself."""
        return self.minimum < self.maximum

    @property
    def bounds(self) -> tuple[int, int]:
        """The fewest and the most tasks at any time, by schedules too."""
        least = [self.minimum, *(one.minimum for one in self.schedules if one.minimum is not None)]
        return min(least), max(self.maximum, *(one.maximum for one in self.schedules if one.maximum is not None), 0)

    @property
    def first(self) -> int:
        """Tasks at creation."""
        return self.minimum if self.desired is None else self.desired

    @property
    def targets(self) -> dict[str, tuple[str, int]]:
        """Name of a target → the metric of Application Auto Scaling and its value."""
        every = {
            "cpu": ("ECSServiceAverageCPUUtilization", self.cpu_percent),
            "memory": ("ECSServiceAverageMemoryUtilization", self.memory_percent),
            "requests": ("ALBRequestCountPerTarget", self.requests_per_minute),
        }
        return {name: (metric, target) for name, (metric, target) in every.items() if target is not None}


ONE_TASK: Final = TaskScaling(minimum=1, maximum=1)
"""Exactly one task; with STOP_FIRST never a second one beside it."""
