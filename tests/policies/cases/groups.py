from __future__ import annotations

from typing import Any

from ecs_operations import tokens
from ecs_operations.model import UNKNOWN, Resource
from tests.policies.cases.build import DROP, a, bad, good, other, subnet, unknown

ZONES, SIZE, HEALTH, PROCESSES = (
    "asg-multi-az", "asg-min-capacity", "asg-health-check-type", "asg-processes-not-suspended",
)  # fmt: skip
A, B, C = (subnet(f"eu-central-1{letter}") for letter in "abc")
PAIR = "asg-termination-protection-pair"
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
CASES = (
    good(ZONES, "three zones", group(A, B, C), A, B, C, minimumZones=3),
    good(ZONES, "zones by name", group(availabilityZones=["a", "b"])),
    good(ZONES, "literal subnet ids", group(vpcZoneIdentifiers=["s-a", "s-b"]),
         a(tokens.SUBNET, "a", outputs={"id": "s-a"}, availabilityZone="a"),
         a(tokens.SUBNET, "b", outputs={"id": "s-b"}, availabilityZoneId="b")),
    bad(ZONES, "two subnets of one zone", "spans 1 zones (eu-central-1a)", group(A, subnet(name="other")), A,
        subnet(name="other")),
    bad(ZONES, "two zones where three are wanted", "at least 3", group(A, B), A, B, minimumZones=3),
    bad(ZONES, "neither subnets nor zones", "no zone", group()),
    unknown(ZONES, "zone of a subnet", group(A, subnet(UNKNOWN, "later")), A, subnet(UNKNOWN, "later")),
    unknown(ZONES, "subnets of another stack", group(vpcZoneIdentifiers=["s-a", "s-b"])),
    unknown(ZONES, "subnets from an output", group(vpcZoneIdentifiers=UNKNOWN), A),
    other(ZONES, "no group", ELSEWHERE),
    good(SIZE, "3 to 12", group()),
    good(SIZE, "one is enough by configuration", group(minSize=1), minimumInstances=1),
    bad(SIZE, "a single instance", "keeps 1 instances", group(minSize=1)),
    bad(SIZE, "no size", "keeps 0 instances", group(minSize=DROP)),
    bad(SIZE, "no room", "from 3 to 3 instances", group(maxSize=3)),
    unknown(SIZE, "the size", group(minSize=UNKNOWN)),
    other(SIZE, "no group", ELSEWHERE),
    good(HEALTH, "EC2 after three minutes", group()),
    good(HEALTH, "EC2 after the provider's 300 s", group(healthCheckGracePeriod=DROP)),
    good(HEALTH, "attached and ELB", group(healthCheckType="ELB", targetGroupArns=[UNKNOWN])),
    bad(HEALTH, "attached and EC2", "attached to a load balancer", group(targetGroupArns=[UNKNOWN])),
    bad(HEALTH, "silent", "does not say how", group(healthCheckType=DROP)),
    bad(HEALTH, "too early", "after 10 s, at least 120 s", group(healthCheckGracePeriod=10)),
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
)  # fmt: skip
