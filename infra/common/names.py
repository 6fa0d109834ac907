"""The physical names that something outside of Pulumi needs; everything else is named by Pulumi.

Log groups are named because those who write to them (the ECS agent, Lambda, EventBridge) know them by name only, and
the cluster because its instances register by name. A name holds the environment, so that environments can share an
account and a Region.
"""

from __future__ import annotations

from dataclasses import dataclass

MANAGED_BY = "ecs-platform"
"""Value of the tag managed-by of everything that the platform makes."""


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
        """Start of the Auto Scaling group's name: policies and event patterns refer to it."""
        return f"{self.cluster}-instances-"

    @property
    def instance_role_prefix(self) -> str:
        """Start of the instance role's name: whoever may launch instances may pass this role and no other."""
        return f"{self.group_prefix}role-"

    @property
    def load_balancer_alarm(self) -> str:
        """The alarm on errors that the load balancer answers itself: a rollout of instances watches it by name."""
        return f"{self.cluster}-load-balancer-errors"

    @property
    def no_targets_alarm(self) -> str:
        """The alarm on requests that find no target at all; likewise."""
        return f"{self.cluster}-no-targets"

    @property
    def at_maximum_alarm(self) -> str:
        """The alarm of a cluster that may not grow: services of other stacks refer to it, so it stays what it is."""
        return f"{self.cluster}-at-maximum-size"

    @property
    def kill_switch(self) -> str:
        """The SSM parameter that pauses the controllers: operators and functions know it by name."""
        return f"{self._path}/controllers"

    @property
    def rebalancing_dry_run(self) -> str:
        """The SSM parameter with the days in which moves of tasks are only told; likewise."""
        return f"{self._path}/rebalancing-dry-run-days"

    def next_look(self, package: str) -> str:
        """The SSM parameter in which the runs of a controller agree on who looks next."""
        return f"{self._path}/next-look/{package}"

    @property
    def log_group_prefix(self) -> str:
        """Start of the names of all log groups of this platform whose writers leave the name to us."""
        return f"{self._path}/"

    def log_group(self, producer: str) -> str:
        """Log group of a producer of this platform, for example `instances`."""
        return f"{self.log_group_prefix}{producer}"

    @property
    def insights_log_group(self) -> str:
        """Log group of Container Insights (CloudWatch user guide, "Container Insights performance log reference").

        AWS makes one without key and retention where none is.
        """
        return f"/aws/ecs/containerinsights/{self.cluster}/performance"

    @property
    def event_log_group(self) -> str:
        """Log group of the cluster's events."""
        return cluster_event_log_group(self.cluster)

    def function(self, package: str) -> str:
        """Lambda function of a package of lambdas/: its role, log group and callers refer to it."""
        return f"{self.cluster}-{package}"

    @property
    def _path(self) -> str:
        return f"/ecs-platform/{self.environment}"


def function_log_group(function_name: str) -> str:
    """The log group that Lambda takes for a function (Lambda developer guide, "CloudWatch Logs")."""
    return f"/aws/lambda/{function_name}"


def cluster_event_log_group(cluster: str) -> str:
    """The log group of a cluster's events; EventBridge writes below /aws/events/ only (its user guide, "Targets")."""
    return f"/aws/events/{cluster}"
