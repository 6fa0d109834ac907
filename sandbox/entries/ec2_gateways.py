"""Internet gateways, NAT gateways and their Elastic IP addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sandbox.entries.ec2_tags import TAGS
from sandbox.resource import Call, Entry
from sandbox.steps import ID, IDS, fill, one_of, op, steps, text


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
    read=one_of("describe_internet_gateways", "InternetGateways", {"InternetGatewayId": ID}, InternetGatewayIds=IDS),
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
    read=one_of("describe_addresses", "Addresses", {"AllocationId": ID}, AllocationIds=IDS),
    delete=op("release_address", AllocationId=ID),
    names={"networkInterface": "NetworkInterfaceId", "instance": "InstanceId"},
    facts={
        "arn": text("arn:{partition}:ec2:{region}:{account}:elastic-ip/{id}"),
        "publicDns": lambda call, found: f"ec2-{found['PublicIp'].replace('.', '-')}.{call.region}.amazonaws.com",
    },
    tagging=TAGS,
    tags_at_creation=False,
)


_nat: Final = one_of(
    "describe_nat_gateways",
    "NatGateways[?State!='deleted' && State!='deleting']",
    {"NatGatewayId": ID},
    NatGatewayIds=IDS,
)


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


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:ec2/internetGateway:InternetGateway": INTERNET_GATEWAY,
    "aws:ec2/eip:Eip": EIP,
    "aws:ec2/natGateway:NatGateway": NAT_GATEWAY,
}
