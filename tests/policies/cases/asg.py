from __future__ import annotations

from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.hooks import LAUNCHING
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.balanced import balancer
from tests.policies.cases.build import DROP, a, bad, good, other, subnet, unknown
from tests.policies.cases.controllers import controller
from tests.policies.cases.hooked import GROUP as HOOKED_GROUP
from tests.policies.cases.hooked import HOSTS, OF_ECS, PLAIN, hook, initial, undecided
from tests.policies.cases.hooked import provider as draining_provider

ZONES, SIZE, HEALTH, PROCESSES = (
    "asg-multi-az", "asg-min-capacity", "asg-health-check-type", "asg-processes-not-suspended",
)  # fmt: skip
A, B, C = (subnet(f"eu-central-1{letter}") for letter in "abc")
PAIR = "asg-termination-protection-pair"
HOOKED, SINGLE, AGREE = "asg-termination-hook", "asg-single-drain-owner", "asg-alb-service-azs-agree"
ELSEWHERE = a(tokens.CLUSTER)
SIZES: dict[str, Any] = {"minSize": 3, "maxSize": 12, "healthCheckType": "EC2", "healthCheckGracePeriod": 180, **OF_ECS}


def group(*subnets: Resource, **changes: Any) -> Resource:
    depends = {"vpcZoneIdentifiers": subnets} if subnets else None
    return a(tokens.GROUP, "web", depends=depends, **{**SIZES, **changes})


def provider(status: Any = "ENABLED", protection: str = "ENABLED") -> Resource:
    inner = {"managedTerminationProtection": protection, "managedScaling": {"status": status}}
    return a(tokens.CAPACITY_PROVIDER, depends={"autoScalingGroupProvider": [group()]}, autoScalingGroupProvider=inner)


def spot(on_demand: Any, **changes: Any) -> Resource:
    distribution = {"onDemandPercentageAboveBaseCapacity": on_demand}
    return group(mixedInstancesPolicy={"instancesDistribution": distribution}, **changes)


SPOT, AGE = "asg-capacity-rebalance", "asg-max-instance-lifetime"
START = "autoscaling:StartInstanceRefresh"
NUMBERED: dict[str, Any] = {"namePrefix": "web-", "launchTemplate": {"id": UNKNOWN, "version": UNKNOWN}, **OF_ECS}


def aged(days: Any) -> Resource:
    seconds = days if days is UNKNOWN else days * 86400
    return a(tokens.GROUP, "web", maxInstanceLifetime=seconds, **NUMBERED)


OWNED = a(tokens.GROUP, "web", ignore=("launchTemplate",), **NUMBERED)
REFRESHED = a(tokens.GROUP, "web", instanceRefresh={"strategy": "Rolling"}, **NUMBERED)
ATTACHMENT = a(tokens.TRAFFIC_SOURCE_ATTACHMENT, "web", depends={"autoscalingGroupName": [HOOKED_GROUP]})
PROTECTED = a(tokens.GROUP, "web", protectFromScaleIn=True, namePrefix="web-", **OF_ECS)
SPOT_HOSTS = a(tokens.LAUNCH_TEMPLATE, "spot", instanceMarketOptions={"marketType": "spot"})


def instances(*subnets: Resource) -> Resource:
    return a(tokens.GROUP, "hosts", depends={"vpcZoneIdentifiers": subnets}, **OF_ECS)


PACKED, APART = (a(tokens.PLACEMENT_GROUP, kind, name=kind, strategy=kind) for kind in ("cluster", "spread"))
PLACED = a(tokens.LAUNCH_TEMPLATE, "placed", placement={"groupName": "cluster"})


