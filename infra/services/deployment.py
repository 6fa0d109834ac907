"""How a new task definition replaces the old one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

from .requirements import room_problem


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """The pace of a deployment, and what stops it. One that fails goes back to what ran before, and `up` fails."""

    minimum_healthy_percent: int = 100
    """Percent of the desired tasks that run and are healthy at any time. Below 100 only for services with many."""
    maximum_percent: int = 200
    """Percent of the desired tasks that may run at a time, up to 200. Zones are evened out only with more than 100."""
    grace_s: int = 60
    """Seconds from its start in which a task may fail the load balancer's checks: its slowest start."""
    alarm_names: Sequence[str] = field(default_factory=list[str])
    """Further CloudWatch alarms that a deployment goes back on; those of the route always count."""
    timeout_s: int = 1800
    """Seconds that `up` waits for the service to be steady. Where old tasks have to finish long requests, more."""

    def __post_init__(self) -> None:
        if not 0 <= self.minimum_healthy_percent <= 100:  # noqa: PLR2004  percent
            raise ValueError(f"minimum_healthy_percent: 0 to 100 is possible, got {self.minimum_healthy_percent}")
        if not 1 <= self.maximum_percent <= 200:  # noqa: PLR2004  as above, twice
            raise ValueError(f"maximum_percent: 1 to 200 is possible, got {self.maximum_percent}")
        if self.grace_s < 0:
            raise ValueError(f"grace_s: 0 or more is possible, got {self.grace_s}")
        if self.timeout_s < 60:  # noqa: PLR2004  less than a task takes to start
            raise ValueError(f"timeout_s: 60 or more is possible, got {self.timeout_s}")

    @property
    def moves_one_first(self) -> bool:
        """Whether a task may start before another one goes; ECS refuses to even out zones without."""
        return self.maximum_percent > 100  # noqa: PLR2004  percent

    def least(self, minimum: int) -> int:
        """Tasks that run at any time where `minimum` are wanted, as ECS rounds; 1 at least."""
        return max(1, ceil(minimum * self.minimum_healthy_percent / 100))

    def problem(self, minimum: int, maximum: int) -> str | None:
        """Whether one of `minimum` to `maximum` tasks could not be moved."""
        return room_problem(
            minimum=minimum,
            maximum=maximum,
            least_percent=self.minimum_healthy_percent,
            most_percent=self.maximum_percent,
        )
