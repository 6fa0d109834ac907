"""Each safeguard of a service that only this pack asks for is taken out of the shop once: exactly its rules notice."""

import json
from dataclasses import replace
from typing import Any

import pulumi_aws as aws
import pytest

from ecs_operations import RULES
from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from tests.program.pack_on_graph import Change, broken, changed, detuned, edited, optioned, shop_report, without
from tests.program.test_policy_mutations import MUTATIONS as OF_THE_PROGRAM
from tests.support.graph import Graph, Node
from tests.support.shop import shop

SERVICE, TASK, TARGET_GROUP = aws.ecs.Service, aws.ecs.TaskDefinition, aws.lb.TargetGroup
REGISTRY, SCALED = aws.servicediscovery.Service, aws.appautoscaling.Target
KEY = "arn:aws:kms:eu-central-1:123456789012:key/0123"


def subnet(name: str, zone: str) -> Resource:
    return Resource(
        type=tokens.SUBNET, name=name, urn=f"urn:pulumi:test::platform::{tokens.SUBNET}::{name}",
        inputs={"availabilityZoneId": zone}, outputs={"id": name},
    )  # fmt: skip


THREE_ZONES = [subnet(f"subnet-{letter}2", f"euc1-az{number}") for number, letter in enumerate("abc", 1)]
ONE_ZONE = [subnet(f"subnet-{letter}2", "euc1-az1") for letter in "abc"]
SMALL_HOST = Resource(
    type=tokens.LAUNCH_TEMPLATE, name="hosts", urn=f"urn:pulumi:test::platform::{tokens.LAUNCH_TEMPLATE}::hosts",
    inputs={
        "instanceType": "t4g.nano", "metadataOptions": {"httpTokens": "required"},
        "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"encrypted": "true"}}],
    },
)  # fmt: skip


@pytest.fixture(scope="module")
def graph() -> Graph:
    return shop(preview=True, keyArn=KEY)


def container(of: str = "frontend", **changes: Any) -> Change:
    """Change the container of a service; None takes a field away."""

    def edit(inputs: dict[str, Any]) -> dict[str, Any]:
        (found,) = json.loads(inputs["containerDefinitions"])
        left = {key: value for key, value in {**found, **changes}.items() if value is not None}
        return {**inputs, "containerDefinitions": json.dumps([left])}

    return edited(TASK, f"{of}-task-definition", edit)


def remembered_long(inputs: dict[str, Any]) -> dict[str, Any]:
    return {**inputs, "dnsConfig": {**inputs["dnsConfig"], "dnsRecords": [{"type": "A", "ttl": 600}]}}


def in_the_group_of(other: str) -> Change:
    """Give the frontend's tasks the security group of another service."""

    def change(node: Node) -> Node:
        if node.name != "frontend-service":
            return node
        old = node.property_dependencies["networkConfiguration"]
        links = frozenset(urn.replace("frontend-security-group", f"{other}-security-group") for urn in old)
        return replace(node, property_dependencies={**node.property_dependencies, "networkConfiguration": links})

    return change