CASES = (
    good(ZONES, "a placement group that spreads", group(A, B, C, placementGroup="spread"), APART, A, B, C),
    bad(ZONES, "a placement group of one zone", "placement group cluster, which is in one zone",
        group(A, B, C, placementGroup="cluster"), PACKED, A, B, C),
    bad(ZONES, "a placement group of the template", "placement group cluster, which is in one zone", A, B, C, PACKED,
        PLACED, a(tokens.GROUP, "web", depends={"vpcZoneIdentifiers": [A, B, C], "launchTemplate": [PLACED]})),
    good(ZONES, "three zones", group(A, B, C), A, B, C, minimumZones=3),
    good(ZONES, "zones by name", group(availabilityZones=["a", "b"])),
    good(ZONES, "literal subnet ids", group(vpcZoneIdentifiers=["s-a", "s-b"]),
         a(tokens.SUBNET, "a", outputs={"id": "s-a"}, availabilityZone="a"),
         a(tokens.SUBNET, "b", outputs={"id": "s-b"}, availabilityZoneId="b")),
    bad(ZONES, "two subnets of one zone", "is in 1 zone (eu-central-1a)", group(A, subnet(name="other")), A,
        subnet(name="other")),
    bad(ZONES, "two zones where three are wanted", "at least 3", group(A, B), A, B, minimumZones=3),
    bad(ZONES, "neither subnets nor zones", "no zone", group()),
    unknown(ZONES, "zone of a subnet", group(A, subnet(UNKNOWN, "later")), A, subnet(UNKNOWN, "later")),
    unknown(ZONES, "subnets of another stack", group(vpcZoneIdentifiers=["s-a", "s-b"])),
    unknown(ZONES, "subnets from an output", group(vpcZoneIdentifiers=UNKNOWN), A),
    other(ZONES, "no group", ELSEWHERE),
    good(SIZE, "3 to 12", group()),
    good(SIZE, "one is enough by configuration", group(minSize=1), minimumInstances=1),
    bad(SIZE, "a single instance", "minSize is 1, must be at least 2", group(minSize=1)),
    bad(SIZE, "no size", "minSize is 0, must", group(minSize=DROP)),
    bad(SIZE, "no room", "maxSize is 3, must be at least 4", group(maxSize=3)),
    bad(SIZE, "more than there can be", "desiredCapacity is 100, must be between minSize 3 and maxSize 12",
        group(desiredCapacity="100")),
    bad(SIZE, "less than there must be", "desiredCapacity is 1, must be", group(desiredCapacity=1)),
    unknown(SIZE, "the size", group(minSize=UNKNOWN)),
    unknown(SIZE, "whether it is one of ECS", undecided(minSize=1), HOSTS),
    other(SIZE, "a group of web servers", PLAIN),
    other(SIZE, "no group", ELSEWHERE),
    good(HEALTH, "EC2 after three minutes", group()),
    good(HEALTH, "EC2 after the provider's 300 s", group(healthCheckGracePeriod=DROP)),
    good(HEALTH, "attached and ELB", group(healthCheckType="ELB", targetGroupArns=[UNKNOWN])),
    bad(HEALTH, "attached and EC2", "attached to a load balancer", group(targetGroupArns=[UNKNOWN])),
    bad(HEALTH, "silent", "does not say how", group(healthCheckType=DROP)),
    bad(HEALTH, "too early", "after 10 s, must be at least 120 s", group(healthCheckGracePeriod=10)),
    bad(HEALTH, "attached elsewhere", "attached to a load balancer", a(tokens.GROUP, "web", **SIZES), ATTACHMENT),
    unknown(HEALTH, "the type", group(healthCheckType=UNKNOWN)),
    other(HEALTH, "no group", ELSEWHERE),
    good(PROCESSES, "none", group()),
    good(PROCESSES, "one that does not matter", group(suspendedProcesses=["AlarmNotification"])),
    bad(PROCESSES, "two that matter", "suspends AZRebalance, Terminate",
        group(suspendedProcesses=["Terminate", "AZRebalance"])),
    bad(PROCESSES, "refreshes", "suspends InstanceRefresh", group(suspendedProcesses=["InstanceRefresh"])),
    bad(PROCESSES, "alarms that scale", "suspends AlarmNotification", group(suspendedProcesses=["AlarmNotification"]),
        a(tokens.GROUP_POLICY, depends={"autoscalingGroupName": [group()]})),
    bad(PROCESSES, "attaching", "suspends AddToLoadBalancer",
        group(suspendedProcesses=["AddToLoadBalancer"], targetGroupArns=[UNKNOWN])),
    unknown(PROCESSES, "the list", group(suspendedProcesses=UNKNOWN)),
    other(PROCESSES, "no group", ELSEWHERE),
    good(SPOT, "rebalanced", spot(50, capacityRebalance=True)),
    bad(SPOT, "waits", "until its Spot instances are taken away", spot(50)),
    bad(SPOT, "waits, by its template", "until its Spot instances", SPOT_HOSTS,
        a(tokens.GROUP, depends={"launchTemplate": [SPOT_HOSTS]})),
    unknown(SPOT, "the share", spot(UNKNOWN)),
    other(SPOT, "on demand alone", spot(100)),
    other(SPOT, "no mixed instances", group()),
    good(PAIR, "all three", provider(), group(protectFromScaleIn=True)),
    good(PAIR, "a controller lifts it", PROTECTED, *controller("autoscaling:SetInstanceProtection")),
    bad(PAIR, "nobody lifts it", "nothing lifts that", PROTECTED),
    bad(PAIR, "no scaling", "without managed scaling", provider(None), group(protectFromScaleIn=True)),
    bad(PAIR, "a group that does not protect", "web does not protect", provider(), group()),
    unknown(PAIR, "the status", provider(UNKNOWN), group(protectFromScaleIn=True)),
    other(PAIR, "a group of web servers", a(tokens.GROUP, protectFromScaleIn=True)),
    other(PAIR, "no protection", provider(protection="DISABLED"), group()),
    good(AGE, "four weeks", aged(28)),
    good(AGE, "a controller rolls out", OWNED, *controller(START)),
    good(AGE, "the provider rolls out", REFRESHED),
    good(AGE, "a day, as configured", aged(1), minimumDays=1),
    bad(AGE, "neither", "keeps an instance for ever", OWNED),
    bad(AGE, "none is zero", "keeps an instance for ever", aged(0)),
    bad(AGE, "a day", "after 1 day, must be 7 to 90", aged(1)),
    bad(AGE, "a year", "after 365 days, must be 7 to 90", aged(365)),
    unknown(AGE, "whether it is one of ECS", undecided(), HOSTS),
    unknown(AGE, "the lifetime", aged(UNKNOWN)),
    unknown(AGE, "the role's document", OWNED, *controller(START, known=False)),
    other(AGE, "a group of web servers", PLAIN),
    other(AGE, "no group", a(tokens.LAUNCH_TEMPLATE)),
    good(HOOKED, "a hook", HOOKED_GROUP, hook()),
    good(HOOKED, "a hook of the group itself", initial()),
    good(HOOKED, "managed draining", HOOKED_GROUP, draining_provider()),
    bad(HOOKED, "by force", "deleted by force", initial(), a(tokens.GROUP, "db", forceDelete=True, **OF_ECS,
        initialLifecycleHooks=initial().inputs["initialLifecycleHooks"])),
    bad(HOOKED, "none", "no terminating lifecycle hook", HOOKED_GROUP),
    bad(HOOKED, "a launching one", "no terminating lifecycle hook", initial(LAUNCHING)),
    bad(HOOKED, "one that a later one turns into a launching one", "no terminating",
        initial(), hook(lifecycleTransition=LAUNCHING)),
    bad(HOOKED, "managed draining is off", "no terminating", HOOKED_GROUP, draining_provider("DISABLED")),
    unknown(HOOKED, "whether it is one of ECS", undecided(), HOSTS),
    unknown(HOOKED, "whose hook it is", HOOKED_GROUP, a(tokens.LIFECYCLE_HOOK, autoscalingGroupName=UNKNOWN)),
    unknown(HOOKED, "whether draining is managed", HOOKED_GROUP, draining_provider(UNKNOWN)),
    other(HOOKED, "a group of web servers", PLAIN),
    other(HOOKED, "no group", a(tokens.CLUSTER)),
    good(SINGLE, "only a hook", HOOKED_GROUP, hook(), draining_provider("DISABLED")),
    good(SINGLE, "only managed draining", HOOKED_GROUP, draining_provider()),
    bad(SINGLE, "both", "by the hook drain and by the capacity provider web",
        HOOKED_GROUP, hook(), draining_provider("ENABLED")),
    bad(SINGLE, "both, one by default", "and by the capacity provider web", HOOKED_GROUP, hook(), draining_provider()),
    unknown(SINGLE, "whether draining is managed", HOOKED_GROUP, hook(), draining_provider(UNKNOWN)),
    other(SINGLE, "neither", HOOKED_GROUP),
    good(AGREE, "the same", balancer(A, B), instances(A, B), A, B),
    good(AGREE, "more than needed", balancer(A, B, C), instances(A), A, B, C),
    bad(AGREE, "a deaf zone", "not enabled in eu-central-1c, where hosts", balancer(A, B), instances(B, C), A, B, C),
    unknown(AGREE, "subnets of another stack", balancer(subnets=["s-1", "s-2"]), instances(A), A),
    other(AGREE, "workers without ECS", balancer(A), a(tokens.GROUP, depends={"vpcZoneIdentifiers": [B]}), A, B),
    other(AGREE, "no instances in this stack", balancer(A), A),
)  # fmt: skip
