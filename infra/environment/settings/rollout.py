"""The key `rollout`: how a new image or template replaces what runs."""

from __future__ import annotations

from pydantic import Field

from lambdas.cluster import budgets
from lambdas.instances.settings import LARGEST_CANARY_MINUTES, LARGEST_MAX_HEALTHY_PERCENT, Rollout

from .section import Section


class RolloutSettings(Section):
    """How a new image or template replaces what runs."""

    max_healthy_percent: int = Field(
        default=Rollout.max_healthy_percent,
        ge=101,
        le=LARGEST_MAX_HEALTHY_PERCENT,
        description="Upper limit of the group during a rollout, in percent, 101 to 200; new instances come first.",
    )
    bake_s: int = Field(
        default=Rollout.bake_s,
        ge=0,
        le=budgets.LARGEST_BAKE_S,
        description="Seconds that the alarms are watched after the last replacement; one in ALARM rolls back.",
    )
    drain_old_generation: bool = Field(
        default=Rollout.drain_old_generation,
        description="Drain all old instances as soon as their tasks pack into the new ones, so that no task moves "
        "twice.",
    )
    canary_minutes: int = Field(
        default=Rollout.canary_minutes,
        ge=0,
        le=LARGEST_CANARY_MINUTES,
        description="Minutes that the first instance of a new version serves before the others follow, 0 to 2880; "
        "the alarms roll back meanwhile. 0: all follow at once.",
    )

    def to_controller(self, alarms: tuple[str, ...]) -> Rollout:
        """The same as the controller reads it, with the names of the alarms that roll back."""
        return Rollout(
            max_healthy_percent=self.max_healthy_percent,
            bake_s=self.bake_s,
            drain_old_generation=self.drain_old_generation,
            canary_minutes=self.canary_minutes,
            alarms=alarms,
        )
