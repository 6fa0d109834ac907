"""The container instances of a cluster: one group, its launch template, role and security group, and its hooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ...common import iam
from ..cluster import Cluster
from ..conventions import Conventions
from ..monitoring import AlarmTopics
from ..network import Network
from . import role as instance_role
from .deployed_group import DeployedGroup
from .group import Distribution, GroupArgs, Waits, auto_scaling_group
from .hooks import DrainingHook, DrainingHookArgs, ReadinessHook, ReadinessHookArgs
from .host_alarms import host_alarms
from .launch_template import AMI_VOLUME_GIB, LaunchTemplateArgs, launch_template
from .user_data import UserData


@dataclass(frozen=True, kw_only=True)
class InstancesArgs:
    """What is launched, how much of it, and how it comes and goes. `fit` checks the types against what is promised."""

    conventions: Conventions
    alarm_topics: AlarmTopics
    cluster: Cluster
    network: Network
    ami_id: str
    """An ECS-optimized AL2023 image of the instance types' architecture."""
    instance_types: Sequence[str]
    """Equal in architecture and, for capacity to be countable, in size. The first is preferred on demand."""
    min_size: int
    max_size: int
    on_demand_base: int = 0
    """Instances that are never Spot. By default none of a number of their own."""
    on_demand_percent: int = 100
    """Percent of the instances above the base that are on demand, 0 to 100; the others are Spot. By default all."""
    volume_gib: int = 50
    """Size of the root volume, AMI_VOLUME_GIB or more: images and writable layers of all tasks. By default 50."""
    trunking: bool = True
    """Branch network interfaces, so that an instance takes 10 tasks and more instead of 2. An account setting of the
    Region: it stays in force when this stack goes. By default on."""
    depends_on: Sequence[pulumi.Resource]
    """What must outlive the group: whoever completes its hooks."""
    ready_deadline_s: int = 600
    """Longest time that an instance takes into service, 60 to 7080; a creation of the group waits for it."""
    drain_deadline_s: int = 900
    """Longest time that an instance takes to empty, 60 to 172680; updates and deletions of the group wait for it."""
    retain_abandoned: bool = False
    """Whether instances whose drain was abandoned are retained, out of service. By default they are terminated."""
    deployed: DeployedGroup | None = None
    """The group that the stack has already; a change of it differs from a creation. By default none."""

    def __post_init__(self) -> None:
        if not self.instance_types:
            raise ValueError("instance_types: must be one or more, got none")
        if not 1 <= self.min_size <= self.max_size:
            raise ValueError(f"min_size: must be 1 to max_size ({self.max_size}), got {self.min_size}")
        if not 0 <= self.on_demand_percent <= 100:  # noqa: PLR2004  percent
            raise ValueError(f"on_demand_percent: must be 0 to 100, got {self.on_demand_percent}")
        if self.volume_gib < AMI_VOLUME_GIB:
            raise ValueError(
                f"volume_gib: must be {AMI_VOLUME_GIB} or more, the size of the AMI, got {self.volume_gib}"
            )

    @property
    def distribution(self) -> Distribution:
        """Types, and how many of the instances are on demand."""
        return Distribution(
            instance_types=self.instance_types,
            on_demand_base=self.on_demand_base,
            on_demand_percent=self.on_demand_percent,
        )

    @property
    def tags(self) -> dict[str, str]:
        """The tags of every instance and of what belongs to it."""
        return dict(self.conventions.tags) | {"Name": f"{self.cluster.cluster_name}-instance"}


