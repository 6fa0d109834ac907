"""The way to what the inputs do not model: typed, checked, and said in the preview."""

import pulumi
import pulumi_aws as aws
import pytest

from infra.services.routing import Route
from tests.support.application import a_service
from tests.support.service import graph_with

KINDS = {
    "service": (aws.ecs.Service, "cart-service"),
    "task_definition": (aws.ecs.TaskDefinition, "cart-task-definition"),
    "task_role": (aws.iam.Role, "cart-task-role"),
    "execution_role": (aws.iam.Role, "cart-task-execution"),
    "log_group": (aws.cloudwatch.LogGroup, "cart-task-logs"),
    "security_group": (aws.ec2.SecurityGroup, "cart-security-group"),
    "target_group": (aws.lb.TargetGroup, "cart-target-group"),
    "listener_rule": (aws.lb.ListenerRule, None),
    "service_registry": (aws.servicediscovery.Service, "cart-registry"),
    "scalable_target": (aws.appautoscaling.Target, "cart-auto-scaling-target"),
}


def tagged(args):
    args["tags"] = {"changed": "yes"}


def with_role(args):
    args["role_arn"] = "arn:aws:iam::123456789012:role/changed"


@pytest.mark.parametrize("child", KINDS)
def test_exactly_the_child_that_is_named_is_changed(child):
    change = with_role if child == "scalable_target" else tagged
    graph = graph_with(route=Route(), discoverable=True, transform={child: change})
    changed = [
        node.name
        for node in graph.nodes
        if node.inputs.get("tags") == {"changed": "yes"} or str(node.inputs.get("roleArn")).endswith("/changed")
    ]
    kind, name = KINDS[child]
    assert changed == [node.name for node in graph.of(kind, name)]


def test_what_is_not_changed_stays():
    plain, changed = graph_with(), graph_with(transform={"service": tagged})
    before, after = (graph.one(aws.ecs.Service).inputs for graph in (plain, changed))
    assert {**after, "tags": before["tags"]} == dict(before)


def test_the_preview_says_what_is_changed(monkeypatch):
    said = []
    monkeypatch.setattr(pulumi.log, "info", lambda text, *_: said.append(text))
    graph_with(transform={"service": tagged}, preview=True)
    assert said == ["cart: transform changes tags of service"]


def removed(args):
    del args["enable_ecs_managed_tags"]


def test_an_argument_can_be_taken_away():
    assert "enableEcsManagedTags" not in graph_with(transform={"service": removed}).one(aws.ecs.Service).inputs


def misspelt(args):
    args["desired"] = 3


@pytest.mark.parametrize(
    ("transform", "says"),
    [
        ({"target_group": tagged}, "cart: transform: the service has no target_group, as its inputs say"),
        ({"service": misspelt}, "cart: transform: service has no argument desired"),
        ({"service": lambda args: args}, "cart: transform: service has to change what it gets, and return nothing"),
        ({"service": lambda _: None}, "cart: transform: service changes nothing"),
    ],
)
def test_a_change_that_does_nothing_is_a_sentence(transform, says):
    with pytest.raises(pulumi.RunError, match=says):
        graph_with(transform=transform)


@pytest.mark.parametrize(
    ("transform", "says"),
    [
        ({"servce": tagged}, "ServiceArgs.transform: a name must be service or .* got 'servce'"),
        ({"service": {"tags": {}}}, "ServiceArgs.transform: service must be a function, got"),
        (tagged, "ServiceArgs.transform: must map names to functions, got"),
    ],
)
def test_what_is_no_change_is_a_sentence(transform, says):
    with pytest.raises(pulumi.RunError, match=says):
        a_service(transform=transform)
