from __future__ import annotations

from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

FLOW, NAT = "vpc-flow-logs", "vpc-nat-per-az"
CLOSED, DNS, ACL = "vpc-default-sg-closed", "vpc-dns", "vpc-acl-no-public-ssh"
VPC = a(tokens.VPC, "net")
OPEN_DEFAULT = a(tokens.DEFAULT_SECURITY_GROUP, "default", depends={"vpcId": [VPC]}, ingress=[{"self": True}])


def table_of(
    net: Resource, *gateways: Resource, inline: bool = False, public: bool = False, to: Any = "0.0.0.0/0"
) -> tuple[Resource, ...]:
    """A subnet's route table with a default route to each of the gateways."""
    table = a(tokens.ROUTE_TABLE, f"table-{net.name}", depends={"routes": gateways} if inline else None)
    property_ = "gatewayId" if public else "natGatewayId"
    routes = [
        a(
            tokens.ROUTE,
            f"{table.name}-{gateway.name}",
            depends={property_: [gateway], "routeTableId": [table]},
            destinationCidrBlock=to,
        )
        for gateway in (() if inline else gateways)
    ]
    link = a(tokens.ROUTE_TABLE_ASSOCIATION, f"link-{net.name}", depends={"routeTableId": [table], "subnetId": [net]})
    return (table, *routes, link, net)


def flow_log(traffic: Any, name: str = "logs") -> Resource:
    return a(tokens.FLOW_LOG, name, depends={"vpcId": [VPC]}, trafficType=traffic)


def in_vpc(zone: Any, name: str, vpc: Resource = VPC) -> Resource:
    return a(tokens.SUBNET, name, depends={"vpcId": [vpc]}, availabilityZone=zone, cidrBlock="10.0.0.0/24")


A, B = "eu-central-1a", "eu-central-1b"
PUBLIC_A, PUBLIC_B = in_vpc(A, "public-a"), in_vpc(B, "public-b")
PRIVATE_A, PRIVATE_B, ISOLATED_A = in_vpc(A, "private-a"), in_vpc(B, "private-b"), in_vpc(A, "isolated-a")
NAT_A = a(tokens.NAT_GATEWAY, "nat-a", depends={"subnetId": [PUBLIC_A]})
NAT_B = a(tokens.NAT_GATEWAY, "nat-b", depends={"subnetId": [PUBLIC_B]})
REGIONAL = a(tokens.NAT_GATEWAY, "nat", availabilityMode="regional", depends={"vpcId": [VPC]})
INTERNET = a(tokens.INTERNET_GATEWAY, "igw", depends={"vpcId": [VPC]})
OTHER_VPC = a(tokens.VPC, "other")
PUBLIC = (
    NAT_A,
    NAT_B,
    INTERNET,
    *table_of(PUBLIC_A, INTERNET, public=True),
    *table_of(PUBLIC_B, INTERNET, public=True),
)
CLOSED_A = in_vpc(A, "closed-a")
INNER = a(tokens.NAT_GATEWAY, "inner", depends={"subnetId": [PUBLIC_A]}, connectivityType="private")
LOST = a(tokens.NAT_GATEWAY, "lost", depends={"subnetId": [CLOSED_A]})
HOSTS = a(tokens.GROUP, "hosts", depends={"vpcZoneIdentifiers": [PRIVATE_A, PRIVATE_B]})
FARGATE = a(tokens.SERVICE, "web", depends={"networkConfiguration": [PRIVATE_B]},
            networkConfiguration={"subnets": [UNKNOWN], "assignPublicIp": True})  # fmt: skip
NAMESPACE = a(tokens.DISCOVERY_NAMESPACE, "names", depends={"vpc": [VPC]})


def resolving(support: Any = True, hostnames: Any = True) -> Resource:
    return a(tokens.VPC, "net", enableDnsSupport=support, enableDnsHostnames=hostnames)


