"""The rebalancing controller may make the calls of a move, in its own cluster, and nothing else."""

from dataclasses import replace
from functools import cache
from typing import Any

import pulumi_aws as aws
import pytest

from lambdas.cluster.tags import MOVE, REBALANCING
from tests.program.function_calls import of_lambda
from tests.support.builders import LOCATION
from tests.support.iam_actions import Scene, calls_of
from tests.support.iam_evaluator import Call, allowed, refused, unused_grants
from tests.support.program import graph_for

RUNTIME = of_lambda("ecs-prod-rebalancing", "ecs-prod-rebalancing-controller-dead-letter-queue-0a1b2c3")
CLUSTER = {"cluster": "ecs-prod"}
SERVICE = LOCATION.arn("ecs", "service/ecs-prod/cart")
NEXT_LOOK = "/ecs-platform/prod/next-look/rebalancing"
CALLS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("autoscaling", "DescribeAutoScalingGroups", {}),
    ("autoscaling", "DescribeInstanceRefreshes", {"AutoScalingGroupName": "ecs-prod-instances-1a2b3c"}),
    ("application-autoscaling", "DescribeScalableTargets", {"ServiceNamespace": "ecs"}),
    ("cloudwatch", "PutMetricData", {"Namespace": "EcsPlatform/ecs-prod"}),
    ("ecs", "ListContainerInstances", CLUSTER),
    ("ecs", "DescribeContainerInstances", CLUSTER | {"containerInstances": ["0a1b"]}),
    ("ecs", "ListServices", CLUSTER),
    ("ecs", "DescribeServices", CLUSTER | {"services": ["cart"], "include": ["TAGS"]}),
    ("ecs", "DescribeTaskDefinition", {"taskDefinition": "cart:3"}),
    ("ecs", "ListTasks", CLUSTER | {"serviceName": "cart"}),
    ("ecs", "DescribeTasks", CLUSTER | {"tasks": ["4e5f"]}),
    ("ecs", "GetTaskProtection", CLUSTER | {"tasks": ["4e5f"]}),
    ("ecs", "UpdateTaskProtection", CLUSTER | {"tasks": ["4e5f"], "protectionEnabled": True}),
    ("ecs", "UpdateService", CLUSTER | {"service": "cart", "desiredCount": 6}),
    ("ecs", "TagResource", {"resourceArn": SERVICE, "tags": [{"key": MOVE, "value": "raised"}]}),
    ("ecs", "UntagResource", {"resourceArn": SERVICE, "tagKeys": [MOVE]}),
    ("elasticloadbalancing", "DescribeTargetHealth", {"TargetGroupArn": "cart"}),
    ("ssm", "GetParameter", {"Name": "/ecs-platform/prod/controllers"}),
    ("ssm", "GetParameter", {"Name": "/ecs-platform/prod/rebalancing-dry-run-days"}),
    ("ssm", "GetParameter", {"Name": NEXT_LOOK}),
    ("ssm", "PutParameter", {"Name": NEXT_LOOK, "Value": "none"}),
)
"""Service, operation and parameters of each call of the controller."""


def asked(service: str, operation: str, params: dict[str, Any]) -> list[Call]:
    return calls_of(service, operation, params, Scene(location=LOCATION))


def every_call() -> list[Call]:
    return [call for each in CALLS for call in asked(*each)]


@cache
def documents() -> list[str]:
    graph = graph_for("prod", preview=True)
    return [graph.one(aws.iam.RolePolicy, "ecs-prod-rebalancing-controller-role")["policy"]]


def test_every_call_is_allowed():
    assert refused(documents(), [*every_call(), *RUNTIME]) == []


def test_no_granted_action_is_unused():
    assert unused_grants(documents(), [*every_call(), *RUNTIME]) == []


@pytest.mark.parametrize("elsewhere", ["ecs-dev", "ecs-prod2"])
def test_nothing_is_allowed_in_another_cluster(elsewhere):
    foreign = [
        replace(
            call,
            resource=call.resource.replace("ecs-prod", elsewhere),
            context={
                key: value if key.startswith("aws:") else str(value).replace("ecs-prod", elsewhere)
                for key, value in call.context.items()
            },
        )
        for call in every_call()
        if "ecs-prod" in f"{call.resource} {call.context}"
    ]
    assert len(foreign) > 10
    assert len(refused(documents(), foreign)) == len(foreign)


@pytest.mark.parametrize(
    "call",
    [
        ("ecs", "UpdateService", CLUSTER | {"service": "cart", "desiredCount": 6, "taskDefinition": "cart:4"}),
        ("ecs", "TagResource", {"resourceArn": SERVICE, "tags": [{"key": REBALANCING, "value": "on"}]}),
        (
            "ecs",
            "TagResource",
            {"resourceArn": SERVICE, "tags": [{"key": MOVE, "value": "x"}, {"key": "owner", "value": "y"}]},
        ),
        ("ecs", "UntagResource", {"resourceArn": SERVICE, "tagKeys": ["owner"]}),
        (
            "ecs",
            "TagResource",
            {"resourceArn": LOCATION.arn("ecs", "task/ecs-prod/1"), "tags": [{"key": MOVE, "value": ""}]},
        ),
        ("ecs", "StopTask", CLUSTER | {"task": "4e5f"}),
        ("ecs", "UpdateContainerInstancesState", CLUSTER | {"containerInstances": ["0a1b"], "status": "DRAINING"}),
        ("autoscaling", "SetDesiredCapacity", {"AutoScalingGroupName": "ecs-prod-instances-1a2b3c"}),
        ("cloudwatch", "PutMetricData", {"Namespace": "AWS/ECS"}),
        ("ssm", "PutParameter", {"Name": "/ecs-platform/prod/controllers", "Value": "paused"}),
        ("ssm", "PutParameter", {"Name": "/ecs-platform/prod/rebalancing-dry-run-days", "Value": "0"}),
        ("ssm", "GetParameter", {"Name": "/ecs-platform/dev/rebalancing-dry-run-days"}),
    ],
    ids=str,
)
def test_what_it_does_not_need_is_refused(call):
    assert not any(allowed(documents(), each) for each in asked(*call))
