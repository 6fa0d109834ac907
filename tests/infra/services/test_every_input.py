"""Every input of a service has an effect that can be seen in a rendered resource."""

import json
from dataclasses import fields, replace
from typing import Any

import pytest

from infra.contract import Platform
from infra.services.caller import Caller
from infra.services.container import Container
from infra.services.deployment import Deployment
from infra.services.placement import Placement
from infra.services.port import Port
from infra.services.port_health_check import PortHealthCheck
from infra.services.routing import HealthCheck, Route
from infra.services.service import Service
from infra.services.service_args import ServiceArgs
from infra.services.task_scaling import TaskScaling
from tests.support.application import a_platform, a_service
from tests.support.effects import value_at
from tests.support.graph import Graph, graph_of
from tests.support.port_effects import PORT_EFFECTS
from tests.support.ports import a_port
from tests.support.service_effects import EFFECTS as SERVICE_EFFECTS
from tests.support.service_effects import SECRET, Effect
from tests.support.service_parts import WITHIN
from tests.support.shop import running_what_was_deployed

EFFECTS = SERVICE_EFFECTS | PORT_EFFECTS
NOT_READ = {
    "environment", "zone_ids", "vpc_cidr", "public_subnet_ids", "instance_types", "instance_cpu_units",
    "instance_memory_mib", "tasks_per_instance", "drain_time_s", "task_exit_time_s", "load_balancer_zone_id",
    "load_balancer_dns_name", "namespace", "domain", "http_listener_arn",
}  # fmt: skip
"""Outputs of a platform that show in no resource of a service: for people, for checks, for URLs; and the listener of a
platform without a domain."""


REACHED = {
    Route: lambda given: {"route": Route(**given)},
    HealthCheck: lambda given: {"route": Route(health_check=HealthCheck(**given))},
    Port: lambda given: {"ports": [a_port(**given)]},
    PortHealthCheck: lambda given: {"ports": [a_port(health_check=PortHealthCheck(**given))]},
}
"""Ways in from a load balancer → the inputs of a service that has one."""


def graph_for(effect: Effect, of: type, name: str, *, change: bool = True) -> Graph:
    """A service that has a route and a caller where the input belongs to one, with the input or without."""
    changes, part = dict(effect.base), {name: effect.given} if change else {}
    if not change and effect.without is not None:
        changes = effect.without
    own = part if of is Caller else {}
    group = {} if {"prefix_list_id", "cidr"} & set(own) else {"security_group_id": "sg-a"}
    caller = Caller(**({"name": "a"} | group | own))
    if of is ServiceArgs:
        changes |= part
    elif of in REACHED:
        changes = REACHED[of](changes | part)
    elif of in WITHIN:
        changes = WITHIN[of](part) | changes
    elif of is not Caller:
        key = {Container: "container", Deployment: "deployment", TaskScaling: "scaling", Placement: "placement"}[of]
        changes[key] = replace(changes[key], **part) if key in changes else of(**part)

    def program():
        service = Service("cart", a_service(**changes))
        if of is Caller:
            service.allow_from(caller)

    return graph_of(program, lookups={"aws:ecs/getService:getService": running_what_was_deployed})


def shown(graph: Graph, effect: Effect) -> Any:
    nodes = graph.of(effect.kind, effect.name)
    if effect.at == "custom_timeouts":
        return nodes[0].custom_timeouts
    found = value_at(nodes[0].inputs if nodes else {}, effect.at)
    return json.loads(found) if isinstance(found, str) and found[:1] in "[{" and found else found


@pytest.mark.parametrize(("of", "name"), [(of, name) for of, effects in EFFECTS.items() for name in effects])
def test_an_input_shows_in_a_resource(of, name):
    effect = EFFECTS[of][name]
    assert shown(graph_for(effect, of, name), effect) == effect.is_
    assert shown(graph_for(effect, of, name, change=False), effect) != effect.is_


@pytest.mark.parametrize("of", EFFECTS)
def test_no_input_is_without_such_a_test(of):
    assert set(EFFECTS[of]) == {one.name for one in fields(of)}


@pytest.mark.parametrize("name", [one.name for one in fields(Platform)])
def test_what_is_read_of_a_platform_shows_in_a_resource(name):
    def everything(platform: Platform) -> list[tuple[str, str]]:
        container = Container(exec=True, secrets={"A": SECRET})
        changes = {"platform": platform, "route": Route(), "discoverable": True, "container": container}
        lookups = {"aws:ecs/getService:getService": running_what_was_deployed}
        graph = graph_of(lambda: Service("cart", a_service(**changes)), lookups=lookups)
        return sorted((node.name, json.dumps(dict(node.inputs), sort_keys=True)) for node in graph.nodes if node.custom)

    now = getattr(a_platform(), name)
    shows = everything(a_platform()) != everything(a_platform(**{name: another(now)}))
    assert shows == (name not in NOT_READ)


def another(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [another(one) for one in value]
    return value + 1 if isinstance(value, int) else f"{value or 'a'}-other"
