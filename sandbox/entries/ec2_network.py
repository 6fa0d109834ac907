"""VPC, subnets, gateways, routes and endpoints."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any, Final

from sandbox.refusal import Refusal
from sandbox.resource import ID, IDS, Call, Entry, Step, Tagging, among, fill, nothing, op, prop, steps, text

TAGS: Final = Tagging(
    add="create_tags",
    remove="delete_tags",
    target={"Resources": IDS},
    look="describe_tags",
    look_target={"Filters": lambda call: [{"Name": "resource-id", "Values": [call.id]}]},
)
"""EC2 tags every kind of resource in the same way; moto's other answers forget later tags of some kinds."""

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


def flag(operation: str, parameter: str, name: str, **target: Any) -> Step:
    """EC2 takes one `{"Value": ...}` attribute at a time."""
    return op(operation, **target, **{parameter: lambda call: {"Value": bool(call.get(name))}})


def _vpc(call: Call) -> dict[str, Any]:
    (found,) = call.send("describe_vpcs", VpcIds=[call.id])["Vpcs"]
    for attribute in ("enableDnsSupport", "enableDnsHostnames"):
        answer = call.send("describe_vpc_attribute", VpcId=call.id, Attribute=attribute)
        found[attribute] = answer[attribute[0].upper() + attribute[1:]]["Value"]
    return found


def _in_vpc(operation: str, at: str, key: str, *more: Mapping[str, Any]) -> Any:
    def look(call: Call, _found: Any) -> str:
        filters = [{"Name": "vpc-id", "Values": [call.id]}, *more]
        return next((item[key] for item in call.send(operation, Filters=filters)[at]), "")

    return look


_MAIN: Final = {"Name": "association.main", "Values": ["true"]}

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
            "describe_security_groups", "SecurityGroups", "GroupId", {"Name": "group-name", "Values": ["default"]}
        ),
        "mainRouteTableId": _in_vpc("describe_route_tables", "RouteTables", "RouteTableId", _MAIN),
        "defaultRouteTableId": _in_vpc("describe_route_tables", "RouteTables", "RouteTableId", _MAIN),
        "defaultNetworkAclId": _in_vpc("describe_network_acls", "NetworkAcls", "NetworkAclId"),
    },
    tagging=TAGS,
    tags_at_creation=False,
)


def _subnet_setting(parameter: str, name: str) -> Step:
    return flag("modify_subnet_attribute", parameter, name, SubnetId=ID)


SUBNET: Final = Entry(
    service="ec2",
    create=fill("create_subnet", "Subnet.SubnetId"),
    read=op("describe_subnets", "Subnets[0]", SubnetIds=IDS),
    delete=op("delete_subnet", SubnetId=ID),
    settings={
        ("mapPublicIpOnLaunch",): _subnet_setting("MapPublicIpOnLaunch", "mapPublicIpOnLaunch"),
        ("assignIpv6AddressOnCreation",): _subnet_setting(
            "AssignIpv6AddressOnCreation", "assignIpv6AddressOnCreation"
        ),
    },
    names={"arn": "SubnetArn"},
    tagging=TAGS,
    tags_at_creation=False,
)


def _attached(call: Call) -> None:
    was = call.old.get("vpcId")
    if was:
        call.send("detach_internet_gateway", InternetGatewayId=call.id, VpcId=was)
    if call.new.get("vpcId"):
        call.send("attach_internet_gateway", InternetGatewayId=call.id, VpcId=call.new["vpcId"])


def _detached(call: Call) -> None:
    vpc = call.get("vpcId")
    if vpc:
        call.send("detach_internet_gateway", InternetGatewayId=call.id, VpcId=vpc)


INTERNET_GATEWAY: Final = Entry(
    service="ec2",
    create=op("create_internet_gateway", "InternetGateway.InternetGatewayId"),
    read=op("describe_internet_gateways", "InternetGateways[0]", InternetGatewayIds=IDS),
    delete=steps(_detached, op("delete_internet_gateway", InternetGatewayId=ID)),
    settings={("vpcId",): _attached},
    facts={
        "arn": text("arn:{partition}:ec2:{region}:{account}:internet-gateway/{id}"),
        "vpcId": lambda _call, found: next((a["VpcId"] for a in found["Attachments"]), ""),
    },
    tagging=TAGS,
    tags_at_creation=False,
)

