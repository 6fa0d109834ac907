"""How a new task definition replaces the old one."""

from __future__ import annotations

from dataclasses import field
from math import ceil
from typing import Final

from ..common.args import example, inputs
from ..common.inputs import InputTexts, range_problem
from .requirements import room_problem
from .traffic_shift import TrafficShift

BOTH_PERCENT: Final = 200
"""Percent of the desired tasks that run while traffic shifts."""

GRACE_S: Final = 60
"""Seconds that a container takes to start and to answer, with some to spare."""


@inputs
class Deployment:
    """How fast a deployment goes, and what stops it. One that fails rolls back to what ran before, and `up` fails."""

    minimum_healthy_percent: int = 100
    """Percent of the desired tasks that run and are healthy at any time, 0 to 100. Less only for services with many.
    By default all."""
    maximum_percent: int = 200
    """Percent of the desired tasks that may run at a time, 1 to 200. With more than 100 zones can be rebalanced. By
    default 200."""
    grace_s: int | None = None
    """Seconds from its start in which a task may fail the checks of the load balancer and of its container, 0 or more:
    its slowest start. By default 60."""
    alarm_names: InputTexts = ()
    """CloudWatch alarms that stop a deployment and roll it back. By default those of the route alone, which always
    count."""
    timeout_s: int = 1800
    """Seconds that `up` waits until the service is steady, 60 or more: as long as old tasks finish requests, and more.
    The minutes of a shift come on top. By default half an hour."""
    shift: TrafficShift | None = field(default=None, metadata=example("Canary(percent=5)"))
    """How requests go over to the new tasks, where these start beside all old ones. By default tasks are replaced step
    by step, and each gets requests as soon as it is healthy."""

    def problem(self) -> str | None:
        """What is out of its range."""
        return (
            range_problem("minimum_healthy_percent", self.minimum_healthy_percent, 0, 100)
            or range_problem("maximum_percent", self.maximum_percent, 1, 200)
            or (None if self.grace_s is None else range_problem("grace_s", self.grace_s, 0))
            or range_problem("timeout_s", self.timeout_s, 60)  # less than a task takes to start
            or self._shift_problem()
        )

    def _shift_problem(self) -> str | None:
        if self.shift is None or self.maximum_percent == BOTH_PERCENT:
            return None
        return (
            f"shift: starts all new tasks beside the old ones, and maximum_percent is {self.maximum_percent}; leave "
            "one of them out"
        )

    @property
    def whole_timeout_s(self) -> int:
        """Seconds that `up` waits, those of a shift included."""
        return self.timeout_s + (self.shift.minutes * 60 if self.shift else 0)

    @property
    def chosen_grace_s(self) -> int:
        """The grace period given, or the usual one."""
        return GRACE_S if self.grace_s is None else self.grace_s

    @property
    def starts_before_it_stops(self) -> bool:
        """Whether a task may start before another one stops; ECS refuses to rebalance zones without."""
        return self.maximum_percent > 100  # noqa: PLR2004  percent

    def least(self, minimum: int) -> int:
        """Tasks that run at any time where `minimum` are desired, as ECS rounds; 1 at least."""
        return max(1, ceil(minimum * self.minimum_healthy_percent / 100))

    def room_problem(self, minimum: int, maximum: int) -> str | None:
        """Whether one of `minimum` to `maximum` tasks could not be moved."""
        return room_problem(
            minimum=max(minimum, 1),
            maximum=maximum,
            least_percent=self.minimum_healthy_percent,
            most_percent=self.maximum_percent,
        )


STOP_FIRST: Final = Deployment(minimum_healthy_percent=0, maximum_percent=100)
"""The old task stops before the new one starts, for what must not run twice. While an instance is cut off, ECS may
start another task before it knows that the first one has stopped: only a lock of the application's own excludes that.
"""
