"""The key `cluster`: the ECS cluster."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..cluster import ClusterArgs
from .section import Section


class ClusterSettings(Section):
    """The ECS cluster."""

    container_insights: Literal["enhanced", "enabled", "disabled"] = Field(
        default=ClusterArgs.container_insights,
        description="CloudWatch Container Insights: enhanced adds metrics per task and container. Costs per metric.",
    )
