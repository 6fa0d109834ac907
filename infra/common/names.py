"""The physical names that something outside of Pulumi needs; everything else is named by Pulumi.

Log groups are named because those who write to them (the ECS agent, Lambda, EventBridge) know them by name only, and
the cluster because its instances register by name. A name holds the environment, so that environments can share an
account and a Region.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Names:
    """Names of one environment, for example `Names("dev").cluster == "ecs-dev"`."""

    environment: str

    @property
    def cluster(self) -> str:
        """Name of the ECS cluster; also the prefix of all that belongs to the cluster."""
        return f"ecs-{self.environment}"

    @property
    def group_prefix(self) -> str:
        """Start of the Auto Scaling group's name, and of its role's: policies and event patterns refer to them."""
        return f"{self.cluster}-instances-"

    def log_group(self, producer: str) -> str:
        """Log group of a producer of this platform."""
        return f"/ecs-platform/{self.environment}/{producer}"

    @property
    def event_log_group(self) -> str:
        """Log group of the cluster's events; EventBridge writes below /aws/events/ only (its user guide, "Targets")."""
        return f"/aws/events/{self.cluster}"
