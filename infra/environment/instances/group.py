"""The Auto Scaling group over the zones.

Pulumi says which template version is *wanted*, in a tag of the group; it never applies it. If it did, the rollback of
a failed instance refresh would return to the new version, the only one that the group would know.

A change of anything else in the mixed instances policy sends the whole policy, so that update asks AWS for the version
that the group has by then, and sends that one along.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
from pydantic.alias_generators import to_camel

from lambdas.cluster import tags
from lambdas.cluster.group_sizes import GROUP_METRICS

from .deployed_group import DeployedGroup
from .hooks import initial_hooks

BOOT_TIME_S = 300
"""Seconds until an instance is judged: AL2023 takes about two minutes to a connected ECS agent, plus user data."""

LAUNCH_FIRST = aws.autoscaling.GroupInstanceMaintenancePolicyArgs(
    min_healthy_percentage=100, max_healthy_percentage=110
)
"""An unhealthy instance is replaced after its successor is in service (Auto Scaling user guide, "Instance maintenance
policies": at least 100 launches before it terminates)."""

RETAIN_ABANDONED = aws.autoscaling.GroupInstanceLifecyclePolicyArgs(
    retention_triggers=aws.autoscaling.GroupInstanceLifecyclePolicyRetentionTriggersArgs(
        terminate_hook_abandon="retain"
    )
)
"""An instance whose terminating hook ended with ABANDON stays, out of service."""


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """Which instances are launched: types by preference, on demand or Spot (EC2's "instances distribution")."""

    instance_types: Sequence[str]
    on_demand_base: int
    on_demand_percent: int

    @property
    def spot(self) -> bool:
        """Whether some instances may be Spot."""
        return self.on_demand_percent < 100  # noqa: PLR2004  percent

    def policy(
        self, template_id: pulumi.Input[str], version: pulumi.Input[str]
    ) -> aws.autoscaling.GroupMixedInstancesPolicyArgsDict:
        """The mixed instances policy of a group that starts with this version of the template."""
        return {
            "launch_template": {
                "launch_template_specification": {"launch_template_id": template_id, "version": version},
                "overrides": [{"instance_type": kind} for kind in self.instance_types],
            },
            "instances_distribution": self._purchases,
        }

    def is_in(self, policy: Mapping[str, Any]) -> bool:
        """Whether a policy, as the provider shows it, launches the same instances; of whatever version."""
        purchases = policy.get("instancesDistribution") or {}
        overrides = (policy.get("launchTemplate") or {}).get("overrides") or []
        return [each.get("instanceType") for each in overrides] == [*self.instance_types] and all(
            purchases.get(to_camel(key)) == value for key, value in self._purchases.items()
        )

    @property
    def _purchases(self) -> aws.autoscaling.GroupMixedInstancesPolicyInstancesDistributionArgsDict:
        return {
            "on_demand_allocation_strategy": "prioritized",
            "on_demand_base_capacity": self.on_demand_base,
            "on_demand_percentage_above_base_capacity": self.on_demand_percent,
            "spot_allocation_strategy": "price-capacity-optimized",
        }


@dataclass(frozen=True, kw_only=True)
class Waits:
    """How long a deployment waits for the group, from the deadlines of its hooks."""

    ready_deadline_s: int
    drain_deadline_s: int

    @property
    def capacity_s(self) -> int:
        """Seconds until the first instances must be in service."""
        return self.ready_deadline_s + BOOT_TIME_S

    @property
    def timeouts(self) -> pulumi.CustomTimeouts:
        """A creation waits for readiness; updates and deletions wait for a drain."""
        drained = f"{self.drain_deadline_s + BOOT_TIME_S}s"
        return pulumi.CustomTimeouts(create=f"{self.capacity_s + BOOT_TIME_S}s", update=drained, delete=drained)


@dataclass(frozen=True, kw_only=True)
class GroupArgs:
    """The group of one cluster; its physical name begins with `name_prefix`, which is known in a preview."""

    name_prefix: str
    cluster_name: str
    instance_tags: Mapping[str, str]
    template: aws.ec2.LaunchTemplate
    distribution: Distribution
    waits: Waits
    min_size: int
    max_size: int
    subnet_ids: Sequence[pulumi.Input[str]]
    retain_abandoned: bool
    depends_on: Sequence[pulumi.Resource]
    deployed: DeployedGroup | None
    protect: bool

    @property
    def keeps_policy(self) -> bool:
        """Whether the mixed instances policy stays as it was deployed, whatever version it has by now."""
        return self.deployed is None or self.distribution.is_in(self.deployed.mixed_instances_policy)

    @property
    def capacity_timeout(self) -> str:
        """How long the provider waits for the size.

        It waits for exactly the size of its state, which scaling has changed since: so only a creation does. The state
        keeps that value until an update would wait by it.
        """
        if self.deployed is None:
            return f"{self.waits.capacity_s}s"
        return self.deployed.capacity_timeout if self.deployed.min_size == self.min_size else "0"


def auto_scaling_group(name: str, args: GroupArgs, parent: pulumi.Resource) -> aws.autoscaling.Group:
    """The group. It is destroyed before anything that it depends on, and drains meanwhile."""
    wanted = args.template.latest_version.apply(str)
    ignored = ["initialLifecycleHooks"]
    if args.keeps_policy:
        ignored.append("mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.version")
    return aws.autoscaling.Group(
        name,
        name_prefix=args.name_prefix,
        min_size=args.min_size,
        max_size=args.max_size,
        vpc_zone_identifiers=args.subnet_ids,
        mixed_instances_policy=args.distribution.policy(args.template.id, _version(args, wanted, parent)),
        capacity_rebalance=args.distribution.spot,
        health_check_type="EC2",  # tasks are targets of the load balancer, instances are not
        health_check_grace_period=BOOT_TIME_S,
        instance_maintenance_policy=LAUNCH_FIRST,
        enabled_metrics=[aws.autoscaling.Metric(metric) for metric in GROUP_METRICS],
        metrics_granularity="1Minute",
        wait_for_capacity_timeout=args.capacity_timeout,
        ignore_failed_scaling_activities=True,  # Auto Scaling tries again; one failure is no reason to stop waiting
        initial_lifecycle_hooks=initial_hooks(
            ready_deadline_s=args.waits.ready_deadline_s, drain_deadline_s=args.waits.drain_deadline_s
        ),
        instance_lifecycle_policy=RETAIN_ABANDONED if args.retain_abandoned else None,
        tags=_tags(args, wanted),
        opts=pulumi.ResourceOptions(
            parent=parent,
            depends_on=list(args.depends_on),
            ignore_changes=ignored,
            protect=args.protect,
            custom_timeouts=args.waits.timeouts,
        ),
    )


def _version(args: GroupArgs, wanted: pulumi.Output[str], parent: pulumi.Resource) -> pulumi.Input[str]:
    """The version of the policy: of a new group the wanted one, later the one that the group has."""
    if args.deployed is None or args.keeps_policy:
        return wanted
    return running_version(args.deployed.name, pulumi.InvokeOptions(parent=parent))


def running_version(group_name: str, opts: pulumi.InvokeOptions) -> str:
    """The template version of a group, asked of AWS. Raises pulumi.RunError where it does not answer."""
    try:
        found = aws.autoscaling.get_group(name=group_name, opts=opts)
        template = found.mixed_instances_policies[0].launch_templates[0]
        return template.launch_template_specifications[0].version
    except Exception as error:  # noqa: BLE001  the SDK raises a bare Exception with the provider's sentence in it
        raise pulumi.RunError(
            f"cannot look up which template version the group {group_name} has: {error}; a change of "
            "ecs-platform:instances needs it. If the group is gone: pulumi refresh"
        ) from None


def _tags(args: GroupArgs, version: pulumi.Output[str]) -> list[aws.autoscaling.GroupTagArgsDict]:
    own = {tags.WANTED_VERSION: version, tags.CLUSTER: args.cluster_name}
    return [
        *({"key": key, "value": value, "propagate_at_launch": False} for key, value in own.items()),
        *({"key": key, "value": value, "propagate_at_launch": True} for key, value in args.instance_tags.items()),
    ]
