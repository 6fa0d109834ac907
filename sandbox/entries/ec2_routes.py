"""Route tables, routes and the association of tables with subnets."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sandbox.entries.ec2_tags import TAGS
from sandbox.refusal import Refusal
from sandbox.resource import Call, Entry
from sandbox.steps import ID, IDS, among, fill, one_of, op, text

_TARGETS: Final = (
    "gatewayId",
    "natGatewayId",
    "networkInterfaceId",
    "transitGatewayId",
    "vpcEndpointId",
    "vpcPeeringConnectionId",
    "egressOnlyGatewayId",
)


_DESTINATIONS: Final = {
    "destinationCidrBlock": "DestinationCidrBlock",
    "destinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}


def _inline_routes(call: Call) -> None:
    keys = {"cidrBlock": "DestinationCidrBlock", "ipv6CidrBlock": "DestinationIpv6CidrBlock"}
    for route in call.old.get("routes") or []:
        destination = {api: route[name] for name, api in keys.items() if route.get(name)}
        call.send("delete_route", RouteTableId=call.id, **destination)
    for route in call.new.get("routes") or []:
        destination = {api: route[name] for name, api in keys.items() if route.get(name)}
        target = {name[0].upper() + name[1:]: route[name] for name in _TARGETS if route.get(name)}
        call.send("create_route", RouteTableId=call.id, **destination, **target)


ROUTE_TABLE: Final = Entry(
    service="ec2",
    create=fill("create_route_table", "RouteTable.RouteTableId"),
    read=one_of("describe_route_tables", "RouteTables", {"RouteTableId": ID}, RouteTableIds=IDS),
    delete=op("delete_route_table", RouteTableId=ID),
    settings={("routes",): _inline_routes},
    facts={"arn": text("arn:{partition}:ec2:{region}:{account}:route-table/{id}")},
    names={"propagatingVgws": ""},
    blind=among("routes"),
    tagging=TAGS,
    tags_at_creation=False,
)


def _table_of(call: Call) -> Any:
    """The table that a route or an association names."""
    table = call.get("routeTableId")
    return one_of("describe_route_tables", "RouteTables", {"RouteTableId": table}, RouteTableIds=[table])(call)


def _destination(call: Call) -> dict[str, Any]:
    found = {api: call.get(name) for name, api in _DESTINATIONS.items() if call.get(name)}
    if len(found) != 1:
        raise Refusal("a route needs exactly one destination")
    return found


def _new_route(call: Call) -> str:
    table = call.get("routeTableId")
    destination = next(iter(_destination(call).values()))
    call.fill("create_route")
    return f"r-{table}{zlib.crc32(destination.encode())}"


def _route(call: Call) -> Any:
    wanted = _destination(call).items()
    table = _table_of(call) or {"Routes": []}
    return next((route for route in table["Routes"] if wanted <= route.items()), None)


ROUTE: Final = Entry(
    service="ec2",
    create=_new_route,
    read=_route,
    delete=lambda call: call.send("delete_route", RouteTableId=call.get("routeTableId"), **_destination(call)),
    changes={_TARGETS: fill("replace_route")},
    facts={"routeTableId": lambda call, _found: call.get("routeTableId")},
)


def _association(call: Call) -> Any:
    table = _table_of(call) or {"Associations": []}
    return next((item for item in table["Associations"] if item.get("SubnetId") == call.get("subnetId")), None)


def _associate_anew(call: Call) -> None:
    held = _association(replace(call, new={}))
    call.send(
        "replace_route_table_association",
        AssociationId=held["RouteTableAssociationId"],
        RouteTableId=call.new["routeTableId"],
    )


def _dissociate(call: Call) -> None:
    held = _association(call)
    if held:
        call.send("disassociate_route_table", AssociationId=held["RouteTableAssociationId"])


ROUTE_TABLE_ASSOCIATION: Final = Entry(
    service="ec2",
    create=fill("associate_route_table", "AssociationId"),
    read=_association,
    delete=_dissociate,
    changes={("routeTableId",): _associate_anew},
)


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:ec2/routeTable:RouteTable": ROUTE_TABLE,
    "aws:ec2/route:Route": ROUTE,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": ROUTE_TABLE_ASSOCIATION,
}
