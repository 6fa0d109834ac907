from __future__ import annotations

import base64
import json
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import DROP, a, bad, good, other, unknown

RULE = "vpc-ways-open"
VPC = a(tokens.VPC, "net")
GROUP = a(tokens.SECURITY_GROUP, "hosts-group")
DATA = base64.b64encode(b"ECS_CLUSTER=main\n").decode()
HOST = a(tokens.LAUNCH_TEMPLATE, "hosts", depends={"vpcSecurityGroupIds": [GROUP]}, userData=DATA,
         vpcSecurityGroupIds=[UNKNOWN])  # fmt: skip
BY_INTERFACE = a(tokens.LAUNCH_TEMPLATE, "hosts", depends={"networkInterfaces": [GROUP]}, userData=DATA,
                 networkInterfaces=[{"securityGroups": [UNKNOWN]}])  # fmt: skip
WORLD, INSIDE = "0.0.0.0/0", "10.0.0.0/8"


def out(**changes: Any) -> Resource:
    given = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": WORLD, **changes}
    return a(tokens.EGRESS_RULE, "out", depends={"securityGroupId": [GROUP]}, **given)


def older(kind: str, port: int = 443) -> Resource:
    return a(tokens.SECURITY_GROUP_RULE, "older", depends={"securityGroupId": [GROUP]}, type=kind, protocol="tcp",
             fromPort=port, toPort=port, cidrBlocks=[WORLD])  # fmt: skip


def inline(direction: str, port: Any = 443, *ranges: str, protocol: str = "tcp") -> Resource:
    block = {"protocol": protocol, "fromPort": port, "toPort": port, "cidrBlocks": list(ranges or (WORLD,))}
    given: dict[str, Any] = {direction: [block]}
    return a(tokens.SECURITY_GROUP, "hosts-group", **given)


def into(port: Any = 443, **changes: Any) -> Resource:
    given = {"ipProtocol": "tcp", "fromPort": port, "toPort": port, "cidrIpv4": WORLD, **changes}
    return a(tokens.INGRESS_RULE, "in", depends={"securityGroupId": [GROUP]}, **given)


def door(**changes: Any) -> tuple[Resource, ...]:
    found = a(tokens.LOAD_BALANCER, "door", depends={"securityGroups": [GROUP]}, securityGroups=[UNKNOWN], **changes)
    return found, a(tokens.LISTENER, "https", depends={"loadBalancerArn": [found]}, port=443, protocol="HTTPS")


def endpoint(service: str, kind: str = "Interface", **changes: Any) -> Resource:
    depends = {"securityGroupIds": [GROUP]} if kind == "Interface" else None
    groups = {"securityGroupIds": [UNKNOWN]} if kind == "Interface" else {}
    return a(tokens.VPC_ENDPOINT, "endpoint", depends=depends, serviceName=f"com.amazonaws.eu-central-1.{service}",
             **{"vpcEndpointType": kind, **groups, **changes})  # fmt: skip


def policy(actions: Any, resources: Any = "*", effect: str = "Allow") -> dict[str, str]:
    one = {"Effect": effect, "Principal": "*", "Action": actions, "Resource": resources}
    return {"policy": json.dumps({"Statement": [one]})}


SUBNET = a(tokens.SUBNET, "front", depends={"vpcId": [VPC]})
INTERNET = a(tokens.INTERNET_GATEWAY, "igw", depends={"vpcId": [VPC]})
TABLE = a(tokens.ROUTE_TABLE, "table", depends={"vpcId": [VPC]})
LINK = a(tokens.ROUTE_TABLE_ASSOCIATION, "link", depends={"subnetId": [SUBNET], "routeTableId": [TABLE]})
ROUTE = a(tokens.ROUTE, "route", depends={"routeTableId": [TABLE], "gatewayId": [INTERNET]},
          destinationCidrBlock=WORLD)  # fmt: skip
PUBLIC = (VPC, SUBNET, INTERNET, TABLE, LINK)
FRONT = a(tokens.LOAD_BALANCER, "front-door", depends={"subnets": [SUBNET]})
FUNCTION = a(tokens.FUNCTION, "f", depends={"vpcConfig": [SUBNET, GROUP]},
             vpcConfig={"subnetIds": [UNKNOWN], "securityGroupIds": [UNKNOWN]})  # fmt: skip
