"""The key `capacity`: how many instances there are."""

from __future__ import annotations

from pydantic import Field

from lambdas.capacity import settings as controller

from .section import Section


class CapacitySettings(Section):
    """How many instances there are between instances.minSize and maxSize: room for what is wanted, and headroom."""

    headroom_tasks: int = Field(
        default=controller.Grow.headroom_tasks,
        ge=0,
        le=10000,
        description="Tasks of every shape for which there is always room, beside all that are wanted.",
    )
    zone_loss: bool = Field(
        default=controller.Grow.zone_loss,
        description="Whether the tasks of any one zone must fit into the others. Costs the instances of a zone.",
    )
    instances_per_minute: int = Field(
        default=controller.Grow.per_minute,
        ge=1,
        le=1000,
        description="Instances that are started within a minute at most.",
    )
    margin_tasks: int = Field(
        default=controller.Shrink.margin_tasks,
        ge=1,
        le=10000,
        description="Tasks of every shape that fit beyond the headroom once an instance is gone: it keeps the size "
        "from going up and down.",
    )
    hold_s: int = Field(
        default=controller.Shrink.hold_s,
        ge=0,
        le=82800,
        description="Seconds during which an instance must be surplus, at every measurement, before it is terminated.",
    )

    def grow(self, boot_s: int) -> controller.Grow:
        """When instances are added, as the controller reads it."""
        return controller.Grow(
            headroom_tasks=self.headroom_tasks,
            zone_loss=self.zone_loss,
            per_minute=self.instances_per_minute,
            boot_s=boot_s,
        )

    def shrink(self) -> controller.Shrink:
        """When instances are removed, as the controller reads it."""
        return controller.Shrink(margin_tasks=self.margin_tasks, hold_s=self.hold_s)
