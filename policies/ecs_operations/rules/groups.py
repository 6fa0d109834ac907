"""Auto Scaling groups: where they stand, how many instances they keep, how they notice a broken one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_operations import tokens
from ecs_operations.registry import Config, Results, Setting, Severity, WhenUnknown, resource_rule, stack_rule
from ecs_operations.zones import zones_behind

if TYPE_CHECKING:
    from ecs_operations.model import Graph, Resource

HEALTH_CHECKS = ("EC2", "ELB")
NEEDED_PROCESSES = frozenset({"Launch", "Terminate", "AZRebalance", "ReplaceUnhealthy", "HealthCheck"})
ALL_ON_DEMAND = 100
"""Percent; what the provider sets when a mixed group is silent."""
DEFAULT_GRACE_S = 300
"""Seconds; what the provider sets when healthCheckGracePeriod is absent."""


@stack_rule(
    "asg-multi-az",
    summary="An Auto Scaling group spans several Availability Zones.",
    fix="Give vpc_zone_identifiers one subnet in each of the zones.",
    severity=Severity.HIGH,
    source="Amazon EC2 Auto Scaling user guide, Distribute instances across Availability Zones",
    anchors=("Security Hub AutoScaling.2", "Control Tower CT.AUTOSCALING.PR.1"),
    types=(tokens.GROUP,),
    unknown=WhenUnknown.SKIP,
    settings=(Setting(name="minimumZones", default=2, minimum=2, maximum=6, description="Distinct zones at least."),),
    guards=("vpcZoneIdentifiers", "availabilityZones"),
)
def asg_multi_az(group: Resource, graph: Graph, config: Config) -> Results:
    """When the only zone of a cluster fails, every task is gone and there is nowhere to start another.

    Zones are counted, not subnets: two subnets of one zone fail together.
    """
    zones = set(group.get("availabilityZones", default=[])) or zones_behind(graph, group, "vpcZoneIdentifiers")
    if len(zones) < config["minimumZones"]:
        names = ", ".join(sorted(zones)) or "no zone that is named"
        yield f"spans {len(zones)} zones ({names}), at least {config['minimumZones']} are wanted"


@resource_rule(
    "asg-min-capacity",
    summary="An Auto Scaling group keeps an instance to spare and has room to replace one.",
    fix="Raise min_size to the number of zones, and max_size above it.",
    severity=Severity.HIGH,
    source="AWS Well-Architected, Reliability pillar, REL11: use static stability",
    types=(tokens.GROUP,),
    unknown=WhenUnknown.FAIL,
    settings=(
        Setting(name="minimumInstances", default=2, minimum=1, maximum=1000, description="Least min_size."),
        Setting(name="headroom", default=1, minimum=0, maximum=1000, description="Instances between min and max."),
    ),
    guards=("minSize", "maxSize"),
)
def asg_min_capacity(group: Resource, config: Config) -> Results:
    """With one instance, replacing it stops everything; with max equal to min, a replacement cannot start first."""
    least, most = group.get("minSize", default=0), group.get("maxSize", default=0)
    if least < config["minimumInstances"]:
        yield f"keeps {least} instances, at least {config['minimumInstances']} are wanted"
    if most - least < config["headroom"]:
        yield f"may grow from {least} to {most} instances, a headroom of {config['headroom']} is wanted"


@resource_rule(
    "asg-health-check-type",
    summary="An Auto Scaling group says how it checks its instances, and waits until they have started.",
    fix="Set health_check_type (ELB if the group registers its instances with a balancer, else EC2) and "
    "health_check_grace_period.",
    severity=Severity.MEDIUM,
    source="Amazon EC2 Auto Scaling user guide, Health checks for instances in an Auto Scaling group",
    anchors=("Security Hub AutoScaling.1", "checkov CKV2_15", "cdk-nag AwsSolutions-AS2"),
    types=(tokens.GROUP,),
    unknown=WhenUnknown.FAIL,
    settings=(
        Setting(
            name="minimumGraceSeconds",
            default=120,
            minimum=0,
            maximum=7200,
            description="Seconds before an instance's health counts; about twice what an ECS host needs to boot.",
        ),
    ),
    guards=("healthCheckType", "healthCheckGracePeriod"),
)
def asg_health_check_type(group: Resource, config: Config) -> Results:
    """A check that starts before the host has booted kills every new instance, for ever.

    Tasks with their own network interface are registered themselves, so the group of an ECS cluster is not attached to
    a balancer and checks with EC2; an attached one that checks only EC2 keeps instances that answer nobody.
    """
    kind = group.get("healthCheckType")
    attached = any(group.has(name) for name in ("targetGroupArns", "loadBalancers", "trafficSources"))
    if kind not in HEALTH_CHECKS:
        yield "does not say how it checks instances (healthCheckType EC2 or ELB)"
    elif attached and kind != "ELB":
        yield "is attached to a load balancer but checks only EC2"
    grace = group.get("healthCheckGracePeriod", default=DEFAULT_GRACE_S)
    if grace < config["minimumGraceSeconds"]:
        yield f"checks instances after {grace} s, at least {config['minimumGraceSeconds']} s are wanted"


@resource_rule(
    "asg-processes-not-suspended",
    summary="No Auto Scaling group is deployed with processes suspended that keep it healthy.",
    fix="Remove them from suspended_processes; suspend by hand, for the time of an investigation.",
    severity=Severity.HIGH,
    source="Amazon EC2 Auto Scaling user guide, Suspend and resume processes",
    types=(tokens.GROUP,),
    unknown=WhenUnknown.FAIL,
    guards=("suspendedProcesses",),
)
def asg_processes_not_suspended(group: Resource, _config: Config) -> Results:
    """A process suspended for an investigation, and then written down, stays off: nothing replaces a dead host."""
    if off := sorted(NEEDED_PROCESSES.intersection(group.get("suspendedProcesses", default=[]))):
        yield f"suspends {', '.join(off)}"


@stack_rule(
    "asg-termination-protection-pair",
    summary="Managed termination protection has all that it needs to work.",
    fix='Set managed_scaling status "ENABLED" on the provider and protect_from_scale_in on the group.',
    severity=Severity.MEDIUM,
    source="Amazon ECS developer guide, Control the instances Amazon ECS terminates",
    anchors=("Security Hub ECS.19",),
    types=(tokens.CAPACITY_PROVIDER,),
    unknown=WhenUnknown.SKIP,
    guards=("autoScalingGroupProvider",),
)
def asg_termination_protection_pair(provider: Resource, graph: Graph, _config: Config) -> Results:
    """Protection without scaling protects instances for ever; without the group's flag, new ones are bare at first."""
    path = "autoScalingGroupProvider"
    if provider.get(path, "managedTerminationProtection", default="DISABLED") != "ENABLED":
        return
    if provider.get(path, "managedScaling", "status", default="DISABLED") != "ENABLED":
        yield "protects instances from termination without managed scaling"
    for group in graph.targets(provider, path, (tokens.GROUP,), "arn"):
        if not group.get("protectFromScaleIn", default=False):
            yield f"{group.name} does not protect new instances from scale-in"


