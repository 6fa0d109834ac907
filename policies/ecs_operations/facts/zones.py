"""Availability Zones of what refers to subnets."""

from __future__ import annotations

from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import ElsewhereError, UnknownInputError


def zone_of(subnet: Resource) -> str:
    """Return the zone's name or id; raises UnknownInputError when the subnet does not say it before the deployment."""
    zone = subnet.get("availabilityZone") or subnet.get("availabilityZoneId")
    if not zone or not isinstance(zone, str):
        raise UnknownInputError(f"availabilityZone of {subnet.name}")
    return str(zone)


def zones_behind(graph: Graph, source: Resource, property_: str) -> frozenset[str]:
    """Return the distinct zones of the subnets that a property refers to.

    Raises UnknownInputError when the property is given but its subnets are not in this stack.
    """
    subnets = graph.targets(source, property_, (tokens.SUBNET,))
    if not subnets and source.has(property_):
        raise ElsewhereError(f"{property_} (the zones of subnets that are not in this stack)")
    return frozenset(zone_of(subnet) for subnet in subnets)
