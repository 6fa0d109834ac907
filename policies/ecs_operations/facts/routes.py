"""Where the traffic of a subnet leaves."""

from __future__ import annotations

from collections.abc import Iterator

from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource, refers
from ecs_operations.facts.shapes import blocks, is_true, known

EVERYWHERE = ("0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "::/0", "::/1", "8000::/1")
"""Halves of all addresses go before the default route, and together are one."""
DESTINATIONS = (("destinationCidrBlock", "destinationIpv6CidrBlock"), ("cidrBlock", "ipv6CidrBlock"))
"""What a route resource and an inline route call the ranges that they are for."""
USERS = {tokens.GROUP: "vpcZoneIdentifiers", tokens.SERVICE: "networkConfiguration"}
"""Type that runs in subnets → the property that names them."""


def same_vpc(one: Resource, other: Resource) -> bool:
    """Return whether two subnets are in one VPC, as far as the stack says it."""
    if shared := one.dependencies.get("vpcId"):
        return shared == other.dependencies.get("vpcId")
    return one.peek("vpcId") is None or one.get("vpcId") == other.get("vpcId")


def nat_gateways(subnet: Resource, graph: Graph) -> list[Resource]:
    """Return the NAT gateways to which a subnet's default routes lead."""
    return _routed_to(subnet, graph, "natGatewayId", tokens.NAT_GATEWAY)


def public(subnet: Resource, graph: Graph) -> bool:
    """Return whether a subnet's default route leads to an Internet gateway."""
    return bool(_routed_to(subnet, graph, "gatewayId", tokens.INTERNET_GATEWAY))


def leads_nowhere(subnet: Resource, graph: Graph) -> bool:
    """Return whether it is certain that no route of a subnet leads to an Internet gateway.

    A subnet without a table of its own has the main one, which only the VPC's own resources can change.
    """
    if has_routes(subnet, graph):
        return not public(subnet, graph)
    if graph.of(tokens.DEFAULT_ROUTE_TABLE, tokens.MAIN_ROUTE_TABLE) or not graph.of(tokens.INTERNET_GATEWAY):
        return False
    linked = graph.referring((tokens.ROUTE_TABLE_ASSOCIATION,), "subnetId", subnet, "id")
    vpcs = graph.targets(subnet, "vpcId", (tokens.VPC,), "id")
    routes = [route for vpc in vpcs for route in graph.referring((tokens.ROUTE,), "routeTableId", vpc, "id")]
    return bool(vpcs) and not linked and not routes


def has_routes(subnet: Resource, graph: Graph) -> bool:
    """Return whether the route tables of a subnet, and no other, are in this stack."""
    return bool(list(_tables(subnet, graph)))


def private_user(subnet: Resource, graph: Graph) -> Resource | None:
    """Return a group or a service of this stack that runs in a subnet without public addresses."""
    if is_true(subnet.get("mapPublicIpOnLaunch", default=False)):
        return None
    users = (user for token, property_ in USERS.items() for user in graph.sources((token,), property_, subnet, "id"))
    return next((user for user in users if not _has_address(user)), None)


def _has_address(user: Resource) -> bool:
    network = blocks(user.get("networkConfiguration", default={}))
    return any(is_true(known(block).get("assignPublicIp", False)) for block in network)


def _tables(subnet: Resource, graph: Graph) -> Iterator[Resource]:
    for link in graph.referring((tokens.ROUTE_TABLE_ASSOCIATION,), "subnetId", subnet, "id"):
        yield from graph.targets(link, "routeTableId", (tokens.ROUTE_TABLE,), "id")


def _routed_to(subnet: Resource, graph: Graph, property_: str, kind: str) -> list[Resource]:
    """The gateways of one kind that a subnet's route tables lead to, by route resources or by inline routes."""
    found: dict[str, Resource] = {}
    for table in _tables(subnet, graph):
        if _inline_default(table):
            found |= {gateway.urn: gateway for gateway in graph.of(kind) if refers(table, "routes", gateway, "id")}
        for route in graph.referring((tokens.ROUTE,), "routeTableId", table, "id"):
            if _is_default(dict(route.inputs), 0):
                found |= {gateway.urn: gateway for gateway in graph.targets(route, property_, (kind,), "id")}
    return list(found.values())


def _inline_default(table: Resource) -> bool:
    if table.is_unknown("routes"):
        return True
    return any(_is_default(known(route), 1) for route in blocks(table.get("routes", default=[])))


def _is_default(route: dict[str, object], form: int) -> bool:
    """Whether a route is for every address; one that names no range may be by a prefix list of everything."""
    ranges = [known(route.get(name)) for name in DESTINATIONS[form] if route.get(name)]
    return not ranges or any(str(one) in EVERYWHERE for one in ranges)