def acl(port: Any, to: Any = None, token: str = tokens.NETWORK_ACL, **changes: Any) -> Resource:
    rule = {"action": "allow", "ruleNo": 90, "protocol": "tcp", "fromPort": port, "toPort": to or port,
            "cidrBlock": "0.0.0.0/0", **changes}  # fmt: skip
    return a(token, "acl", ingress=[rule])


def acl_rule(**changes: Any) -> Resource:
    given = {"ruleAction": "allow", "ruleNumber": 90, "protocol": "6", "fromPort": 22, "toPort": 22,
             "cidrBlock": "0.0.0.0/0", "networkAclId": UNKNOWN, **changes}  # fmt: skip
    return a(tokens.NETWORK_ACL_RULE, "rule", **given)


SHARED = "eu-central-1b is routed to nat-a in eu-central-1a"

CASES = (
    good(FLOW, "a flow log of the VPC", VPC, flow_log("ALL")),
    good(FLOW, "one of all traffic beside another", VPC, flow_log("ALL"), flow_log("REJECT", "rejected")),
    good(FLOW, "rejected traffic, where that is a decision", VPC, flow_log("REJECT"), rejectedSuffices=True),
    bad(FLOW, "rejected traffic alone", "records REJECT traffic, not ALL", VPC, flow_log("REJECT")),
    bad(FLOW, "accepted traffic alone", "records ACCEPT traffic", VPC, flow_log("ACCEPT"), rejectedSuffices=True),
    bad(FLOW, "none", "no flow log", VPC),
    bad(FLOW, "of another VPC", "no flow log", VPC, a(tokens.FLOW_LOG, vpcId="vpc-1")),
    unknown(FLOW, "whose traffic is not known", VPC, flow_log(UNKNOWN)),
    unknown(FLOW, "of a VPC that is not known", VPC, a(tokens.FLOW_LOG, vpcId=UNKNOWN)),
    other(FLOW, "no VPC", a(tokens.CLUSTER)),
    bad(CLOSED, "with a rule beside it", "default has rules", VPC,
        *(one := a(tokens.DEFAULT_SECURITY_GROUP, "default", depends={"vpcId": [VPC]}),
          a(tokens.INGRESS_RULE, depends={"securityGroupId": [one]}))),
    good(DNS, "both", resolving(), NAMESPACE),
    good(DNS, "both, as text", resolving("true", "true"), NAMESPACE),
    good(DNS, "no private namespace", resolving(hostnames=False)),
    bad(DNS, "no resolver", "does not resolve names", resolving(support=False)),
    bad(DNS, "no hostnames", "which the private namespace names needs", resolving(hostnames=False), NAMESPACE),
    bad(DNS, "hostnames by default", "which the private namespace names needs", VPC, NAMESPACE),
    unknown(DNS, "the flag", resolving(UNKNOWN)),
    unknown(DNS, "whose namespace it is", VPC, a(tokens.DISCOVERY_NAMESPACE, vpc=UNKNOWN)),
    other(DNS, "no VPC", a(tokens.CLUSTER)),
    good(ACL, "HTTPS", acl(443)),
    good(ACL, "the answers", acl(1024, 65535)),
    good(ACL, "everything", acl(0, protocol="-1", token=tokens.DEFAULT_NETWORK_ACL)),
    good(ACL, "from the network", acl(22, cidrBlock="10.0.0.0/8")),
    good(ACL, "a denial", acl(22, action="deny"), acl_rule(ruleAction="deny")),
    good(ACL, "the way out", acl_rule(egress=True)),
    good(ACL, "ICMP", acl_rule(protocol="icmp", icmpType=8)),
    bad(ACL, "SSH", "lets port 22 in from the world", acl(22)),
    bad(ACL, "a range that covers it", "lets port 22", acl(1, 1023)),
    bad(ACL, "RDP, IPv6", "lets port 3389", acl(3389, cidrBlock=None, ipv6CidrBlock="::/0")),
    bad(ACL, "in the default one", "lets port 22", acl(22, token=tokens.DEFAULT_NETWORK_ACL)),
    bad(ACL, "a rule of its own", "lets port 22", acl_rule()),
    bad(ACL, "half the Internet", "lets port 22", acl_rule(cidrBlock="128.0.0.0/1")),
    unknown(ACL, "the range", acl_rule(cidrBlock=UNKNOWN)),
    unknown(ACL, "all rules", a(tokens.NETWORK_ACL, ingress=UNKNOWN)),
    other(ACL, "no ACL", a(tokens.CLUSTER)),
    good(CLOSED, "emptied", VPC, a(tokens.DEFAULT_SECURITY_GROUP, depends={"vpcId": [VPC]})),
    bad(CLOSED, "left alone", "does not empty its default security group", VPC),
    bad(CLOSED, "with rules", "default has rules", VPC, OPEN_DEFAULT),
    unknown(CLOSED, "whose group it is", VPC, a(tokens.DEFAULT_SECURITY_GROUP, vpcId=UNKNOWN)),
    other(CLOSED, "no VPC", a(tokens.CLUSTER)),
    good(NAT, "each its own", *PUBLIC, *table_of(PRIVATE_A, NAT_A), *table_of(PRIVATE_B, NAT_B)),
    good(NAT, "routes inside the tables", *PUBLIC, *table_of(PRIVATE_A, NAT_A, inline=True)),
    good(NAT, "an isolated subnet", *PUBLIC, *table_of(PRIVATE_A, NAT_A), *table_of(ISOLATED_A)),
    good(NAT, "no way out anywhere", *table_of(PRIVATE_A), *table_of(PRIVATE_B)),
    good(NAT, "another VPC", *PUBLIC, *table_of(PRIVATE_A, NAT_A), *table_of(in_vpc(B, "far", OTHER_VPC))),
    good(NAT, "a decision", *PUBLIC, *table_of(PRIVATE_A, NAT_A), *table_of(PRIVATE_B, NAT_A), perZone=False),
    bad(NAT, "a single one", SHARED, *PUBLIC, *table_of(PRIVATE_A, NAT_A), *table_of(PRIVATE_B, NAT_A)),
    bad(NAT, "shared by inline routes", SHARED, *PUBLIC, *table_of(PRIVATE_B, NAT_A, inline=True)),
    bad(
        NAT, "a zone without a route", "eu-central-1b has no route to a NAT gateway, eu-central-1a has one",
        *PUBLIC, *table_of(PRIVATE_A, NAT_A), *table_of(PRIVATE_B),
    ),
    bad(
        NAT, "a zone without a route where one gateway is decided", "eu-central-1b has no route",
        *PUBLIC, *table_of(PRIVATE_A, NAT_A), *table_of(PRIVATE_B), perZone=False,
    ),
    good(NAT, "tasks with addresses of their own", *PUBLIC, *table_of(PRIVATE_A, NAT_A),
         *table_of(PRIVATE_B, INTERNET, public=True), FARGATE),
    bad(NAT, "hosts behind the Internet gateway", "leads to the Internet gateway, but hosts runs in it", *PUBLIC,
        *table_of(PRIVATE_A, NAT_A), *table_of(PRIVATE_B, INTERNET, public=True), HOSTS),
    bad(NAT, "a route to few addresses", "eu-central-1b has no route", *PUBLIC, *table_of(PRIVATE_A, NAT_A),
        *table_of(PRIVATE_B, NAT_B, to="192.0.2.0/24")),
    bad(NAT, "a private gateway", "to inner, a private NAT gateway", *PUBLIC, INNER, *table_of(PRIVATE_A, INNER)),
    bad(NAT, "a gateway without a way out", "whose own subnet has no route", *PUBLIC, LOST,
        *table_of(CLOSED_A, NAT_A), *table_of(PRIVATE_A, LOST)),
    unknown(NAT, "the zone of a subnet", *PUBLIC, *table_of(in_vpc(UNKNOWN, "later"), NAT_A)),
    other(NAT, "regional mode", *table_of(PRIVATE_A, REGIONAL), *table_of(PRIVATE_B, REGIONAL), REGIONAL),
)  # fmt: skip
