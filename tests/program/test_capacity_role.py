"""The capacity controller may do what it does, as recorded from its code, and nothing else."""

from dataclasses import replace
from functools import cache
from typing import Any

import pulumi_aws as aws
import pytest

from lambdas.capacity.run import run
from lambdas.capacity.settings import Settings
from lambdas.cluster.clock import Clock
from lambdas.cluster.next_look import NextLook
from tests.lambdas.capacity.capacity_api import NOW, Apart, Api, Busier
from tests.lambdas.capacity.clusters import some_settings
from tests.lambdas.transport import all_of, fake_clients
from tests.program.function_calls import of_lambda
from tests.support.builders import LOCATION
from tests.support.graph import Graph
from tests.support.iam_actions import Scene, record
from tests.support.iam_evaluator import Call, refused, unused_grants
from tests.support.program import graph_for

GROUP = "ecs-prod-instances-1a2b3c"
RUNTIME = of_lambda("ecs-prod-capacity", "ecs-prod-capacity-controller-dead-letter-queue-0a1b2c3")
HERE: dict[str, Any] = {"cluster": "ecs-prod", "prefix": LOCATION.arn("ecs", "")}


@cache
def graph() -> Graph:
    return graph_for("prod", preview=True)


def documents() -> list[str]:
    return [graph().one(aws.iam.RolePolicy, "ecs-prod-capacity-controller-role")["policy"]]


def settings() -> Settings:
    """Of the deployed function: what it calls the cluster, the switch and the namespace of its metrics."""
    deployed = graph().one(aws.lambda_.Function, "ecs-prod-capacity-controller-function")["environment"]["variables"]
    return some_settings(target=Settings.from_environment(deployed).target)


def scenes() -> list[Api]:
    """An order; a removal, after a look at tasks that could protect themselves; a service whose tasks must not meet."""
    return [
        Api(2, 1, busy=2, desired=10, **HERE),
        Busier(protect=False, **HERE),
        Apart(2, 1, desired=2, **HERE),
    ]


@cache
def recorded() -> tuple[Call, ...]:
    """All that the code asks for."""
    asked: list[list[Call]] = []
    for api in scenes():
        api.group = GROUP
        clients = fake_clients(api)
        asked += [record(client, Scene(location=LOCATION, group=GROUP)) for client in all_of(clients)]
        run(clients, settings(), NOW, {})
        clock = Clock(now=lambda: NOW, sleep=lambda _: None)
        assert NextLook(
            ssm=clients.ssm, parameter=settings().target.next_look_parameter, run="run-1", clock=clock
        ).mine()
    return tuple(call for calls in asked for call in calls)


def test_every_recorded_call_is_allowed():
    assert refused(documents(), [*recorded(), *RUNTIME]) == []


def test_no_granted_action_is_unused():
    assert unused_grants(documents(), [*recorded(), *RUNTIME]) == []


def test_the_scenes_order_and_remove():
    assert {"autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"} <= {
        call.action for call in recorded()
    }


@pytest.mark.parametrize("elsewhere", ["ecs-dev", "ecs-prod2"])
def test_nothing_is_allowed_in_another_cluster_or_group(elsewhere):
    own = [call for call in recorded() if "ecs-prod" in f"{call.resource} {call.context}"]
    foreign = [
        replace(
            call,
            resource=call.resource.replace("ecs-prod", elsewhere),
            context={key: str(value).replace("ecs-prod", elsewhere) for key, value in call.context.items()},
        )
        for call in own
    ]
    assert len(foreign) > 10
    assert len(refused(documents(), foreign)) == len(foreign)


def test_another_switch_or_namespace_is_out_of_reach():
    parameters = {call.resource for call in recorded() if call.action == "ssm:GetParameter"}
    (next_look,) = {call.resource for call in recorded() if call.action == "ssm:PutParameter"}
    (switch,) = parameters - {next_look}
    foreign = [
        *(Call(action="ssm:GetParameter", resource=each.replace("prod", "dev")) for each in parameters),
        Call(action="ssm:PutParameter", resource=switch),
        Call(action="ssm:PutParameter", resource=next_look.replace("capacity", "instances")),
        Call(action="cloudwatch:PutMetricData", context={"cloudwatch:namespace": "AWS/ECS"}),
    ]
    assert len(refused(documents(), foreign)) == len(foreign)
