"""The cluster's machines: one Auto Scaling group over the zones, its launch template and its security group.

Pulumi says which template version is *wanted*, in a tag of the group; it never applies it. If it did, the rollback of
a failed instance refresh would return to the new version, the only one that the group would know.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from lambdas.cluster import tags

from ...common import iam
from ..cluster.cluster import Cluster
from ..conventions import Conventions
from ..network.network import Network
from . import role as instance_role
from .hooks import initial_hooks
from .user_data import UserData

GROUP_METRICS = (
    "GroupDesiredCapacity", "GroupInServiceInstances", "GroupMaxSize", "GroupMinSize", "GroupPendingInstances",
    "GroupStandbyInstances", "GroupTerminatingInstances", "GroupTotalInstances",
)  # fmt: skip
"""Sizes that alarms look at; a group publishes none of them by itself (Auto Scaling user guide, "Group metrics")."""

BOOT_TIME_S = 300
"""Seconds until an instance is judged: AL2023 takes about two minutes to a connected ECS agent, plus user data."""

AMI_VOLUME_GIB = 30
"""Size of the snapshot of an ECS-optimized AL2023 image (ECS developer guide, "Amazon ECS-optimized Linux AMIs")."""

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


@dataclass(frozen=True, kw_only=True)
class InstancesArgs:
    """Inputs of Instances. Whether the types keep the platform's promises is checked with instance_fit.py before."""

    conventions: Conventions
    cluster: Cluster
    network: Network
    ami_id: str
    """An ECS-optimized AL2023 image of the instance types' architecture."""
    instance_types: Sequence[str]
    """Equal in architecture and, for capacity to be countable, in size. The first is preferred on demand."""
    min_size: int
    max_size: int
    on_demand_base: int = 0
    """Instances that are never Spot."""
    on_demand_percent: int = 100
    """Percent of the instances above the base that are on demand, 0 to 100; the others are Spot."""
    volume_gib: int = 50
    """Size of the root volume, AMI_VOLUME_GIB at least: images and writable layers of all tasks."""
    trunking: bool = True
    """Branch network interfaces, so that an instance takes 10 tasks and more instead of 2. An account setting of the
    Region: it stays in force when this stack goes."""
    depends_on: Sequence[pulumi.Resource]
    """What has to outlive the group: whoever completes its hooks."""
    ready_deadline_s: int = 600
    """Longest time that an instance takes into service; a creation of the group waits for it."""
    drain_deadline_s: int = 900
    """Longest time that an instance takes to empty; updates and deletions of the group wait for it."""
    retain_abandoned: bool = False
    """Whether instances whose drain was abandoned are kept, out of service, for somebody to look at."""

    def __post_init__(self) -> None:
        if not self.instance_types:
            raise ValueError("instance_types: give at least one instance type, got none")
        if not 1 <= self.min_size <= self.max_size:
            raise ValueError(f"min_size: 1 to max_size ({self.max_size}) is possible, got {self.min_size}")
        if not 0 <= self.on_demand_percent <= 100:  # noqa: PLR2004  percent
            raise ValueError(f"on_demand_percent: 0 to 100 is possible, got {self.on_demand_percent}")
        if self.volume_gib < AMI_VOLUME_GIB:
            raise ValueError(f"volume_gib: the AMI needs {AMI_VOLUME_GIB}, got {self.volume_gib}")

    @property
    def spot(self) -> bool:
        """Whether some instances may be Spot."""
        return self.on_demand_percent < 100  # noqa: PLR2004  percent


