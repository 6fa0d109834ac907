from __future__ import annotations

from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

SSH, PUBLIC, MIXED = "sg-no-public-ssh", "sg-public-ingress-only-alb", "sg-no-mixed-rules"
SAID = "sg-descriptions"


def inline(start: int, end: int, *ranges: Any, protocol: str = "tcp", family: str = "cidrBlocks") -> Resource:
    block = {"protocol": protocol, "fromPort": start, "toPort": end, family: list(ranges)}
    return a(tokens.SECURITY_GROUP, "group", ingress=[block])


def separate(start: int, end: int, ranges: list[Any], direction: str = "ingress") -> Resource:
    return a(tokens.SECURITY_GROUP_RULE, "rule", type=direction, protocol="tcp", fromPort=start, toPort=end,
             cidrBlocks=ranges)  # fmt: skip


def ingress_rule(**changes: Any) -> Resource:
    return a(tokens.INGRESS_RULE, "rule", **{"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, **changes})


def balancer(group: Resource, token: str = tokens.LOAD_BALANCER, **changes: Any) -> Resource:
    return a(token, "door", depends={"securityGroups": [group]}, **changes)


WEB = inline(443, 443, "0.0.0.0/0")
BARE = a(tokens.SECURITY_GROUP, "group")
WEB_RULE = a(tokens.INGRESS_RULE, "rule", depends={"securityGroupId": [BARE]}, ipProtocol="tcp", fromPort=443,
             toPort=443, cidrIpv4="0.0.0.0/0")  # fmt: skip
OLDER_RULE = a(tokens.SECURITY_GROUP_RULE, "rule", depends={"securityGroupId": [WEB]}, type="ingress")
OLDER_WAY_OUT = a(tokens.SECURITY_GROUP_RULE, "rule", depends={"securityGroupId": [WEB]}, type="egress")
WAY_OUT = a(tokens.EGRESS_RULE, "out", depends={"securityGroupId": [WEB]})
OPEN_RULE = a(tokens.INGRESS_RULE, "rule", depends={"securityGroupId": [WEB]})

CASES = (
    good(SSH, "HTTPS from the world", inline(443, 443, "0.0.0.0/0")),
    good(SSH, "SSH from the office", separate(22, 22, ["192.0.2.0/24"])),
    good(SSH, "SSH from the office, one rule", ingress_rule(cidrIpv4="192.0.2.0/24")),
    good(SSH, "an emptied default group", a(tokens.DEFAULT_SECURITY_GROUP)),
    bad(SSH, "SSH from the world", "opens SSH (port 22)", inline(22, 22, "0.0.0.0/0")),
    bad(SSH, "RDP from the world, IPv6", "opens RDP (port 3389)", inline(3389, 3389, "::/0", family="ipv6CidrBlocks")),
    bad(SSH, "a range that covers SSH", "opens SSH", separate(20, 25, ["0.0.0.0/0"])),
    bad(SSH, "one rule resource", "opens SSH", ingress_rule(cidrIpv6="::/0")),
    bad(SSH, "a default group", "opens SSH", a(tokens.DEFAULT_SECURITY_GROUP, ingress=[
        {"protocol": "tcp", "fromPort": 0, "toPort": 1024, "cidrBlocks": ["0.0.0.0/0"]}])),
    unknown(SSH, "the range", ingress_rule(cidrIpv4=UNKNOWN)),
    other(SSH, "from another group", ingress_rule(referencedSecurityGroupId=UNKNOWN)),
    other(SSH, "the way out", separate(22, 22, ["0.0.0.0/0"], direction="egress")),
    good(PUBLIC, "a public load balancer", WEB, balancer(WEB)),
    good(PUBLIC, "its rule beside the group", BARE, WEB_RULE, balancer(BARE, tokens.LOAD_BALANCERS[1])),
    good(PUBLIC, "another port from inside", separate(8080, 8080, ["10.0.0.0/8"]), a(tokens.DEFAULT_SECURITY_GROUP)),
    bad(PUBLIC, "another port", "opens ports 8080 to 8081", inline(8080, 8081, "0.0.0.0/0")),
    bad(PUBLIC, "all ports", "opens ports 0 to 65535", inline(0, 0, "::/0", protocol="-1", family="ipv6CidrBlocks")),
    bad(PUBLIC, "no load balancer", "no public load balancer", WEB),
    bad(PUBLIC, "an internal load balancer", "no public load balancer", WEB, balancer(WEB, internal=True)),
    bad(PUBLIC, "a rule beside the group of none", "no public load balancer", BARE, WEB_RULE),
    unknown(PUBLIC, "the range", ingress_rule(cidrIpv4=UNKNOWN)),
    unknown(PUBLIC, "whose load balancer it is", WEB, a(tokens.LOAD_BALANCER, securityGroups=[UNKNOWN])),
    other(PUBLIC, "from another group", ingress_rule(referencedSecurityGroupId=UNKNOWN)),
    good(MIXED, "only inline", WEB),
    good(MIXED, "only separate", BARE, WEB_RULE),
    good(MIXED, "one direction each", WEB, WAY_OUT),
    good(MIXED, "one direction each, older", WEB, OLDER_WAY_OUT),
    bad(MIXED, "both", "inline ingress rules and the separate rule", WEB, OPEN_RULE),
    bad(MIXED, "both, older", "inline ingress rules and the separate rule", WEB, OLDER_RULE),
    unknown(MIXED, "whose rule it is", WEB, a(tokens.INGRESS_RULE, securityGroupId=UNKNOWN)),
    other(MIXED, "no group", ingress_rule()),
    good(SAID, "a group with a description", a(tokens.SECURITY_GROUP, description="The web's front door")),
    good(SAID, "a rule with a description", ingress_rule(description="HTTPS from the balancer")),
    good(SAID, "inline rules with a description", a(tokens.SECURITY_GROUP, description="The door",
         ingress=[{"description": "HTTPS from the balancer"}])),
    good(SAID, "a way out with a description", a(tokens.EGRESS_RULE, description="HTTPS to AWS", ipProtocol="-1")),
    good(SAID, "one that is made later", ingress_rule(description=UNKNOWN)),
    bad(SAID, "silence", "has no description", BARE),
    bad(SAID, "the provider's own words", "has no description",
        a(tokens.SECURITY_GROUP, description="Managed by Pulumi")),
    bad(SAID, "a silent rule", "has no description", a(tokens.EGRESS_RULE, ipProtocol="-1")),
    bad(SAID, "a silent inline rule", "inline egress rule", a(tokens.SECURITY_GROUP, description="The door",
        egress=[{"protocol": "-1"}])),
    unknown(SAID, "counts as given", ingress_rule(description=UNKNOWN)),
    other(SAID, "another resource", a(tokens.VPC)),
)  # fmt: skip