GROUP_OF_HOSTS = a(tokens.GROUP, "web", depends={"vpcZoneIdentifiers": [SUBNET]})


def entry(number: int, action: str, start: int = 0, end: int = 65535, to: str = WORLD, protocol: str = "tcp") -> Any:
    return {"ruleNo": number, "action": action, "protocol": protocol, "fromPort": start, "toPort": end, "cidrBlock": to}


ALL, ANSWERS, WEB = entry(100, "allow"), entry(100, "allow", 1024), entry(90, "allow", 443, 443)


def acl(ingress: list[Any], egress: list[Any], token: str = tokens.NETWORK_ACL) -> Resource:
    return a(token, "acl", depends={"subnetIds": [SUBNET]}, ingress=ingress, egress=egress)


BARE_ACL = a(tokens.NETWORK_ACL, "acl", depends={"subnetIds": [SUBNET]})


def acl_rule(name: str, of: Any, **changes: Any) -> Resource:
    given = {"ruleAction": "allow", "ruleNumber": 100, "protocol": "-1", "cidrBlock": WORLD, "egress": False, **changes}
    return a(tokens.NETWORK_ACL_RULE, name, depends={"networkAclId": [of]}, **given)


BOTH = (acl_rule("in", BARE_ACL), acl_rule("out", BARE_ACL, egress=True))
TASK = a(tokens.TASK_DEFINITION, "task", requiresCompatibilities=["FARGATE"])
FARGATE = a(tokens.SERVICE, "web", depends={"networkConfiguration": [GROUP], "taskDefinition": [TASK]},
            launchType="FARGATE", networkConfiguration={"securityGroups": [UNKNOWN]})  # fmt: skip
NO_HTTPS, NOBODY = "hosts-group lets no TCP out to port 443", "hosts-group lets nobody in to port 443"
UNHEARD, UNANSWERED = "lets nothing in from outside to port 443", "but not its answers in"
CLUSTER = a(tokens.CLUSTER, "main")
LAYERS = "arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/*"

