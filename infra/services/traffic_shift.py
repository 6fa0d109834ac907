"""How requests go over from the tasks of one deployment to those of the next, by ECS's own strategies. Pure.

The new tasks (green) start beside all old ones (blue) and register in a second target group. Then ECS changes the
weights of the listener rule, and after the bake time the old tasks stop. Until then a rollback is a change of weights.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any, Final, TypeAlias

from ..common.args import inputs
from ..common.inputs import range_problem
from .lifecycle_hook import OF_TEST_TRAFFIC, LifecycleHook

LEAST_BAKE_MINUTES: Final = 5
"""In less the alarm on errors could not go off: it judges five minutes, of which three have to be bad."""

LONGEST_BAKE_MINUTES: Final = 1440
"""A day (Amazon ECS API reference, CanaryConfiguration, LinearConfiguration)."""

LEAST_CANARY, LEAST_STEP, ALL = 0.1, 3, 100
"""Percent (same source); all at once is BlueGreen."""

_HEADER: Final = re.compile(r"^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}\Z")
"""Elastic Load Balancing API, HttpHeaderConditionConfig; RFC 7230."""

Hooks: TypeAlias = list[LifecycleHook] | tuple[LifecycleHook, ...]


@inputs
class BlueGreen:
    """All requests go over at once, when all new tasks are healthy. Twice the tasks run until the end."""

    bake_minutes: int = 10
    """Minutes in which both run after that and an alarm rolls back, 5 to 1440. By default 10."""
    test_header: str | None = None
    """Header by which a request reaches the new tasks before others do; its value is the service's name. Whoever sends
    it gets there. By default nobody does."""
    hooks: Hooks = ()
    """Functions that look at the deployment. By default alarms alone do."""

    def problem(self) -> str | None:
        """What ECS does not take, or what would let an error pass."""
        return _bake_problem("bake_minutes", self.bake_minutes) or _test_problem(self.test_header, self.hooks)

    @property
    def minutes(self) -> int:
        """How long it takes from the first request of a new task to the end of the old ones."""
        return self.bake_minutes

    @property
    def configuration(self) -> Mapping[str, Any]:
        """The strategy as aws.ecs.Service takes it."""
        return {"strategy": "BLUE_GREEN", "bake_time_in_minutes": str(self.bake_minutes)}


@inputs
class Canary:
    """A small part of the requests goes over first, then the rest. Twice the tasks run until the end."""

    percent: float = 5.0
    """Percent of the requests that the new tasks get first, 0.1 to 99.9 in tenths. By default 5."""
    canary_bake_minutes: int = 10
    """Minutes in which they get that part, 5 to 1440. By default 10."""
    bake_minutes: int = 10
    """Minutes in which both run after all went over and an alarm rolls back, 5 to 1440. By default 10."""
    test_header: str | None = None
    """Header by which a request reaches the new tasks before others do; its value is the service's name. Whoever sends
    it gets there. By default nobody does."""
    hooks: Hooks = ()
    """Functions that look at the deployment. By default alarms alone do."""

    def problem(self) -> str | None:
        """What ECS does not take, or what would let an error pass."""
        return (
            _percent_problem(self.percent, LEAST_CANARY)
            or _bake_problem("canary_bake_minutes", self.canary_bake_minutes)
            or _bake_problem("bake_minutes", self.bake_minutes)
            or _test_problem(self.test_header, self.hooks)
        )

    @property
    def minutes(self) -> int:
        """How long it takes from the first request of a new task to the end of the old ones."""
        return self.canary_bake_minutes + self.bake_minutes

    @property
    def configuration(self) -> Mapping[str, Any]:
        """The strategy as aws.ecs.Service takes it."""
        return {
            "strategy": "CANARY",
            "bake_time_in_minutes": str(self.bake_minutes),
            "canary_configuration": {
                "canary_percent": float(self.percent),
                "canary_bake_time_in_minutes": str(self.canary_bake_minutes),
            },
        }


@inputs
class Linear:
    """The requests go over in equal steps. Twice the tasks run until the end."""

    percent: float = 10.0
    """Percent of the requests that go over in each step, 3 to 99.9 in tenths. By default 10."""
    step_bake_minutes: int = 6
    """Minutes from one step to the next, 1 to 1440. By default 6."""
    bake_minutes: int = 10
    """Minutes in which both run after all went over and an alarm rolls back, 5 to 1440. By default 10."""
    test_header: str | None = None
    """Header by which a request reaches the new tasks before others do; its value is the service's name. Whoever sends
    it gets there. By default nobody does."""
    hooks: Hooks = ()
    """Functions that look at the deployment. By default alarms alone do."""

    def problem(self) -> str | None:
        """What ECS does not take, or what would let an error pass."""
        return (
            _percent_problem(self.percent, LEAST_STEP)
            or range_problem("step_bake_minutes", self.step_bake_minutes, 1, LONGEST_BAKE_MINUTES)
            or _bake_problem("bake_minutes", self.bake_minutes)
            or _test_problem(self.test_header, self.hooks)
        )

    @property
    def minutes(self) -> int:
        """How long it takes from the first request of a new task to the end of the old ones."""
        waits = ceil(ALL / self.percent) - 1  # none after the step that ends at all of them
        return waits * self.step_bake_minutes + self.bake_minutes

    @property
    def configuration(self) -> Mapping[str, Any]:
        """The strategy as aws.ecs.Service takes it."""
        return {
            "strategy": "LINEAR",
            "bake_time_in_minutes": str(self.bake_minutes),
            "linear_configuration": {
                "step_percent": float(self.percent),
                "step_bake_time_in_minutes": str(self.step_bake_minutes),
            },
        }


TrafficShift: TypeAlias = BlueGreen | Canary | Linear


def _bake_problem(name: str, minutes: int) -> str | None:
    return range_problem(name, minutes, LEAST_BAKE_MINUTES, LONGEST_BAKE_MINUTES)


def _percent_problem(percent: float, least: float) -> str | None:
    if least <= percent < ALL and float(round(percent * 10, 6)).is_integer():
        return None
    if percent == ALL:
        return "percent: 100 is all at once; write BlueGreen(bake_minutes=...)"
    return f"percent: must be {least} to 99.9 in tenths, got {percent}"


def _test_problem(header: str | None, hooks: Sequence[LifecycleHook]) -> str | None:
    if header is None:
        early = [stage for hook in hooks for stage in hook.stages if stage in OF_TEST_TRAFFIC]
        if not early:
            return None
        return f"hooks: {early[0]} needs test traffic, and there is none; give a test_header, or take POST_SCALE_UP"
    if header.lower() == "host":
        return "test_header: the host is a condition of its own; take a header like x-test"
    if _HEADER.match(header):
        return None
    return f"test_header: must be up to 40 letters, digits and signs of a header, got {header!r}"
