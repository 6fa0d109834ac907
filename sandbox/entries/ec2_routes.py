"""Route tables, routes and endpoints."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sandbox.entries.ec2_network import TAGS
from sandbox.refusal import Refusal
from sandbox.resource import (
    ID,
    IDS,
    Call,
    Entry,
    among,
    fill,
    nothing,
    op,
    prop,
    text,
)

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
    read=op("describe_route_tables", "RouteTables[0]", RouteTableIds=IDS),
    delete=op("delete_route_table", RouteTableId=ID),
    settings={("routes",): _inline_routes},
    facts={"arn": text("arn:{partition}:ec2:{region}:{account}:route-table/{id}")},
    names={"propagatingVgws": ""},
    blind=among("routes"),
    tagging=TAGS,
    tags_at_creation=False,
)


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
    tables = call.send("describe_route_tables", RouteTableIds=[call.get("routeTableId")])["RouteTables"]
    return next((route for table in tables for route in table["Routes"] if wanted <= route.items()), None)


ROUTE: Final = Entry(
    service="ec2",
    create=_new_route,
    read=_route,
    delete=lambda call: call.send("delete_route", RouteTableId=call.get("routeTableId"), **_destination(call)),
    changes={_TARGETS: fill("replace_route")},
    facts={"routeTableId": lambda call, _found: call.get("routeTableId")},
)


def _association(call: Call) -> Any:
    found = call.send("describe_route_tables", RouteTableIds=[call.get("routeTableId")])["RouteTables"]
    held = [item for table in found for item in table["Associations"]]
    return next((item for item in held if item.get("SubnetId") == call.get("subnetId")), None)


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

_ENDPOINT_SETS: Final = {
    "subnetIds": "SubnetIds",
    "routeTableIds": "RouteTableIds",
    "securityGroupIds": "SecurityGroupIds",
}


def _endpoint_sets(call: Call) -> None:
    changes: dict[str, Any] = {}
    for name, parameter in _ENDPOINT_SETS.items():
        old, new = set(call.old.get(name) or []), set(call.new.get(name) or [])
        changes[f"Add{parameter}"] = sorted(new - old) or None
        changes[f"Remove{parameter}"] = sorted(old - new) or None
    call.send("modify_vpc_endpoint", VpcEndpointId=call.id, **changes)


def _endpoint(call: Call) -> Any:
    found = call.send("describe_vpc_endpoints", VpcEndpointIds=[call.id])["VpcEndpoints"]
    return next((item for item in found if item["State"] not in ("deleted", "deleting")), None)


def _delete_endpoint(call: Call) -> None:
    """Moto stops at a route that it never made for a table that was added later, so the tables leave first."""
    found = _endpoint(call)
    tables = found.get("RouteTableIds") if found else None
    if tables:
        call.send("modify_vpc_endpoint", VpcEndpointId=call.id, RemoveRouteTableIds=tables)
    call.send("delete_vpc_endpoints", VpcEndpointIds=[call.id])


VPC_ENDPOINT: Final = Entry(
    service="ec2",
    create=fill("create_vpc_endpoint", "VpcEndpoint.VpcEndpointId"),
    read=_endpoint,
    delete=_delete_endpoint,
    changes={
        tuple(_ENDPOINT_SETS): _endpoint_sets,
        ("policy",): op("modify_vpc_endpoint", VpcEndpointId=ID, PolicyDocument=prop("policy")),
        ("privateDnsEnabled",): op(
            "modify_vpc_endpoint", VpcEndpointId=ID, PrivateDnsEnabled=prop("privateDnsEnabled")
        ),
        ("autoAccept",): nothing,
    },
    names={"policy": "PolicyDocument", "dnsEntries": ""},
    blind=among("dnsOptions", "ipAddressType"),
    facts={
        "arn": text("arn:{partition}:ec2:{region}:{account}:vpc-endpoint/{id}"),
        "securityGroupIds": lambda _call, found: [group["GroupId"] for group in found.get("Groups", [])] or None,
    },
    tagging=TAGS,
    tags_at_creation=False,
)


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:ec2/routeTable:RouteTable": ROUTE_TABLE,
    "aws:ec2/route:Route": ROUTE,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": ROUTE_TABLE_ASSOCIATION,
    "aws:ec2/vpcEndpoint:VpcEndpoint": VPC_ENDPOINT,
}