MUTATIONS: dict[str, tuple[tuple[Change, ...], set[str]]] = {
    "requests cut in flight": ((changed(TARGET_GROUP, deregistrationDelay=0),), {"tg-deregistration-delay-bounded"}),
    "targets that are instances": (
        (changed(TARGET_GROUP, targetType="instance"),),
        {"tg-target-type-matches-network-mode"},
    ),
    "no time to start": (
        (changed(SERVICE, "frontend-service", healthCheckGracePeriodSeconds=None),),
        {"service-health-grace-period"},
    ),
    "no way back": ((changed(SERVICE, "cart-service", deploymentCircuitBreaker=None),), {"service-circuit-breaker"}),
    "no room to move": (
        (changed(SERVICE, "cart-service", deploymentMaximumPercent=100),),
        {"service-min-healthy", "service-az-rebalancing"},
    ),
    "half a service in a deployment": (
        (changed(SERVICE, "cart-service", deploymentMinimumHealthyPercent=50),),
        {"service-min-healthy"},
    ),
    "one task": ((changed(SCALED, "cart-auto-scaling-target", minCapacity=1),), {"service-desired-at-least-two"}),
    "tasks packed on one host": (
        (changed(SERVICE, "cart-service", orderedPlacementStrategies=[{"type": "binpack", "field": "memory"}]),),
        {"service-spread-across-azs"},
    ),
    "tasks that stay where a failure put them": (
        (changed(SERVICE, "cart-service", availabilityZoneRebalancing="DISABLED"),),
        {"service-az-rebalancing"},
    ),
    "one security group for two": ((in_the_group_of("cart"),), {"service-own-security-group"}),
    "no scaling policy": (
        (without(aws.appautoscaling.Policy, "cart-auto-scaling-cpu"),),
        {"service-autoscaling-present"},
    ),
    "a count that each deployment sets back": (
        (optioned(SERVICE, "cart-service", ignore_changes=()),),
        {"service-desired-count-ignored"},
    ),
    "a hidden circuit breaker": (
        (optioned(SERVICE, "cart-service", ignore_changes=("desiredCount", "deploymentCircuitBreaker")),),
        {"no-ignore-changes-on-guarded"},
    ),
    "addresses of the dead": (
        (changed(REGISTRY, "cart-registry", healthCheckCustomConfig=None),),
        {"service-registry-health"},
    ),
    "addresses that are remembered": ((edited(REGISTRY, "cart-registry", remembered_long),), {"dns-ttl-bounds"}),
    "no memory limit": (
        (container(memory=None), changed(TASK, "frontend-task-definition", memory=None)),
        {"taskdef-memory-limit"},
    ),
    "an image that moves": ((container(image="shop/frontend:latest"),), {"taskdef-image-pinned"}),
    "an end that nobody chose": ((container(stopTimeout=None),), {"taskdef-stop-timeout"}),
    "a task that hangs unseen": ((container("cart", healthCheck=None),), {"taskdef-container-health-check"}),
    "no alarm on too few tasks": (
        (without(aws.cloudwatch.MetricAlarm, "cart-too-few-tasks"),),
        {"alarms-required-set"},
    ),
    "no log group": ((without(aws.cloudwatch.LogGroup, "cart-task-logs"),), {"logs-group-for-every-producer"}),
    "no alarm on the targets": (
        (without(aws.cloudwatch.MetricAlarm, "frontend-target-group-unhealthy"),),
        {"alarms-required-set"},
    ),
}
"""What is taken out or detuned → the rules that notice."""

BESIDE_THE_PLATFORM: dict[str, tuple[list[Resource], set[str]]] = {
    "subnets of three zones": (THREE_ZONES, set()),
    "subnets of one zone": (ONE_ZONE, {"service-subnets-multi-az"}),
    "hosts that are smaller than a task": ([*THREE_ZONES, SMALL_HOST], {"taskdef-fits-instance"}),
}
"""What the platform brings → the rules that notice."""


@pytest.mark.parametrize(("changes", "rules"), MUTATIONS.values(), ids=MUTATIONS.keys())
def test_exactly_its_rules_notice_in_the_shop(graph, changes, rules):
    report = shop_report(detuned(graph, *changes), "production", *THREE_ZONES)
    assert broken(report) == rules
    assert report.not_evaluated == ()


@pytest.mark.parametrize(("platform", "rules"), BESIDE_THE_PLATFORM.values(), ids=BESIDE_THE_PLATFORM.keys())
def test_exactly_its_rules_notice_what_the_platform_brings(graph, platform, rules):
    assert broken(shop_report(graph, "production", *platform)) == rules


def test_every_rule_that_only_this_pack_has_is_proven_on_the_program_or_the_shop():
    own = {rule.id for rule in RULES if not rule.anchors}
    cases = [*OF_THE_PROGRAM.values(), *MUTATIONS.values(), *BESIDE_THE_PLATFORM.values()]
    proven = {rule for _, rules in cases for rule in rules} | {"drain-single-owner"}
    assert own - proven == set()
