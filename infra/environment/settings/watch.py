"""The key `watch`: when an instance in service is replaced."""

from __future__ import annotations

from pydantic import Field

from lambdas.instances.settings import Watch

from .section import Section


class WatchSettings(Section):
    """When an instance in service is replaced. Agents disconnect briefly all the time."""

    observations: int = Field(
        default=Watch.observations,
        ge=2,
        le=60,
        description="Consecutive minutes without an agent until an instance is replaced, 2 to 60.",
    )
    budget_percent: int = Field(
        default=Watch.budget_percent,
        ge=1,
        le=100,
        description="Percent of the group, at least one instance, that may be replaced at a time: an outage of ECS "
        "must not replace the fleet.",
    )

    def to_controller(self) -> Watch:
        """The same as the controller reads it."""
        return Watch(observations=self.observations, budget_percent=self.budget_percent)
