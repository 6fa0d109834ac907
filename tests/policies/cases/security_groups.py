from __future__ import annotations

from typing import Any

from ecs_operations import tokens
from ecs_operations.model import UNKNOWN, Resource
from tests.policies.cases.build import a, bad, good, other, unknown

SSH = "sg-no-public-ssh"


def inline(start: int, end: int, *ranges: Any, protocol: str = "tcp", family: str = "cidrBlocks") -> Resource:
    block = {"protocol": protocol, "fromPort": start, "toPort": end, family: list(ranges)}
    return a(tokens.SECURITY_GROUP, "group", ingress=[block])


def separate(start: int, end: int, ranges: list[Any], direction: str = "ingress") -> Resource:
    return a(tokens.SECURITY_GROUP_RULE, "rule", type=direction, protocol="tcp", fromPort=start, toPort=end,
             cidrBlocks=ranges)  # fmt: skip


def ingress_rule(**changes: Any) -> Resource:
    return a(tokens.INGRESS_RULE, "rule", **{"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, **changes})


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
)  # fmt: skip
