"""Settings of the instance controller: written by the program as environment variables, read once by the function."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from ..cluster import budgets, environment, lifecycle_hooks
from ..cluster.disruption import BUDGET, Disruption
from ..cluster.target import Target

LARGEST_ALARM_COUNT: Final = 10
"""Alarms that an instance refresh can watch (Auto Scaling API reference, AlarmSpecification)."""

LARGEST_MAX_HEALTHY_PERCENT: Final = 200
"""Limit of an instance refresh's MaxHealthyPercentage (same source)."""

LARGEST_CANARY_MINUTES: Final = 2880
"""Limit of an instance refresh's CheckpointDelay, 172,800 s (same source)."""

LARGEST_AGE_DAYS: Final = 365
"""An age that is meant to be reached: an image is old long before."""


@dataclass(frozen=True, kw_only=True)
class Ready:
    """When an instance may enter service."""

    hook: str = lifecycle_hooks.READINESS_HOOK
    """Name of the launching hook."""
    deadline_s: int = 600
    """Seconds from launch until an instance without a connected agent is abandoned."""
    trunked: bool = False
    """Whether to wait for the trunk interface too, on types that can have one."""


@dataclass(frozen=True, kw_only=True)
class Drain:
    """How an instance leaves."""

    hook: str = lifecycle_hooks.DRAINING_HOOK
    """Name of the terminating hook."""
    deadline_s: int = 900
    """Seconds from the first sight of the terminating hook until it is completed whatever still runs."""
    result: Literal["CONTINUE", "ABANDON"] = "CONTINUE"
    """Result at the deadline. ABANDON keeps the instance where the group retains abandoned ones, else it ends too."""
    standalone_wait_s: int = 300
    """Seconds that tasks without a service may go on before they are stopped. ECS leaves them alone on DRAINING."""
    agent_gone_s: int = 300
    """Seconds without an agent after which nothing more is to be learned about the tasks, and the hook is completed."""


@dataclass(frozen=True, kw_only=True)
class Watch:
    """When an instance in service is given up. Agents drop several times an hour, so one miss means nothing."""

    observations: int = 5
    """Consecutive observations without an agent; at least 2."""
    interval_s: int = 55
    """Least seconds between two that count, so that quick passes and overlapping runs do not count twice."""
    budget_percent: int = 10
    """Share of a group that may be unhealthy at a time, at least one instance."""


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """How a wanted template version replaces what runs."""

    max_healthy_percent: int = 110
    """Upper limit of the group during a refresh, in percent of its desired capacity; the lower one is always 100."""
    warmup_s: int = 0
    """Seconds after entering service until an instance counts. 0: the launching hook has already waited."""
    bake_s: int = 300
    """Seconds that the alarms are watched after the last replacement."""
    alarms: tuple[str, ...] = ()
    """Names of CloudWatch alarms that fail the refresh and roll it back."""
    drain_old_generation: bool = True
    """Drain all old instances at once when the new ones have room for their tasks, so that no task moves twice."""
    canary_minutes: int = 0
    """Minutes that the first instance of a new version serves before the others follow, 0 to 2880; 0: no waiting."""


@dataclass(frozen=True, kw_only=True)
class Renewal:
    """When instances are replaced although nothing is to be rolled out."""

    max_age_days: int = 0
    """Days since an instance registered after which its group is renewed, 1 to 365; 0: never."""


