"""VPC endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.entries.ec2_tags import TAGS
from sandbox.resource import Call, Entry
from sandbox.steps import ID, IDS, among, fill, nothing, one_of, op, prop, text

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


_endpoint: Final = one_of(
    "describe_vpc_endpoints",
    "VpcEndpoints[?State!='deleted' && State!='deleting']",
    {"VpcEndpointId": ID},
    VpcEndpointIds=IDS,
)


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
    "aws:ec2/vpcEndpoint:VpcEndpoint": VPC_ENDPOINT,
}
