"""The key `readiness`: when a new instance enters service."""

from __future__ import annotations

from pydantic import Field

from lambdas.cluster import budgets
from lambdas.instances.settings import Ready

from .section import Section


class ReadinessSettings(Section):
    """When a new instance enters service: its ECS agent is connected, and its interfaces are trunked."""

    deadline_s: int = Field(
        default=Ready.deadline_s,
        ge=60,
        le=budgets.HEARTBEAT_RANGE_S[1] - budgets.LATENESS_S,
        description="Seconds from launch until an instance without a connected agent is abandoned, 60 to 7080. A bad "
        "image or bad user data never enters service.",
    )

    def to_controller(self, *, trunked: bool) -> Ready:
        """The same as the controller reads it."""
        return Ready(deadline_s=self.deadline_s, trunked=trunked)
