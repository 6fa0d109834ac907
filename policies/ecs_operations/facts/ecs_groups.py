"""Which Auto Scaling groups hold the instances of an ECS cluster: rules about tasks speak of no others."""

from __future__ import annotations

from functools import partial

from ecs_operations.facts import tokens
from ecs_operations.facts.calls import Call
from ecs_operations.facts.graph import Graph, any_true
from ecs_operations.facts.handlers import handlers
from ecs_operations.facts.hooks import custom_hooks, providers_of
from ecs_operations.facts.permissions import may_call
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import number, rows
from ecs_operations.facts.user_data import runs_agent, user_data
from ecs_operations.facts.values import UnknownInputError

MANAGED_TAG = "AmazonECSManaged"
"""The tag of groups that ECS manages (source: Amazon ECS developer guide, Control the instances ECS terminates)."""
SET_STATE = "ecs:UpdateContainerInstancesState"
HOSTS = {
    "launchTemplate": tokens.LAUNCH_TEMPLATE,
    "mixedInstancesPolicy": tokens.LAUNCH_TEMPLATE,
    "launchConfiguration": tokens.LAUNCH_CONFIGURATION,
}
"""Property of a group → the type of what its instances are made of."""


def in_cluster(graph: Graph, group: Resource) -> bool:
    """Return whether a group's instances belong to an ECS cluster.

    A capacity provider, a tag, its user data or the handler of its hook says so. Raises UnknownInputError when none
    does for certain, but what is not known could.
    """
    return graph.once(("in cluster", group.urn), lambda: _in_cluster(graph, group))


def _in_cluster(graph: Graph, group: Resource) -> bool:
    return any_true(
        lambda: providers_of(graph, group),
        lambda: any(tag.get("key") == MANAGED_TAG for tag in rows(group.get("tags"))),
        lambda: any_true(*(lambda host=host: runs_agent(user_data(host)) for host in hosts_of(graph, group))),
        lambda: custom_hooks(graph, group) and _drained_by_ecs(graph, group),
    )


def hosts_of(graph: Graph, group: Resource) -> list[Resource]:
    """Return the launch templates and configurations of a group.

    Raises UnknownInputError when one is not in this stack.
    """
    found: list[Resource] = []
    for property_, token in HOSTS.items():
        if group.has(property_):
            hosts = graph.targets(group, property_, (token,), "id", "name")
            if not hosts:
                raise UnknownInputError(f"{property_} (of which this stack knows nothing)")
            found += hosts
    return found


def groups_of_host(graph: Graph, host: Resource) -> list[Resource]:
    """Return the groups of this stack whose instances are made of a launch template or configuration."""
    found = {
        group.urn: group
        for property_, token in HOSTS.items()
        if token == host.type
        for group in graph.sources((tokens.GROUP,), property_, host, "id", "name")
    }
    return [found[urn] for urn in sorted(found)]


def host_in_cluster(graph: Graph, host: Resource) -> bool:
    """Return whether instances of an ECS cluster are made of a launch template, a configuration, or are it."""
    groups = (partial(in_cluster, graph, group) for group in groups_of_host(graph, host))
    return any_true(lambda: runs_agent(user_data(host)), *groups)


def _drained_by_ecs(graph: Graph, group: Resource) -> bool:
    return any_true(*(partial(_drains, graph, group, function) for function in graph.of(tokens.FUNCTION)))


def _drains(graph: Graph, group: Resource, function: Resource) -> bool:
    able = graph.once(("drains", function.urn), lambda: _may_drain(graph, function))
    return able and function in handlers(graph, group)


def _may_drain(graph: Graph, function: Resource) -> bool:
    roles = graph.targets(function, "role", (tokens.ROLE,), "arn")
    return any_true(*(partial(may_call, graph, role, Call(action=SET_STATE)) for role in roles))


ALL_ON_DEMAND = 100
"""Percent; what the provider sets when a mixed group is silent."""


def launches_spot(graph: Graph, group: Resource) -> bool:
    """Return whether some instances of a group may be Spot."""
    path = ("mixedInstancesPolicy", "instancesDistribution", "onDemandPercentageAboveBaseCapacity")
    share = number(group.get(*path))
    if group.has("mixedInstancesPolicy"):
        return share is not None and share < ALL_ON_DEMAND
    known = (property_ for property_ in HOSTS if group.has(property_))
    hosts = [host for property_ in known for host in graph.targets(group, property_, (HOSTS[property_],), "id", "name")]
    return any(host.get("instanceMarketOptions", "marketType") == "spot" or host.has("spotPrice") for host in hosts)