CASES = (
    good(RULE, "HTTPS out", HOST, GROUP, out()),
    good(RULE, "everything out", HOST, GROUP, out(ipProtocol="-1", fromPort=DROP, toPort=DROP)),
    good(RULE, "HTTPS out, inline", HOST, inline("egress")),
    good(RULE, "HTTPS out, the older rule", HOST, GROUP, older("egress")),
    good(RULE, "HTTPS out of the interface", BY_INTERFACE, GROUP, out()),
    good(RULE, "HTTPS to endpoints", HOST, GROUP, VPC, out(cidrIpv4=INSIDE), endpoint("ecs"), into()),
    good(RULE, "HTTPS to a prefix list", HOST, GROUP, VPC, out(cidrIpv4=DROP, prefixListId="pl-1")),
    good(RULE, "HTTPS inside of a VPC of another stack", HOST, GROUP, out(cidrIpv4=INSIDE)),
    good(RULE, "a host with a proxy", a(
        tokens.LAUNCH_TEMPLATE, "hosts", depends={"vpcSecurityGroupIds": [GROUP]}, vpcSecurityGroupIds=[UNKNOWN],
        userData=base64.b64encode(b"ECS_CLUSTER=main\nHTTPS_PROXY=10.0.0.9:3128\n").decode()), GROUP),
    bad(RULE, "no way out", NO_HTTPS, HOST, GROUP),
    bad(RULE, "no way out of the interface", NO_HTTPS, BY_INTERFACE, GROUP),
    bad(RULE, "another port", NO_HTTPS, HOST, GROUP, out(fromPort=80, toPort=80)),
    bad(RULE, "another port, inline", NO_HTTPS, HOST, inline("egress", 80)),
    bad(RULE, "an older rule that lets in", NO_HTTPS, HOST, GROUP, older("ingress")),
    bad(RULE, "UDP", NO_HTTPS, HOST, GROUP, out(ipProtocol="udp")),
    bad(RULE, "IPv6 alone", NO_HTTPS, HOST, GROUP, VPC, out(cidrIpv4=DROP, cidrIpv6="::/0")),
    bad(RULE, "the VPC alone, without endpoints", NO_HTTPS, HOST, GROUP, VPC, out(cidrIpv4=INSIDE)),
    bad(RULE, "a single address", NO_HTTPS, HOST, GROUP, out(cidrIpv4="192.0.2.1/32")),
    bad(RULE, "the default group, emptied", "default lets no TCP out", a(tokens.LAUNCH_TEMPLATE, userData=DATA),
        a(tokens.DEFAULT_SECURITY_GROUP, "default")),
    good(RULE, "tasks of Fargate", FARGATE, TASK, GROUP, out()),
    bad(RULE, "tasks of Fargate without a way out", NO_HTTPS, FARGATE, TASK, GROUP),
    unknown(RULE, "where a rule leads", HOST, GROUP, out(cidrIpv4=UNKNOWN)),
    unknown(RULE, "whose rule it is", HOST, GROUP, a(tokens.EGRESS_RULE, "out", securityGroupId=UNKNOWN)),
    other(RULE, "a host of no cluster", a(tokens.LAUNCH_TEMPLATE, depends={"vpcSecurityGroupIds": [GROUP]}), GROUP),
    good(RULE, "a public listener", *door(), GROUP, into()),
    good(RULE, "a public listener, inline", *door(), inline("ingress")),
    good(RULE, "a public listener for an office", *door(), GROUP, into(cidrIpv4="192.0.2.0/24")),
    good(RULE, "a public listener for CloudFront", *door(), GROUP, into(cidrIpv4=DROP, prefixListId="pl-1")),
    good(RULE, "an internal listener", *door(internal=True), GROUP),
    good(RULE, "a network balancer without groups", *(one := a(tokens.LOAD_BALANCER, "n", loadBalancerType="network"),
         a(tokens.LISTENER, depends={"loadBalancerArn": [one]}, port=443, protocol="TCP"))),
    bad(RULE, "a public listener without ingress", UNHEARD, *door(), GROUP),
    bad(RULE, "a public listener on another port", UNHEARD, *door(), GROUP, into(8443)),
    bad(RULE, "a public listener on another port, inline", UNHEARD, *door(), inline("ingress", 8443)),
    bad(RULE, "a public listener for the network", UNHEARD, *door(), GROUP, into(cidrIpv4=INSIDE)),
    unknown(RULE, "the port that a rule opens", *door(), GROUP, into(UNKNOWN)),
    good(RULE, "an Internet-facing balancer", *PUBLIC, ROUTE, FRONT),
    good(RULE, "one whose subnets have the main table, which has a route", VPC, SUBNET, INTERNET, FRONT,
         a(tokens.DEFAULT_ROUTE_TABLE, "main")),
    bad(RULE, "an Internet-facing balancer without a route", "front, which has no route", *PUBLIC, FRONT),
    bad(RULE, "an Internet-facing balancer without a table", "front, which has no route", VPC, SUBNET, INTERNET, FRONT),
    good(RULE, "a function in a private subnet", FUNCTION, *PUBLIC, GROUP, out()),
    bad(RULE, "a function in a public subnet", "a function has no address", FUNCTION, *PUBLIC, ROUTE, GROUP, out()),
    bad(RULE, "a function that reaches nothing", "lets nothing out", FUNCTION, *PUBLIC, GROUP),
    good(RULE, "an endpoint", endpoint("ecs"), GROUP, into(cidrIpv4=INSIDE)),
    good(RULE, "an endpoint with a policy", endpoint("logs", **policy("logs:*")), GROUP, into()),
    good(RULE, "a gateway for layers", CLUSTER, endpoint("s3", "Gateway", **policy("s3:GetObject", LAYERS))),
    good(RULE, "a gateway for a bucket, without ECS", endpoint(
        "s3", "Gateway", **policy("s3:GetObject", "arn:aws:s3:::shop/*"))),
    good(RULE, "an endpoint for repositories", GROUP, into(), a(
        tokens.VPC_ENDPOINT, "endpoint", depends={"securityGroupIds": [GROUP]}, securityGroupIds=[UNKNOWN],
        vpcEndpointType="Interface", serviceName="com.amazonaws.eu-central-1.ecr.api", policy=json.dumps({"Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
            {"Effect": "Allow", "Principal": "*", "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
             "Resource": "arn:aws:ecr:eu-central-1:111122223333:repository/shop/*"}]}))),
    bad(RULE, "an endpoint without tokens", "its policy refuses ecr:GetAuthorizationToken", GROUP, into(), endpoint(
        "ecr.api", **policy("ecr:*", "arn:aws:ecr:eu-central-1:111122223333:repository/shop/*"))),
    bad(RULE, "an endpoint that lets nobody in", NOBODY, endpoint("ecs"), GROUP),
    bad(RULE, "an endpoint on another port", NOBODY, endpoint("ecs"), GROUP, into(80)),
    bad(RULE, "an endpoint that refuses", "its policy refuses ecs:RegisterContainerInstance", endpoint(
        "ecs", **policy("*", effect="Deny")), GROUP, into()),
    bad(RULE, "an endpoint for something else", "its policy refuses logs:CreateLogStream", endpoint(
        "logs", **policy("logs:Describe*")), GROUP, into()),
    bad(RULE, "a gateway that refuses", "its policy refuses s3:GetObject", endpoint(
        "s3", "Gateway", **policy("s3:*", effect="Deny"))),
    bad(RULE, "a gateway for one bucket", "starport-layer-bucket, from which", CLUSTER, endpoint(
        "s3", "Gateway", region="eu-central-1", **policy("s3:GetObject", "arn:aws:s3:::shop/*"))),
    unknown(RULE, "the policy of an endpoint", endpoint("s3", "Gateway", policy=UNKNOWN)),
    good(RULE, "an ACL of everything", acl([ALL], [ALL]), SUBNET),
    good(RULE, "an ACL with answers", acl([ANSWERS, WEB], [WEB, ANSWERS]), SUBNET),
    good(RULE, "an ACL of a database", SUBNET, acl(
        [entry(100, "allow", 5432, 5432, INSIDE)], [entry(100, "allow", 1024, 65535, INSIDE)])),
    good(RULE, "an ACL of no subnet", a(tokens.NETWORK_ACL, "acl")),
    good(RULE, "an ACL with rules of its own", BARE_ACL, SUBNET, *BOTH),
    good(RULE, "the default ACL, of no subnet", a(tokens.DEFAULT_NETWORK_ACL, "d"), SUBNET, acl([ALL], [ALL])),
    good(RULE, "a rule of the ACL that AWS made", VPC, acl_rule("ssh", VPC, ruleNumber=90)),
    bad(RULE, "an ACL that lets nothing in", "lets nothing in", acl([], [entry(1, "allow", 1024, 65535)]), SUBNET),
    bad(RULE, "an ACL without answers", UNANSWERED, acl([WEB], [WEB, ANSWERS]), SUBNET),
    bad(RULE, "an ACL without some answers", UNANSWERED, acl([entry(100, "allow", 1024, 50000), WEB], [ALL]), SUBNET),
    bad(RULE, "answers that a rule before refuses", UNANSWERED, acl(
        [entry(10, "deny", 32768, 65535), ALL], [ALL]), SUBNET),
    bad(RULE, "answers that a rule of its own refuses", UNANSWERED, BARE_ACL, SUBNET, *BOTH, acl_rule(
        "no", BARE_ACL, ruleNumber=1, ruleAction="deny", protocol="tcp", fromPort=1024, toPort=65535)),
    bad(RULE, "no HTTPS from hosts", "lets no TCP out to port 443", SUBNET, GROUP_OF_HOSTS, acl(
        [ALL], [entry(10, "deny", 443, 443), ALL])),
    bad(RULE, "the default ACL, with subnets", "lets nothing in", a(
        tokens.DEFAULT_NETWORK_ACL, "d", egress=[entry(1, "allow", 1024, 65535)]), SUBNET),
    bad(RULE, "the ACL that AWS made, closed", UNANSWERED, VPC, acl_rule(
        "no", VPC, ruleNumber=1, ruleAction="deny", protocol="tcp", fromPort=1024, toPort=65535)),
    unknown(RULE, "the rules of an ACL", a(tokens.NETWORK_ACL, "acl", depends={"subnetIds": [SUBNET]}, ingress=UNKNOWN,
            egress=[ALL]), SUBNET),
)  # fmt: skip
