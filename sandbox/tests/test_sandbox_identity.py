"""A read finds the resource itself, also where the emulator ignores the filter and lists others first."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sandbox.tests.driver import AbortedError, World
from sandbox.tests.needs import NEEDS

FOLDER = Path(__file__).parents[1]
POLICY = "aws:appautoscaling/policy:Policy"


@pytest.fixture
def world(driver):
    made = World(driver, NEEDS)
    yield made
    made.forget()


def a_policy(world, metric, **changes):
    of_target = {name: f"${{scalable.{name}}}" for name in ("resourceId", "scalableDimension", "serviceNamespace")}
    tracking = {"targetValue": 60, "predefinedMetricSpecification": {"predefinedMetricType": metric}}
    inputs = {"policyType": "TargetTrackingScaling", "targetTrackingScalingPolicyConfiguration": tracking, **of_target}
    return world.resolved({**inputs, **changes})


def test_a_refresh_of_two_scaling_policies_of_one_service_changes_neither(world):
    made = [
        world.driver.create(POLICY, a_policy(world, "ECSServiceAverageCPUUtilization"), "cpu"),
        world.driver.create(POLICY, a_policy(world, "ECSServiceAverageMemoryUtilization"), "memory"),
    ]
    for policy in made:
        looked = world.driver.read(policy)
        assert looked is not None
        assert (looked.inputs, looked.outputs) == (policy.inputs, policy.outputs)
        world.driver.delete(policy)


def test_a_policy_is_not_read_from_a_service_whose_name_begins_alike(world):
    """The emulator looks for the id within the text that is asked for, and so finds the shorter one as well."""
    name = f"{world.property('service', 'name')}-2"
    world.driver.create("aws:ecs/service:Service", world.resolved({**NEEDS["service"][1], "name": name}), "longer")
    bounds = world.resolved(NEEDS["scalable"][1])
    longer = {**bounds, "resourceId": f"{bounds['resourceId']}-2"}
    world.driver.create("aws:appautoscaling/target:Target", longer, "longer")
    of_longer = {"resourceId": longer["resourceId"], "name": "same"}
    first = world.driver.create(POLICY, a_policy(world, "ECSServiceAverageCPUUtilization", name="same"), "first")
    second = world.driver.create(POLICY, a_policy(world, "ECSServiceAverageMemoryUtilization", **of_longer), "second")
    looked = world.driver.read(second)
    assert looked is not None
    assert looked.inputs == second.inputs
    world.driver.delete(second)
    assert world.driver.read(first) is not None


PAIRS = [
    ("aws:autoscaling/lifecycleHook:LifecycleHook", "heartbeatTimeout", 300, 600),
    ("aws:ec2/subnet:Subnet", "cidrBlock", "10.0.8.0/24", "10.0.9.0/24"),
    ("aws:cloudwatch/metricAlarm:MetricAlarm", "threshold", 1, 2),
    ("aws:lb/targetGroup:TargetGroup", "port", 81, 82),
]
OTHERS = {
    "aws:autoscaling/lifecycleHook:LifecycleHook": {
        "autoscalingGroupName": "${scaled.name}",
        "lifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
    },
    "aws:ec2/subnet:Subnet": {"vpcId": "${vpc.id}"},
    "aws:cloudwatch/metricAlarm:MetricAlarm": NEEDS["alarm"][1],
    "aws:lb/targetGroup:TargetGroup": NEEDS["targets"][1],
}


@pytest.mark.parametrize(("token", "name", "one", "two"), PAIRS, ids=[pair[0].split(":")[-1] for pair in PAIRS])
def test_of_two_alike_each_is_read_as_itself_and_none_once_it_is_gone(world, token, name, one, two):
    inputs = world.resolved(OTHERS[token])
    first = world.driver.create(token, {**inputs, name: one}, "first")
    second = world.driver.create(token, {**inputs, name: two}, "second")
    for made in (first, second):
        looked = world.driver.read(made)
        assert looked is not None
        assert looked.inputs == made.inputs
    world.driver.delete(first)
    assert world.driver.read(first) is None
    assert world.driver.read(second) is not None
    world.driver.delete(second)


def test_a_vpc_shows_what_came_with_it(world):
    for need in ("vpc", "other_vpc"):
        shown = [world.property(need, f"{name}Id") for name in ("defaultSecurityGroup", "mainRouteTable")]
        shown.append(world.property(need, "defaultNetworkAclId"))
        assert [text.partition("-")[0] for text in shown] == ["sg", "rtb", "acl"]


@pytest.mark.parametrize(
    ("token", "need"),
    [
        ("aws:lb/getTargetGroup:getTargetGroup", "targets"),
        ("aws:lb/getLoadBalancer:getLoadBalancer", "balancer"),
    ],
)
def test_a_look_up_that_finds_several_takes_no_first_one(world, token, need):
    world.property(need, "id")
    world.driver.create(NEEDS[need][0], world.resolved(NEEDS[need][1]), "another")
    with pytest.raises(AbortedError, match="found 2 for no arguments, and takes one"):
        world.driver.invoke(token, {})


FIRST = re.compile(r"""\[0\]["']|\["\w+"\]\[0\]|\| \[0\]""")
OF_A_CREATION = re.compile(r"""(LoadBalancers|Listeners|Rules|TargetGroups|SecurityGroupRules|FlowLogIds)("\])?\[0\]""")


def test_no_entry_reads_the_first_item_of_a_list():
    """A creation may: it answers what it made, and nothing else."""
    lines = [line for path in (FOLDER / "entries").rglob("*.py") for line in path.read_text().splitlines()]
    assert [line for line in lines if FIRST.search(line) and not OF_A_CREATION.search(line)] == []
