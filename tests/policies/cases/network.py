from __future__ import annotations

from typing import Any

from ecs_operations import tokens
from ecs_operations.model import UNKNOWN, Resource
from tests.policies.cases.build import a, bad, good, other, subnet, unknown

FLOW, NAT = "vpc-flow-logs", "vpc-nat-per-az"

VPC = a(tokens.VPC, "net")
HOME, FAR = subnet("eu-central-1a"), subnet("eu-central-1b")


def way_out(*served: Resource, home: Resource = HOME, inline: bool = False, **nat: Any) -> tuple[Resource, ...]:
    gateway = a(tokens.NAT_GATEWAY, "nat", depends={"subnetId": [home]}, **nat)
    table = a(tokens.ROUTE_TABLE, "table", depends={"routes": [gateway]} if inline else None)
    route = a(tokens.ROUTE, "out", depends={"natGatewayId": [gateway], "routeTableId": [table]})
    links = [
        a(tokens.ROUTE_TABLE_ASSOCIATION, f"link-{net.name}", depends={"routeTableId": [table], "subnetId": [net]})
        for net in served
    ]
    subnets = {net.urn: net for net in (home, *served)}.values()
    return (gateway, table, *([] if inline else [route]), *links, *subnets)


CASES = (
    good(FLOW, "a flow log of the VPC", VPC, a(tokens.FLOW_LOG, depends={"vpcId": [VPC]})),
    bad(FLOW, "none", "no flow log", VPC),
    bad(FLOW, "of another VPC", "no flow log", VPC, a(tokens.FLOW_LOG, vpcId="vpc-1")),
    unknown(FLOW, "of a VPC that is not known", VPC, a(tokens.FLOW_LOG, vpcId=UNKNOWN)),
    other(FLOW, "no VPC", a(tokens.CLUSTER)),
    good(NAT, "its own zone", *way_out(HOME)),
    good(NAT, "routes inside the table", *way_out(HOME, inline=True)),
    bad(NAT, "two zones", "also serves eu-central-1b", *way_out(HOME, FAR)),
    bad(NAT, "two zones, routes inside the table", "also serves eu-central-1b", *way_out(HOME, FAR, inline=True)),
    unknown(NAT, "the zone of a subnet", *way_out(HOME, subnet(UNKNOWN, "later"))),
    other(NAT, "regional mode", *way_out(HOME, FAR, availabilityMode="regional")),
)
