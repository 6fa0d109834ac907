"""A Network Load Balancer: one for an environment or for a service, whose ports services take with `Port`."""

from __future__ import annotations

import re
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from ..common.alarms import Alarm, alarm_to
from ..common.args import inputs, refused
from ..common.balancer_metrics import network_metric
from ..common.inputs import instance_problem, known_text_problem
from ..contract import Platform
from .service_name import name_problem

JUDGED_MINUTES, BAD_MINUTES = 5, 3
"""So many bad ones of the last minutes raise an alarm: what lasts a minute has passed before anybody looks."""

_ARN: Final = re.compile(
    r"^arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:\d{12}:loadbalancer/net/[A-Za-z0-9-]+/[0-9a-f]+\Z"
)
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


@inputs
class NetworkLoadBalancerArgs:
    """Where it stands, and what keeps it there."""

    platform: Platform
    internal: bool = True
    """Whether it has private addresses alone, in the private subnets; another value replaces it. False: it has public
    ones, and each of its ports says whom it lets in. By default it is internal."""
    cross_zone: bool = True
    """Whether each of its nodes sends to the tasks of all zones; AWS bills the data between zones. False: a zone in
    which one of its services has no healthy task leaves the DNS, for all services behind it. By default they do."""
    deletion_protection: bool = True
    """Whether deleting it is refused. By default it is; False has to be deployed before a destroy."""
    access_logs_bucket: pulumi.Input[str] | None = None
    """Name of a bucket of this Region for the logs of TLS connections, whose policy lets `delivery.logs.amazonaws.com`
    write; other connections have none. By default nothing is logged."""

    def problem(self) -> str | None:
        """What is no name of a bucket."""
        bucket = self.access_logs_bucket
        if not isinstance(bucket, str) or _BUCKET.fullmatch(bucket):
            return None
        return f"access_logs_bucket: must be the name of a bucket, got {bucket!r}"


@inputs
class ExistingNetworkLoadBalancer:
    """A Network Load Balancer that another stack, or nobody's program, has made, with a security group."""

    name: str
    """What it is called here: part of the names of resources. The same in all services of a program that use it."""
    arn: pulumi.Input[str]
    security_group_id: pulumi.Input[str]
    """Its security group; one that was made without can never get one."""
    internal: bool = True
    """Whether it has private addresses alone. By default it is internal."""

    def problem(self) -> str | None:
        """What is no name, or no load balancer."""
        if isinstance(self.arn, str) and (problem := arn_problem(self.arn)):
            return problem
        if isinstance(self.security_group_id, str) and not re.fullmatch(r"sg-[0-9a-f]+", self.security_group_id):
            return f"security_group_id: must be an id, sg-0123456789abcdef0, got {self.security_group_id!r}"
        return name_problem(self.name)

    @property
    def arn_suffix(self) -> pulumi.Output[str]:
        """The load balancer in metrics' dimensions."""
        return pulumi.Output.from_input(self.arn).apply(self._suffix)

    def _suffix(self, arn: Any) -> str:
        if problem := arn_problem(arn):
            raise pulumi.RunError(f"{self.name}: {problem}")
        return arn.partition(":loadbalancer/")[2]


def arn_problem(arn: Any) -> str | None:
    """Whether a known value is no ARN of a Network Load Balancer."""
    if problem := known_text_problem("arn:", arn):
        return problem
    if _ARN.match(arn):
        return None
    return f"arn: must be the ARN of a Network Load Balancer, ...:loadbalancer/net/name/id, got {arn!r}"


class NetworkLoadBalancer(pulumi.ComponentResource):
    """A Network Load Balancer in the subnets of a platform, which lets nobody in but whom its ports allow.

    Another stack uses it as an ExistingNetworkLoadBalancer. It has 50 listeners at most (Network Load Balancers,
    "Quotas").
    """

    arn: pulumi.Output[str]
    arn_suffix: pulumi.Output[str]
    """The load balancer in metrics' dimensions."""
    dns_name: pulumi.Output[str]
    zone_id: pulumi.Output[str]
    """The zone that aliases to it name."""
    security_group_id: pulumi.Output[str]
    load_balancer: aws.lb.LoadBalancer
    security_group: aws.ec2.SecurityGroup

    def __init__(self, name: str, args: NetworkLoadBalancerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Raises pulumi.RunError for a name that is no DNS name, and for arguments of another class."""
        if problem := name_problem(name):
            raise refused(problem)
        if problem := instance_problem("args", args, NetworkLoadBalancerArgs):
            raise refused(f"{name}: {problem}; write NetworkLoadBalancer({name!r}, NetworkLoadBalancerArgs(...))")
        super().__init__("ecs-platform:index:NetworkLoadBalancer", name, None, opts)
        self._name, self._args = name, args
        self._child_opts = pulumi.ResourceOptions(parent=self)
        self.security_group = aws.ec2.SecurityGroup(
            f"{name}-security-group",
            vpc_id=args.platform.vpc_id,
            description=f"The network load balancer {name}: whom its ports allow, and the tasks behind them",
            tags={"Name": name},
            opts=self._child_opts,
        )
        self.load_balancer = self._load_balancer()
        self._alarm()
        self.arn, self.arn_suffix = self.load_balancer.arn, self.load_balancer.arn_suffix
        self.dns_name = self.load_balancer.dns_name
        self.zone_id, self.security_group_id = self.load_balancer.zone_id, self.security_group.id
        self.register_outputs({"arn": self.arn, "dns_name": self.dns_name, "security_group_id": self.security_group_id})

    @property
    def as_existing(self) -> ExistingNetworkLoadBalancer:
        """The load balancer as another stack would use it."""
        return ExistingNetworkLoadBalancer(
            name=self._name, arn=self.arn, security_group_id=self.security_group_id, internal=self._args.internal
        )

    @property
    def alias(self) -> aws.route53.RecordAliasArgs:
        """What a record of Route 53 takes in its `aliases` to lead to it."""
        return aws.route53.RecordAliasArgs(name=self.dns_name, zone_id=self.zone_id, evaluate_target_health=True)

    def _load_balancer(self) -> aws.lb.LoadBalancer:
        args, logs = self._args, self._args.access_logs_bucket
        return aws.lb.LoadBalancer(
            self._name,
            # A prefix, so that a replacement can exist beside what it replaces; the provider takes six characters.
            name_prefix=f"{self._name[:5].rstrip('-')}-",
            load_balancer_type="network",
            internal=args.internal,
            subnets=args.platform.private_subnet_ids if args.internal else args.platform.public_subnet_ids,
            # One that is made without a security group can never get one (Network Load Balancers, "Security groups").
            security_groups=[self.security_group.id],
            enable_cross_zone_load_balancing=args.cross_zone,
            enable_deletion_protection=args.deletion_protection,
            enable_zonal_shift=True,
            access_logs=None if logs is None else {"enabled": True, "bucket": logs},
            tags={"Name": self._name},
            opts=self._child_opts,
        )

    def _alarm(self) -> None:
        alarm_to(
            self._args.platform.notified,
            f"{self._name}-port-allocation",
            Alarm(
                summary=f"The network load balancer {self._name} has no port left for connections to tasks.",
                runbook="a-network-load-balancer-has-no-ports-left",
                measure=network_metric(self.load_balancer.arn_suffix, "PortAllocationErrorCount"),
                threshold=1,
                severity="page",
                periods=JUDGED_MINUTES,
                datapoints=BAD_MINUTES,
            ),
            self,
        )
