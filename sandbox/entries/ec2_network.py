"""VPC, subnets, gateways, routes and endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.refusal import Refusal
from sandbox.resource import ID, IDS, Call, Entry, Step, Tagging, fill, op, steps, text


def _of_the_resource(call: Call) -> list[dict[str, Any]]:
    return [{"Name": "resource-id", "Values": [call.id]}]


TAGS: Final = Tagging(
    add="create_tags",
    remove="delete_tags",
    target={"Resources": IDS},
    look="describe_tags",
    look_target={"Filters": _of_the_resource},
)
"""EC2 tags every kind of resource in the same way; moto's other answers forget later tags of some kinds."""


def flag(operation: str, parameter: str, name: str, **target: Any) -> Step:
    """EC2 takes one `{"Value": ...}` attribute at a time."""

    def value(call: Call) -> dict[str, bool]:
        return {"Value": bool(call.get(name))}

    return op(operation, **target, **{parameter: value})


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
        ("assignIpv6AddressOnCreation",): _subnet_setting("AssignIpv6AddressOnCreation", "assignIpv6AddressOnCreation"),
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


def _flow_log_target(call: Call) -> dict[str, Any]:
    kinds = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}
    for name, kind in kinds.items():
        if call.get(name):
            return {"ResourceIds": [call.get(name)], "ResourceType": kind}
    raise Refusal("a flow log needs a vpcId, a subnetId or an eniId")


def _new_flow_log(call: Call) -> str:
    answer = call.fill("create_flow_logs", **_flow_log_target(call))
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
    "aws:ec2/flowLog:FlowLog": FLOW_LOG,
}