class Instances(pulumi.ComponentResource):
    """Container instances that register with the cluster by themselves and hold no secret of any task."""

    group: aws.autoscaling.Group
    security_group_id: pulumi.Output[str]
    role_arn: pulumi.Output[str]
    log_group_name: str

    def __init__(self, name: str, args: InstancesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register the role, the template and the group."""
        super().__init__("ecs-platform:index:Instances", name, None, opts)
        self._name, self._args = name, args
        self._child_opts = pulumi.ResourceOptions(parent=self)
        self.log_group_name = args.conventions.names.log_group("instances")
        logs = self._logs()
        role, policy = self._role()
        profile = aws.iam.InstanceProfile(f"{name}-profile", role=role.name, opts=self._child_opts)
        security_group, egress = self._security_group()
        template = self._template(profile, security_group)
        # An instance needs all of this while it drains, so the group is destroyed before any of it.
        needs = [
            logs,
            policy,
            egress,
            *args.network.egress,
            *args.cluster.resources,
            *self._trunking(),
            *args.depends_on,
        ]
        self.group = self._group(template, needs)
        self.security_group_id, self.role_arn = security_group.id, role.arn
        self.register_outputs({"group_name": self.group.name, "security_group_id": self.security_group_id})

    def _logs(self) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            f"{self._name}-logs",
            name=self.log_group_name,  # the CloudWatch agent and the role's document know it by name
            retention_in_days=self._args.conventions.log_retention_days,
            kms_key_id=self._args.conventions.key_arn,
            opts=self._child_opts,
        )

    def _role(self) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        conventions = self._args.conventions
        role = aws.iam.Role(
            f"{self._name}-role",
            assume_role_policy=iam.trust("ec2.amazonaws.com"),
            permissions_boundary=conventions.permissions_boundary_arn,
            opts=self._child_opts,
        )
        policy = aws.iam.RolePolicy(
            f"{self._name}-role",
            role=role.id,
            policy=iam.document(
                *instance_role.statements(
                    conventions.location, self._args.cluster.cluster_name, self.log_group_name, spot=self._args.spot
                )
            ),
            opts=self._child_opts,
        )
        return role, policy

    def _security_group(self) -> tuple[aws.ec2.SecurityGroup, aws.vpc.SecurityGroupEgressRule]:
        group = aws.ec2.SecurityGroup(
            f"{self._name}-security",
            vpc_id=self._args.network.vpc_id,
            description="Container instances: nothing comes in, tasks have groups of their own",
            tags={"Name": f"{self._args.cluster.cluster_name}-instances"},
            opts=self._child_opts,
        )
        egress = aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-https",
            security_group_id=group.id,
            description="HTTPS to AWS APIs and image registries",
            cidr_ipv4="0.0.0.0/0",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            opts=self._child_opts,
        )
        return group, egress

    def _trunking(self) -> list[pulumi.Resource]:
        if not self._args.trunking:
            return []
        # Destroying the setting would take the interfaces from every other cluster of the account and Region.
        kept = pulumi.ResourceOptions(parent=self, retain_on_delete=True)
        return [
            aws.ecs.AccountSettingDefault(f"{self._name}-trunking", name="awsvpcTrunking", value="enabled", opts=kept)
        ]

    def _template(
        self, profile: aws.iam.InstanceProfile, security_group: aws.ec2.SecurityGroup
    ) -> aws.ec2.LaunchTemplate:
        args = self._args
        user_data = UserData(
            cluster_name=args.cluster.cluster_name, log_group_name=self.log_group_name, spot_draining=args.spot
        )
        return aws.ec2.LaunchTemplate(
            f"{self._name}-template",
            description=f"Container instances of {args.cluster.cluster_name}",
            image_id=args.ami_id,
            instance_type=args.instance_types[0],
            iam_instance_profile={"arn": profile.arn},
            user_data=base64.b64encode(user_data.script().encode()).decode(),
            # Hop limit 1: a container's packet does not reach the metadata service.
            metadata_options={"http_endpoint": "enabled", "http_tokens": "required", "http_put_response_hop_limit": 1},
            network_interfaces=[
                {
                    "device_index": 0,
                    "associate_public_ip_address": "false",
                    "delete_on_termination": "true",
                    "security_groups": [security_group.id],
                }
            ],
            block_device_mappings=[
                {
                    "device_name": "/dev/xvda",
                    "ebs": {
                        "encrypted": "true",
                        "volume_type": "gp3",
                        "volume_size": args.volume_gib,
                        "delete_on_termination": "true",
                    },
                }
            ],
            monitoring={"enabled": True},
            # Neither the provider's default tags nor the group's reach volumes and network interfaces.
            tag_specifications=[
                {"resource_type": kind, "tags": self._instance_tags()}
                for kind in ("instance", "volume", "network-interface")
            ],
            opts=self._child_opts,
        )

    def _instance_tags(self) -> dict[str, str]:
        return dict(self._args.conventions.tags) | {"Name": f"{self._args.cluster.cluster_name}-instance"}

    def _group(self, template: aws.ec2.LaunchTemplate, needs: Sequence[pulumi.Resource]) -> aws.autoscaling.Group:
        args = self._args
        version = template.latest_version.apply(str)
        start, patience = args.ready_deadline_s + BOOT_TIME_S, args.drain_deadline_s + BOOT_TIME_S
        return aws.autoscaling.Group(
            f"{self._name}-group",
            name_prefix=args.conventions.names.group_prefix,  # known in a preview, unlike a name
            min_size=args.min_size,
            max_size=args.max_size,
            vpc_zone_identifiers=args.network.private_subnet_ids,
            mixed_instances_policy=self._policy(template, version),
            capacity_rebalance=args.spot,
            health_check_type="EC2",  # tasks are targets of the load balancer, instances are not
            health_check_grace_period=BOOT_TIME_S,
            default_instance_warmup=0,  # an instance is in service when its agent is connected, not a while later
            instance_maintenance_policy=LAUNCH_FIRST,
            enabled_metrics=[aws.autoscaling.Metric(metric) for metric in GROUP_METRICS],
            metrics_granularity="1Minute",
            wait_for_capacity_timeout=f"{start}s",
            initial_lifecycle_hooks=initial_hooks(),
            instance_lifecycle_policy=RETAIN_ABANDONED if args.retain_abandoned else None,
            tags=self._group_tags(version),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=list(needs),
                ignore_changes=[
                    "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.version",
                    "initialLifecycleHooks",
                ],
                custom_timeouts=pulumi.CustomTimeouts(
                    create=f"{start + BOOT_TIME_S}s", update=f"{patience}s", delete=f"{patience}s"
                ),
            ),
        )

    def _policy(
        self, template: aws.ec2.LaunchTemplate, version: pulumi.Output[str]
    ) -> aws.autoscaling.GroupMixedInstancesPolicyArgsDict:
        args = self._args
        return {
            "launch_template": {
                "launch_template_specification": {"launch_template_id": template.id, "version": version},
                "overrides": [{"instance_type": kind} for kind in args.instance_types],
            },
            "instances_distribution": {
                "on_demand_allocation_strategy": "prioritized",
                "on_demand_base_capacity": args.on_demand_base,
                "on_demand_percentage_above_base_capacity": args.on_demand_percent,
                "spot_allocation_strategy": "price-capacity-optimized",
            },
        }

    def _group_tags(self, version: pulumi.Output[str]) -> list[aws.autoscaling.GroupTagArgsDict]:
        own = {tags.WANTED_VERSION: version, tags.CLUSTER: self._args.cluster.cluster_name}
        return [
            *({"key": key, "value": value, "propagate_at_launch": False} for key, value in own.items()),
            *(
                {"key": key, "value": value, "propagate_at_launch": True}
                for key, value in self._instance_tags().items()
            ),
        ]
