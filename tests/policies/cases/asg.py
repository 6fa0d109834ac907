from __future__ import annotations

from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.balanced import balancer
from tests.policies.cases.build import DROP, a, bad, good, other, subnet, unknown
from tests.policies.cases.controllers import controller
from tests.policies.cases.hooked import GROUP as HOOKED_GROUP
from tests.policies.cases.hooked import LAUNCHING, hook, initial
from tests.policies.cases.hooked import provider as draining_provider

ZONES, SIZE, HEALTH, PROCESSES = (
    "asg-multi-az", "asg-min-capacity", "asg-health-check-type", "asg-processes-not-suspended",
)  # fmt: skip
A, B, C = (subnet(f"eu-central-1{letter}") for letter in "abc")
PAIR = "asg-termination-protection-pair"
HOOKED, SINGLE, AGREE = "asg-termination-hook", "asg-single-drain-owner", "asg-alb-service-azs-agree"
ELSEWHERE = a(tokens.CLUSTER)
SIZES = {"minSize": 3, "maxSize": 12, "healthCheckType": "EC2", "healthCheckGracePeriod": 180}


def group(*subnets: Resource, **changes: Any) -> Resource:
    depends = {"vpcZoneIdentifiers": subnets} if subnets else None
    return a(tokens.GROUP, "web", depends=depends, **{**SIZES, **changes})


def provider(status: Any = "ENABLED", protection: str = "ENABLED") -> Resource:
    inner = {"managedTerminationProtection": protection, "managedScaling": {"status": status}}
    return a(tokens.CAPACITY_PROVIDER, depends={"autoScalingGroupProvider": [group()]}, autoScalingGroupProvider=inner)


def spot(on_demand: Any, **changes: Any) -> Resource:
    distribution = {"onDemandPercentageAboveBaseCapacity": on_demand}
    return group(mixedInstancesPolicy={"instancesDistribution": distribution}, **changes)


TEMPLATE, SPOT = "asg-launch-template", "asg-capacity-rebalance"
REFRESH, AGE = "asg-instance-refresh", "asg-max-instance-lifetime"
START = "autoscaling:StartInstanceRefresh"
NUMBERED: dict[str, Any] = {"launchTemplate": {"id": UNKNOWN, "version": UNKNOWN}}
MIXED = {"mixedInstancesPolicy": {"launchTemplate": {"launchTemplateSpecification": {"version": "$Latest"}}}}


def aged(days: Any) -> Resource:
    seconds = days if days is UNKNOWN else days * 86400
    return a(tokens.GROUP, "web", namePrefix="web-", maxInstanceLifetime=seconds, **NUMBERED)


def owned(ignore: tuple[str, ...] = ("launchTemplate",)) -> Resource:
    return a(tokens.GROUP, "web", ignore=ignore, namePrefix="web-", **NUMBERED)


def refreshed(ignore: tuple[str, ...] = (), **preferences: Any) -> Resource:
    refresh = {"strategy": "Rolling", "preferences": {"minHealthyPercentage": 90, **preferences}}
    return a(tokens.GROUP, "web", ignore=ignore, instanceRefresh=refresh, **NUMBERED)


def protected(**preferences: Any) -> Resource:
    refresh = {"strategy": "Rolling", "preferences": preferences}
    return a(tokens.GROUP, "web", protectFromScaleIn=True, instanceRefresh=refresh, **NUMBERED)


def moving(**template: Any) -> Resource:
    return a(tokens.GROUP, "web", instanceRefresh={"strategy": "Rolling"}, **template)


def instances(*subnets: Resource) -> Resource:
    return a(tokens.GROUP, "hosts", depends={"vpcZoneIdentifiers": subnets})