class Instances(pulumi.ComponentResource):
    """Container instances that register with the cluster by themselves and hold no secret of any task."""

    group: aws.autoscaling.Group
    security_group_id: pulumi.Output[str]
    role_arn: pulumi.Output[str]
    log_group_name: str

    def __init__(self, name: str, args: InstancesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:Instances", name, None, opts)
        self._name, self._args = name, args
        self._child_opts = pulumi.ResourceOptions(parent=self)
        self.log_group_name = args.conventions.names.log_group("instances")
        logs = self._logs()
        role, policy = self._role()
        security_group, egress = self._security_group()
        template = self._template(role, security_group)
        # An instance needs all of this while it drains, so the group is destroyed before any of it.
        needed = [logs, policy, egress, *args.network.egress, *args.cluster.resources, *self._trunking()]
        self.group = self._group(template, [*needed, *args.depends_on])
        self._hooks()
        for what, alarm in host_alarms(args.cluster.cluster_name, self.group.name).items():
            args.alarm_topics.alarm(f"{name}-{what}", alarm, self)
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
                    conventions.location,
                    self._args.cluster.cluster_name,
                    self.log_group_name,
                    spot=self._args.distribution.spot,
                )
            ),
            opts=self._child_opts,
        )
        return role, policy

    def _security_group(self) -> tuple[aws.ec2.SecurityGroup, aws.vpc.SecurityGroupEgressRule]:
        security_group = aws.ec2.SecurityGroup(
            f"{self._name}-security-group",
            vpc_id=self._args.network.vpc_id,
            description="Container instances: no ingress, tasks have security groups of their own",
            tags={"Name": f"{self._args.cluster.cluster_name}-instances"},
            opts=self._child_opts,
        )
        egress = aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-https",
            security_group_id=security_group.id,
            description="HTTPS to AWS APIs and image registries",
            cidr_ipv4="0.0.0.0/0",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            opts=self._child_opts,
        )
        return security_group, egress

    def _trunking(self) -> list[pulumi.Resource]:
        if not self._args.trunking:
            return []
        # Destroying the setting would take the interfaces from every other cluster of the account and Region.
        retained = pulumi.ResourceOptions(parent=self, retain_on_delete=True)
        name = f"{self._name}-trunking"
        return [aws.ecs.AccountSettingDefault(name, name="awsvpcTrunking", value="enabled", opts=retained)]

    def _template(self, role: aws.iam.Role, security_group: aws.ec2.SecurityGroup) -> aws.ec2.LaunchTemplate:
        args, cluster_name = self._args, self._args.cluster.cluster_name
        profile = aws.iam.InstanceProfile(f"{self._name}-profile", role=role.name, opts=self._child_opts)
        return launch_template(
            f"{self._name}-template",
            LaunchTemplateArgs(
                description=f"Container instances of {cluster_name}",
                ami_id=args.ami_id,
                instance_type=args.instance_types[0],
                instance_profile_arn=profile.arn,
                security_group_id=security_group.id,
                volume_gib=args.volume_gib,
                user_data=UserData(
                    cluster_name=cluster_name,
                    log_group_name=self.log_group_name,
                    spot_draining=args.distribution.spot,
                ),
                tags=args.tags,
            ),
            self,
        )

    def _group(self, template: aws.ec2.LaunchTemplate, depends_on: Sequence[pulumi.Resource]) -> aws.autoscaling.Group:
        args = self._args
        return auto_scaling_group(
            f"{self._name}-group",
            GroupArgs(
                name_prefix=args.conventions.names.group_prefix,
                cluster_name=args.cluster.cluster_name,
                instance_tags=args.tags,
                template=template,
                distribution=args.distribution,
                waits=Waits(ready_deadline_s=args.ready_deadline_s, drain_deadline_s=args.drain_deadline_s),
                min_size=args.min_size,
                max_size=args.max_size,
                subnet_ids=args.network.private_subnet_ids,
                retain_abandoned=args.retain_abandoned,
                depends_on=depends_on,
                deployed=args.deployed,
                protect=args.conventions.protect,
            ),
            self,
        )

    def _hooks(self) -> None:
        args = self._args
        ReadinessHook(
            f"{self._name}-readiness",
            ReadinessHookArgs(group=self.group, deadline_s=args.ready_deadline_s),
            self._child_opts,
        )
        DrainingHook(
            f"{self._name}-draining",
            DrainingHookArgs(
                group=self.group, deadline_s=args.drain_deadline_s, retain_abandoned=args.retain_abandoned
            ),
            self._child_opts,
        )