@resource_rule(
    "asg-launch-template",
    summary="An Auto Scaling group starts from a launch template.",
    fix="Replace launch_configuration by launch_template.",
    severity=Severity.MEDIUM,
    source="Amazon EC2 Auto Scaling user guide, Launch configurations (no new instance types or features since 2023)",
    anchors=("Security Hub AutoScaling.9", "checkov CKV_315"),
    types=(tokens.GROUP,),
    unknown=WhenUnknown.PRESENT,
    guards=("launchConfiguration",),
)
def asg_launch_template(group: Resource, _config: Config) -> Results:
    """Launch configurations have no versions, so nothing can be rolled back, and AWS no longer extends them."""
    if group.has("launchConfiguration"):
        yield "starts from a launch configuration"


@resource_rule(
    "asg-capacity-rebalance",
    summary="A group with Spot instances replaces one before it is taken away.",
    fix="Set capacity_rebalance.",
    severity=Severity.MEDIUM,
    source="Amazon EC2 Auto Scaling user guide, Capacity Rebalancing",
    types=(tokens.GROUP,),
    unknown=WhenUnknown.FAIL,
    guards=("capacityRebalance",),
)
def asg_capacity_rebalance(group: Resource, _config: Config) -> Results:
    """Two minutes of warning are too short to drain a host; the recommendation to rebalance often comes earlier."""
    path = ("mixedInstancesPolicy", "instancesDistribution", "onDemandPercentageAboveBaseCapacity")
    spot = group.has("mixedInstancesPolicy") and group.get(*path, default=ALL_ON_DEMAND) < ALL_ON_DEMAND
    if spot and group.get("capacityRebalance", default=False) is not True:
        yield "waits until its Spot instances are taken away"
