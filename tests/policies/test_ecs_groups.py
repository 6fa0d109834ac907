"""Which groups belong to an ECS cluster, and which are left alone."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_operations.facts import tokens
from ecs_operations.facts.ecs_groups import in_cluster, launches_spot
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN, UnknownInputError
from tests.policies.cases.build import a
from tests.policies.cases.controllers import controller
from tests.policies.cases.hooked import OF_ECS, PLAIN

COMPLETE, DRAIN = "autoscaling:CompleteLifecycleAction", "ecs:UpdateContainerInstancesState"


def of(*resources: Resource) -> bool:
    graph = Graph(resources)
    return in_cluster(graph, graph.of(tokens.GROUP)[0])


def made_from(property_: str, token: str, **inputs: Any) -> tuple[Resource, ...]:
    host = a(token, "hosts", **inputs)
    return (a(tokens.GROUP, "web", depends={property_: [host]}, namePrefix="web-"), host)


def hooked(*actions: str, known: bool = True) -> tuple[Resource, ...]:
    hook = a(tokens.LIFECYCLE_HOOK, depends={"autoscalingGroupName": [PLAIN]},
             lifecycleTransition="autoscaling:EC2_INSTANCE_TERMINATING")  # fmt: skip
    return (PLAIN, hook, *controller(*actions, resource="*", known=known))


PROVIDER = a(tokens.CAPACITY_PROVIDER, depends={"autoScalingGroupProvider": [PLAIN]})
TEMPLATE = ("launchTemplate", tokens.LAUNCH_TEMPLATE)
MEMBERS = {
    "a capacity provider": (PLAIN, PROVIDER),
    "a tag": (a(tokens.GROUP, **OF_ECS),),
    "its template": made_from(*TEMPLATE, userData="echo ECS_CLUSTER=main >> /etc/ecs/ecs.config"),
    "its mixed template": made_from("mixedInstancesPolicy", tokens.LAUNCH_TEMPLATE, userData="ECS_CLUSTER=main"),
    "its configuration": made_from("launchConfiguration", tokens.LAUNCH_CONFIGURATION, userData="ECS_CLUSTER=main"),
    "another system": made_from(*TEMPLATE, userData='[settings.ecs]\ncluster = "main"'),
    "the handler of its hook": hooked(COMPLETE, DRAIN),
    "a tag, whatever else is not known": (a(tokens.GROUP, launchTemplate=UNKNOWN, **OF_ECS),),
}
OTHERS = {
    "nothing": (PLAIN,),
    "web servers": made_from(*TEMPLATE, userData="dnf install -y httpd"),
    "no user data": made_from(*TEMPLATE),
    "a handler that saves logs": hooked(COMPLETE),
    "a function that drains others": (PLAIN, *controller(DRAIN)),
}
UNDECIDED = {
    "user data": made_from(*TEMPLATE, userData=UNKNOWN),
    "a template of another stack": (a(tokens.GROUP, launchTemplate={"id": "lt-0123"}),),
    "all tags": (a(tokens.GROUP, tags=UNKNOWN),),
    "what the handler may do": hooked(COMPLETE, known=False),
}


@pytest.mark.parametrize("resources", MEMBERS.values(), ids=MEMBERS.keys())
def test_a_group_of_a_cluster_is_known_by(resources):
    assert of(*resources)


@pytest.mark.parametrize("resources", OTHERS.values(), ids=OTHERS.keys())
def test_other_groups_are_left_alone(resources):
    assert not of(*resources)


@pytest.mark.parametrize("resources", UNDECIDED.values(), ids=UNDECIDED.keys())
def test_it_is_not_guessed_of(resources):
    with pytest.raises(UnknownInputError):
        of(*resources)


@pytest.mark.parametrize(
    ("resources", "spot"),
    [
        (made_from(*TEMPLATE, instanceMarketOptions={"marketType": "spot"}), True),
        (made_from("launchConfiguration", tokens.LAUNCH_CONFIGURATION, spotPrice="0.1"), True),
        (made_from(*TEMPLATE), False),
        ((PLAIN,), False),
    ],
)
def test_spot_instances_are_known_by_what_they_are_made_of(resources, spot):
    assert launches_spot(Graph(resources), resources[0]) is spot
