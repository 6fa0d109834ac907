"""The security groups that something carries, and what they let out and in."""

from __future__ import annotations

from collections.abc import Iterable

from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.ingress import SECURITY_GROUPS, Opening, exits, openings
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import blocks, known, listed

PLACES: dict[str, tuple[tuple[str, str], ...]] = {
    tokens.LAUNCH_TEMPLATE: (("vpcSecurityGroupIds", ""), ("networkInterfaces", "securityGroups")),
    tokens.LAUNCH_CONFIGURATION: (("securityGroups", ""),),
    tokens.INSTANCE: (("vpcSecurityGroupIds", ""),),
    tokens.SERVICE: (("networkConfiguration", "securityGroups"),),
    tokens.FUNCTION: (("vpcConfig", "securityGroupIds"),),
    tokens.VPC_ENDPOINT: (("securityGroupIds", ""),),
    **dict.fromkeys(tokens.LOAD_BALANCERS, (("securityGroups", ""),)),
}
"""Type → the properties that name its security groups, and the name inside of their objects."""
NAMED_BY_AWS = (tokens.FUNCTION,)
"""Types that have no security group unless the program names it; the others get the default one of their VPC."""


def carried_groups(graph: Graph, holder: Resource) -> list[Resource] | None:
    """Return the security groups of a resource of PLACES; None unless all of them are in this stack.

    What names none gets the default group, which counts where the stack has the only one.
    """
    named, found = 0, dict[str, Resource]()
    for property_, inside in PLACES[holder.type]:
        items = listed(holder.get(property_)) if not inside else _inside(holder, property_, inside)
        named += len(items)
        if items:
            groups = graph.targets(holder, property_, SECURITY_GROUPS, "id")
            found |= {group.urn: group for group in groups}
    if named == 0 and holder.type not in NAMED_BY_AWS:
        defaults = graph.of(tokens.DEFAULT_SECURITY_GROUP)
        return list(defaults) if len(defaults) == 1 else None
    return list(found.values()) if found and len(found) >= named else None


def _inside(holder: Resource, property_: str, name: str) -> list[object]:
    return [item for block in blocks(holder.get(property_)) for item in listed(known(block).get(name))]


def lets_out(graph: Graph, groups: Iterable[Resource]) -> list[Opening]:
    """Return the egress rules of security groups. The provider takes the one away that AWS makes for all traffic."""
    holders = rule_holders(graph, groups, tokens.EGRESS_RULE)
    return [opening for holder in holders for opening in exits(holder, graph)]


def lets_in(graph: Graph, groups: Iterable[Resource]) -> list[Opening]:
    """Return the ingress rules of security groups."""
    holders = rule_holders(graph, groups, tokens.INGRESS_RULE)
    return [opening for holder in holders for opening in openings(holder, graph)]


def rule_holders(graph: Graph, groups: Iterable[Resource], token: str) -> list[Resource]:
    """Return what may hold rules of security groups: themselves, and resources of the type or of the older one."""
    found: list[Resource] = []
    for group in groups:
        found.append(group)
        for kind in (token, tokens.SECURITY_GROUP_RULE):
            found += graph.sources((kind,), "securityGroupId", group, "id")
    return found
