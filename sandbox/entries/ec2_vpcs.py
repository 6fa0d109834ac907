"""VPCs and subnets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.entries.ec2_tags import TAGS
from sandbox.resource import Call, Entry, Step
from sandbox.steps import ID, IDS, fill, one_of, op, text


def flag(operation: str, parameter: str, name: str, **target: Any) -> Step:
    """EC2 takes one `{"Value": ...}` attribute at a time."""

    def value(call: Call) -> dict[str, bool]:
        return {"Value": bool(call.get(name))}

    return op(operation, **target, **{parameter: value})


def _vpc(call: Call) -> dict[str, Any] | None:
    found = one_of("describe_vpcs", "Vpcs", {"VpcId": ID}, VpcIds=IDS)(call)
    if found is None:
        return None
    for attribute in ("enableDnsSupport", "enableDnsHostnames"):
        answer = call.send("describe_vpc_attribute", VpcId=call.id, Attribute=attribute)
        found[attribute] = answer[attribute[0].upper() + attribute[1:]]["Value"]
    return found


def _in_vpc(operation: str, at: str, key: str, *more: Mapping[str, Any]) -> Any:
    def look(call: Call, _found: Any) -> str:
        filters = [{"Name": "vpc-id", "Values": [call.id]}, *more]
        held = one_of(operation, at, {"VpcId": ID}, Filters=filters)(call)
        return held[key] if held else ""

    return look


_MAIN_ROUTE_TABLE: Final = _in_vpc(
    "describe_route_tables",
    "RouteTables[?Associations[?Main]]",
    "RouteTableId",
    {"Name": "association.main", "Values": ["true"]},
)


VPC: Final = Entry(
    service="ec2",
    create=fill("create_vpc", "Vpc.VpcId"),
    read=_vpc,
    delete=op("delete_vpc", VpcId=ID),
    settings={
        (name,): flag("modify_vpc_attribute", name[0].upper() + name[1:], name, VpcId=ID)
        for name in ("enableDnsSupport", "enableDnsHostnames", "enableNetworkAddressUsageMetrics")
    },
    facts={
        "arn": text("arn:{partition}:ec2:{region}:{account}:vpc/{id}"),
        "defaultSecurityGroupId": _in_vpc(
            "describe_security_groups",
            "SecurityGroups[?GroupName=='default']",
            "GroupId",
            {"Name": "group-name", "Values": ["default"]},
        ),
        "mainRouteTableId": _MAIN_ROUTE_TABLE,
        "defaultRouteTableId": _MAIN_ROUTE_TABLE,
        "defaultNetworkAclId": _in_vpc("describe_network_acls", "NetworkAcls[?IsDefault]", "NetworkAclId"),
    },
    tagging=TAGS,
    tags_at_creation=False,
)


def _subnet_setting(parameter: str, name: str) -> Step:
    return flag("modify_subnet_attribute", parameter, name, SubnetId=ID)


SUBNET: Final = Entry(
    service="ec2",
    create=fill("create_subnet", "Subnet.SubnetId"),
    read=one_of("describe_subnets", "Subnets", {"SubnetId": ID}, SubnetIds=IDS),
    delete=op("delete_subnet", SubnetId=ID),
    settings={
        ("mapPublicIpOnLaunch",): _subnet_setting("MapPublicIpOnLaunch", "mapPublicIpOnLaunch"),
        ("assignIpv6AddressOnCreation",): _subnet_setting("AssignIpv6AddressOnCreation", "assignIpv6AddressOnCreation"),
    },
    names={"arn": "SubnetArn"},
    tagging=TAGS,
    tags_at_creation=False,
)


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:ec2/vpc:Vpc": VPC,
    "aws:ec2/subnet:Subnet": SUBNET,
}