@dataclass(frozen=True, kw_only=True)
class Image:
    """The image that the wanted template version starts."""

    released: str = ""
    """The day on which it was published, in ISO 8601; empty where its name does not say."""

    def age_days(self, today: date) -> int | None:
        """Days since then, at least 0; None where nobody knows."""
        return max(0, (today - date.fromisoformat(self.released)).days) if self.released else None


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often one invocation looks while something is in motion."""

    poll_s: int = 5
    observe_for_s: int = 50
    """Seconds after which the next scheduled run takes over."""
    pass_s: int = 8
    """Seconds that one pass is expected to take; a slower one counts with what it took."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings; raises ValueError with every problem when they contradict each other."""

    target: Target
    ready: Ready = Ready()
    drain: Drain = Drain()
    watch: Watch = Watch()
    rollout: Rollout = Rollout()
    renewal: Renewal = Renewal()
    disruption: Disruption = BUDGET
    """How many instances a renewal replaces at a time, and when none begins."""
    image: Image = Image()
    pace: Pace = Pace()

    def __post_init__(self) -> None:
        problems = [*self._drain_problems(), *self._watch_problems(), *self._rollout_problems()]
        problems += [*self._image_problems(), *self._renewal_problems(), *self.pace_problems()]
        if problems:
            raise ValueError("; ".join(problems))

    def pace_problems(self, function_timeout_s: int | None = None) -> list[str]:
        """Whether an invocation ends in time: for the next one and, where the function's timeout is known, for that."""
        pace = self.pace
        return budgets.pace_problems(
            poll_s=pace.poll_s,
            observe_for_s=pace.observe_for_s,
            pass_s=pace.pass_s,
            function_timeout_s=function_timeout_s,
        )

    def rollout_s(self) -> int:
        """Seconds that a rollout takes at most while it proceeds.

        A refresh replaces at a time what its maximum allows beyond the group's size, and each such batch boots and
        drains within its deadlines. The first instance may have to serve alone for a while.
        """
        rollout = self.rollout
        batches = math.ceil(100 / (rollout.max_healthy_percent - 100))
        return batches * (self.ready.deadline_s + self.drain.deadline_s) + rollout.canary_minutes * 60 + rollout.bake_s

    def environment(self) -> dict[str, str]:
        """The environment variables of the function; the program renders them."""
        return environment.render(self)

    @classmethod
    def from_environment(cls, variables: Mapping[str, str]) -> "Settings":
        """Read them back; raises ValueError that names the variable."""
        return environment.parse(cls, variables)

    def _drain_problems(self) -> list[str]:
        drain = self.drain
        problems: list[str] = []
        if drain.result not in ("CONTINUE", "ABANDON"):
            problems.append(f"drain result: must be CONTINUE or ABANDON, got {drain.result!r}")
        for name, seconds in (("standalone wait", drain.standalone_wait_s), ("agent gone", drain.agent_gone_s)):
            if not 0 <= seconds <= drain.deadline_s:
                problems.append(f"{name}: must be 0 to the drain deadline of {drain.deadline_s} s, got {seconds} s")
        if self.ready.deadline_s < 1:
            problems.append(f"readiness deadline: must be at least 1 s, got {self.ready.deadline_s} s")
        return problems

    def _watch_problems(self) -> list[str]:
        problems: list[str] = []
        if self.watch.observations < 2:  # noqa: PLR2004 - one miss means nothing, as the field says
            problems.append(f"watch observations: must be at least 2, got {self.watch.observations}")
        if self.watch.interval_s < 1:
            problems.append(f"watch interval: must be at least 1 s, got {self.watch.interval_s} s")
        if not 1 <= self.watch.budget_percent <= 100:  # noqa: PLR2004 - percent
            problems.append(f"watch budget: must be 1 to 100 percent, got {self.watch.budget_percent}")
        return problems

    def _image_problems(self) -> list[str]:
        try:
            self.image.age_days(date.max)
        except ValueError:
            return [f"image released: must be a day like 2026-11-27, or empty, got {self.image.released!r}"]
        return []

    def _rollout_problems(self) -> list[str]:
        rollout = self.rollout
        problems: list[str] = []
        if not 100 < rollout.max_healthy_percent <= LARGEST_MAX_HEALTHY_PERCENT:  # noqa: PLR2004 - percent
            problems.append(
                f"rollout maximum: must be 101 to {LARGEST_MAX_HEALTHY_PERCENT} percent, so that a new instance comes "
                f"before an old one goes, got {rollout.max_healthy_percent}"
            )
        if not 0 <= rollout.bake_s <= budgets.LARGEST_BAKE_S:
            problems.append(f"rollout bake: must be 0 to {budgets.LARGEST_BAKE_S} s, got {rollout.bake_s} s")
        if len(rollout.alarms) > LARGEST_ALARM_COUNT:
            problems.append(f"rollout alarms: at most {LARGEST_ALARM_COUNT}, got {len(rollout.alarms)}")
        if not 0 <= rollout.canary_minutes <= LARGEST_CANARY_MINUTES:
            problems.append(f"rollout canary: must be 0 to {LARGEST_CANARY_MINUTES} min, got {rollout.canary_minutes}")
        return problems

    def _renewal_problems(self) -> list[str]:
        days = self.renewal.max_age_days
        found = [] if 0 <= days <= LARGEST_AGE_DAYS else [f"renewal: must be 0 to {LARGEST_AGE_DAYS} days, got {days}"]
        return found + self.disruption.problems()