EIP: Final = Entry(
    service="ec2",
    create=fill("allocate_address", "AllocationId", Domain="vpc"),
    read=op("describe_addresses", "Addresses[0]", AllocationIds=IDS),
    delete=op("release_address", AllocationId=ID),
    names={"networkInterface": "NetworkInterfaceId", "instance": "InstanceId"},
    facts={
        "arn": text("arn:{partition}:ec2:{region}:{account}:elastic-ip/{id}"),
        "publicDns": lambda call, found: f"ec2-{found['PublicIp'].replace('.', '-')}.{call.region}.amazonaws.com",
    },
    tagging=TAGS,
    tags_at_creation=False,
)

_NAT_LIVES: Final = "NatGateways[?State!='deleted' && State!='deleting'] | [0]"


def _nat(call: Call) -> Any:
    return op("describe_nat_gateways", _NAT_LIVES, NatGatewayIds=IDS)(call)


NAT_GATEWAY: Final = Entry(
    service="ec2",
    create=fill("create_nat_gateway", "NatGateway.NatGatewayId"),
    read=_nat,
    delete=steps(
        op("delete_nat_gateway", NatGatewayId=ID),
        lambda call: call.wait("the NAT gateway is gone", lambda: _nat(call) is None),
    ),
    names={"secondaryAllocationIds": "", "secondaryPrivateIpAddresses": ""},
    facts={
        name: lambda _call, found, key=key: next((a.get(key) for a in found.get("NatGatewayAddresses", [])), None)
        for name, key in {
            "allocationId": "AllocationId",
            "publicIp": "PublicIp",
            "privateIp": "PrivateIp",
            "networkInterfaceId": "NetworkInterfaceId",
        }.items()
    },
    tagging=TAGS,
    tags_at_creation=False,
)


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
    call.send("create_route", fill=True)
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
    held = _association(Call(**{**vars(call), "new": {}}))
    call.send(
        "replace_route_table_association", AssociationId=held["RouteTableAssociationId"], RouteTableId=call.new["routeTableId"]
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
    """moto stops at a route that it never made for a table that was added later, so the tables leave first."""
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


def _flow_log_target(call: Call) -> dict[str, Any]:
    kinds = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}
    for name, kind in kinds.items():
        if call.get(name):
            return {"ResourceIds": [call.get(name)], "ResourceType": kind}
    raise Refusal("a flow log needs a vpcId, a subnetId or an eniId")


def _new_flow_log(call: Call) -> str:
    answer = call.send("create_flow_logs", fill=True, **_flow_log_target(call))
    for failure in answer.get("Unsuccessful", []):
        raise Refusal(f"AWS refused CreateFlowLogs: {failure['Error']['Code']}: {failure['Error']['Message']}")
    return answer["FlowLogIds"][0]


FLOW_LOG: Final = Entry(
    service="ec2",
    create=_new_flow_log,
    read=op("describe_flow_logs", "FlowLogs[0]", FlowLogIds=IDS),
    delete=op("delete_flow_logs", FlowLogIds=IDS),
    names={"iamRoleArn": "DeliverLogsPermissionArn", "vpcId": "", "subnetId": "", "eniId": ""},
    facts={"arn": text("arn:{partition}:ec2:{region}:{account}:vpc-flow-log/{id}")},
    tagging=TAGS,
    tags_at_creation=False,
)

ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:ec2/vpc:Vpc": VPC,
    "aws:ec2/subnet:Subnet": SUBNET,
    "aws:ec2/internetGateway:InternetGateway": INTERNET_GATEWAY,
    "aws:ec2/eip:Eip": EIP,
    "aws:ec2/natGateway:NatGateway": NAT_GATEWAY,
    "aws:ec2/routeTable:RouteTable": ROUTE_TABLE,
    "aws:ec2/route:Route": ROUTE,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": ROUTE_TABLE_ASSOCIATION,
    "aws:ec2/vpcEndpoint:VpcEndpoint": VPC_ENDPOINT,
    "aws:ec2/flowLog:FlowLog": FLOW_LOG,
}