CASES = (
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
    bad(SIZE, "no room", "from 3 to 3 instances", group(maxSize=3)),
    unknown(SIZE, "the size", group(minSize=UNKNOWN)),
    other(SIZE, "no group", ELSEWHERE),
    good(HEALTH, "EC2 after three minutes", group()),
    good(HEALTH, "EC2 after the provider's 300 s", group(healthCheckGracePeriod=DROP)),
    good(HEALTH, "attached and ELB", group(healthCheckType="ELB", targetGroupArns=[UNKNOWN])),
    bad(HEALTH, "attached and EC2", "attached to a load balancer", group(targetGroupArns=[UNKNOWN])),
    bad(HEALTH, "silent", "does not say how", group(healthCheckType=DROP)),
    bad(HEALTH, "too early", "after 10 s, must be at least 120 s", group(healthCheckGracePeriod=10)),
    unknown(HEALTH, "the type", group(healthCheckType=UNKNOWN)),
    other(HEALTH, "no group", ELSEWHERE),
    good(PROCESSES, "none", group()),
    good(PROCESSES, "one that does not matter", group(suspendedProcesses=["AlarmNotification"])),
    bad(PROCESSES, "two that matter", "suspends AZRebalance, Terminate",
        group(suspendedProcesses=["Terminate", "AZRebalance"])),
    unknown(PROCESSES, "the list", group(suspendedProcesses=UNKNOWN)),
    other(PROCESSES, "no group", ELSEWHERE),
    good(TEMPLATE, "a template", group(launchTemplate={"id": UNKNOWN, "version": "1"})),
    bad(TEMPLATE, "a configuration", "launch configuration", group(launchConfiguration="web-1")),
    unknown(TEMPLATE, "the template", group(launchTemplate=UNKNOWN)),
    other(TEMPLATE, "no group", ELSEWHERE),
    good(SPOT, "rebalanced", spot(50, capacityRebalance=True)),
    bad(SPOT, "waits", "until its Spot instances are taken away", spot(50)),
    unknown(SPOT, "the share", spot(UNKNOWN)),
    other(SPOT, "on demand alone", spot(100)),
    other(SPOT, "no mixed instances", group()),
    good(PAIR, "all three", provider(), group(protectFromScaleIn=True)),
    bad(PAIR, "no scaling", "without managed scaling", provider(None), group(protectFromScaleIn=True)),
    bad(PAIR, "a group that does not protect", "web does not protect", provider(), group()),
    unknown(PAIR, "the status", provider(UNKNOWN), group(protectFromScaleIn=True)),
    other(PAIR, "no protection", provider(protection="DISABLED"), group()),
    good(REFRESH, "a controller owns the template", owned(), *controller(START)),
    good(REFRESH, "the provider's refresh", refreshed()),
    good(REFRESH, "the provider's defaults", a(tokens.GROUP, instanceRefresh={"strategy": "Rolling"}, **NUMBERED)),
    good(REFRESH, "half at once, but launched first", refreshed(minHealthyPercentage=50, maxHealthyPercentage=150)),
    good(REFRESH, "protected instances are refreshed", protected(scaleInProtectedInstances="Refresh")),
    bad(REFRESH, "nobody rolls it out", "reaches no running instance", owned(())),
    bad(REFRESH, "a controller of other groups", "reaches no running", owned(), *controller(START, resource="arn:x")),
    bad(REFRESH, "two owners", "controller may start refreshes, but Pulumi changes", owned(()), *controller(START)),
    bad(REFRESH, "half at once", "50 % of the instances away", refreshed(minHealthyPercentage=50)),
    bad(REFRESH, "a rollback to the new version", "returns to the new version", refreshed(autoRollback=True)),
    bad(REFRESH, "protected instances are left out", "leaves out instances", protected()),
    bad(REFRESH, "a refresh that never starts", "never starts", refreshed(ignore=("launchTemplate",))),
    bad(REFRESH, "the latest version", "launchTemplate follows a moving",
        moving(launchTemplate={"version": "$Latest"})),
    bad(REFRESH, "the latest version, mixed", "mixedInstancesPolicy follows a moving", moving(**MIXED)),
    unknown(REFRESH, "the role's document", owned(), *controller(START, known=False)),
    other(REFRESH, "no group", a(tokens.LAUNCH_TEMPLATE)),
    good(AGE, "four weeks", aged(28)),
    good(AGE, "a controller rolls out", owned(), *controller(START)),
    good(AGE, "the provider rolls out", refreshed()),
    good(AGE, "a day, as configured", aged(1), minimumDays=1),
    bad(AGE, "neither", "keeps an instance for ever", owned()),
    bad(AGE, "none is zero", "keeps an instance for ever", aged(0)),
    bad(AGE, "a day", "after 1 day, must be 7 to 90", aged(1)),
    bad(AGE, "a year", "after 365 days, must be 7 to 90", aged(365)),
    unknown(AGE, "the lifetime", aged(UNKNOWN)),
    unknown(AGE, "the role's document", owned(), *controller(START, known=False)),
    other(AGE, "no group", a(tokens.LAUNCH_TEMPLATE)),
    good(HOOKED, "a hook", HOOKED_GROUP, hook()),
    good(HOOKED, "a hook of the group itself", initial()),
    good(HOOKED, "managed draining", HOOKED_GROUP, draining_provider()),
    bad(HOOKED, "none", "no terminating lifecycle hook", HOOKED_GROUP),
    bad(HOOKED, "a launching one", "no terminating lifecycle hook", initial(LAUNCHING)),
    bad(HOOKED, "managed draining is off", "no terminating", HOOKED_GROUP, draining_provider("DISABLED")),
    unknown(HOOKED, "whose hook it is", HOOKED_GROUP, a(tokens.LIFECYCLE_HOOK, autoscalingGroupName=UNKNOWN)),
    unknown(HOOKED, "whether draining is managed", HOOKED_GROUP, draining_provider(UNKNOWN)),
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
    other(AGREE, "no instances in this stack", balancer(A), A),
)  # fmt: skip
