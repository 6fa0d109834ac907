from __future__ import annotations

from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

SSH, PUBLIC, MIXED = "sg-no-public-ssh", "sg-public-ingress-only-alb", "sg-no-mixed-rules"
SAID, NARROW = "sg-descriptions", "sg-narrow-ingress"


def inline(start: Any, end: Any, *ranges: Any, protocol: str = "tcp", family: str = "cidrBlocks") -> Resource:
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

LISTS = a(tokens.PREFIX_LIST, "everybody", entries=[{"cidr": "0.0.0.0/0"}])
BY_LIST = a(tokens.INGRESS_RULE, "rule", depends={"prefixListId": [LISTS]}, ipProtocol="tcp", fromPort=22, toPort=22,
            prefixListId="pl-1")  # fmt: skip
HALVES = a(tokens.SECURITY_GROUP, "group", ingress=[
    {"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": [f"{start}.0.0.0/9"]} for start in (12, 13)
])  # fmt: skip
PING = inline(8, 0, "0.0.0.0/0", protocol="icmp")
DOOR = balancer(WEB)


def carried(token: str, property_: str) -> Resource:
    return a(token, "host", depends={property_: [WEB]})


def task(group: Resource) -> Resource:
    return a(tokens.SERVICE, "web", depends={"networkConfiguration": [group]})


def network_balancer(port: Any) -> tuple[Resource, ...]:
    group = inline(7777, 7777, "0.0.0.0/0", protocol="udp")
    door = balancer(group, loadBalancerType="network")
    return group, door, a(tokens.LISTENER, "game", depends={"loadBalancerArn": [door]}, port=port, protocol="UDP")


WIDE, SHUT = inline(0, 65535, "10.0.0.0/8"), inline(8080, 8080, "10.0.0.0/8")

ENTRY = a(tokens.PREFIX_LIST_ENTRY, "everybody", depends={"prefixListId": [a(tokens.PREFIX_LIST, "empty")]},
          cidr="0.0.0.0/0")  # fmt: skip
BY_ENTRY = a(tokens.INGRESS_RULE, "rule", depends={"prefixListId": [a(tokens.PREFIX_LIST, "empty")]}, ipProtocol="tcp",
             fromPort=22, toPort=22, prefixListId="pl-1")  # fmt: skip


def halves(*more: tuple[int, int]) -> tuple[Resource, ...]:
    """A group of tasks that opens ranges of ports, each by a rule of its own."""
    group = a(tokens.SECURITY_GROUP, "group")
    rules = [
        a(tokens.INGRESS_RULE, f"rule-{first}", depends={"securityGroupId": [group]}, ipProtocol="tcp", fromPort=first,
          toPort=last, cidrIpv4="10.0.0.0/8")
        for first, last in more
    ]  # fmt: skip
    return group, task(group), *rules


CASES = (
    good(SSH, "an empty prefix list", a(tokens.PREFIX_LIST, "empty"), BY_ENTRY),
    bad(SSH, "an entry of a prefix list", "opens SSH", a(tokens.PREFIX_LIST, "empty"), BY_ENTRY, ENTRY),
    good(NARROW, "a range of ports", *halves((1024, 30000))),
    bad(NARROW, "two ranges that are all ports", "its rules together open 65536 ports of web to all of 10.0.0.0/8",
        *halves((0, 32767), (32768, 65535))),
    bad(NARROW, "inline ranges that are many", "its rules together open", a(tokens.SECURITY_GROUP, "group", ingress=[
        {"protocol": "tcp", "fromPort": first, "toPort": first + 15000, "cidrBlocks": ["10.0.0.0/8"]}
        for first in (0, 20000, 40000)]), task(BARE)),
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
    good(SSH, "a ping", PING),
    good(SSH, "UDP on its port", inline(22, 22, "0.0.0.0/0", protocol="udp")),
    good(SSH, "UDP by number, as text", inline("22", "22", "0.0.0.0/0", protocol="17")),
    good(SSH, "a range that is reversed", inline(30, 20, "0.0.0.0/0")),
    good(SSH, "the private network", inline(22, 22, "10.0.0.0/8", "fd00::/8")),
    good(SSH, "a prefix list of AWS", ingress_rule(prefixListId="pl-6da54004")),
    good(SSH, "no text where a range is", inline(22, 22, "somewhere", None)),
    bad(SSH, "half the Internet", "opens SSH", ingress_rule(cidrIpv4="128.0.0.0/1")),
    bad(SSH, "half the Internet, IPv6", "opens SSH", ingress_rule(cidrIpv6="::/1")),
    bad(SSH, "two halves that only together are wide", "opens SSH", HALVES),
    bad(SSH, "TCP by number, ports as text", "opens SSH", inline("22", "22", "0.0.0.0/0", protocol="6")),
    bad(SSH, "every protocol", "opens SSH", inline(0, 0, "0.0.0.0/0", protocol="all"), ports=["22"]),
    bad(SSH, "no ports", "opens SSH", ingress_rule(fromPort=None, toPort=None, cidrIpv4="0.0.0.0/0"), ports=["22"]),
    bad(SSH, "a port of the configuration", "port 5985", inline(5985, 5985, "0.0.0.0/0"), ports=["5985"]),
    bad(SSH, "a prefix list of everybody", "opens SSH", BY_LIST, LISTS),
    unknown(SSH, "the range", ingress_rule(cidrIpv4=UNKNOWN)),
    unknown(SSH, "all rules", a(tokens.SECURITY_GROUP, ingress=UNKNOWN)),
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
    good(PUBLIC, "a ping", PING),
    good(PUBLIC, "a port of a Network Load Balancer", *network_balancer(7777)),
    good(PUBLIC, "an office", inline(8080, 8080, "192.0.2.0/24", "198.51.100.0/24")),
    good(PUBLIC, "a range that is reversed", inline(90, 80, "0.0.0.0/0")),
    bad(PUBLIC, "another port than the listener's", "opens port 7777", *network_balancer(7778)),
    bad(PUBLIC, "a tunnel", "opens protocol 47", inline(0, 0, "0.0.0.0/0", protocol="47")),
    bad(PUBLIC, "two halves of the Internet", "opens ports", inline(0, 9, "0.0.0.0/1", "128.0.0.0/1")),
    bad(PUBLIC, "instances with the balancer's group", "of host", WEB, DOOR,
        carried(tokens.LAUNCH_TEMPLATE, "vpcSecurityGroupIds")),
    bad(PUBLIC, "interfaces with the balancer's group", "of host", WEB, DOOR,
        carried(tokens.LAUNCH_TEMPLATE, "networkInterfaces")),
    bad(PUBLIC, "an old configuration with it", "of host", WEB, DOOR,
        carried(tokens.LAUNCH_CONFIGURATION, "securityGroups")),
    bad(PUBLIC, "a single instance with it", "of host", WEB, DOOR, carried(tokens.INSTANCE, "vpcSecurityGroupIds")),
    bad(PUBLIC, "tasks with it", "of web", WEB, DOOR, task(WEB)),
    unknown(PUBLIC, "whose hosts carry it", WEB, DOOR, a(tokens.INSTANCE, vpcSecurityGroupIds=[UNKNOWN])),
    unknown(PUBLIC, "the range", ingress_rule(cidrIpv4=UNKNOWN)),
    unknown(PUBLIC, "whose load balancer it is", WEB, a(tokens.LOAD_BALANCER, securityGroups=[UNKNOWN])),
    other(PUBLIC, "from another group", ingress_rule(referencedSecurityGroupId=UNKNOWN)),
    good(NARROW, "one port", SHUT, task(SHUT)),
    good(NARROW, "dynamic ports of the hosts", inline(32768, 65535, "10.0.0.0/8")),
    good(NARROW, "all ports to one address", *(one := inline(0, 65535, "10.0.0.7/32"), task(one))),
    bad(NARROW, "all ports", "opens ports 0 to 65535 of web to all of 10.0.0.0/8", WIDE, task(WIDE)),
    bad(NARROW, "nearly all ports", "ports 1024 to 65535", *(one := inline(1024, 65535, "10.1.0.0/16"), task(one))),
    bad(NARROW, "everything", "of web", *(one := inline(0, 0, "10.0.0.0/8", protocol="-1"), task(one))),
    bad(NARROW, "by a rule beside the group", "of web", BARE, task(BARE),
        a(tokens.INGRESS_RULE, "rule", depends={"securityGroupId": [BARE]}, ipProtocol="-1", cidrIpv4="10.0.0.0/8")),
    bad(NARROW, "by an older rule", "of web", BARE, task(BARE),
        a(tokens.SECURITY_GROUP_RULE, "rule", depends={"securityGroupId": [BARE]}, type="ingress", protocol="-1",
          cidrBlocks=["172.16.0.0/12"])),
    bad(NARROW, "by the default group", "of web", *(one := a(
        tokens.DEFAULT_SECURITY_GROUP, ingress=[{"protocol": "-1", "cidrBlocks": ["10.0.0.0/8"]}]), task(one))),
    unknown(NARROW, "the range", ingress_rule(cidrIpv4=UNKNOWN)),
    unknown(NARROW, "who carries it", WIDE, a(tokens.INSTANCE, vpcSecurityGroupIds=[UNKNOWN])),
    other(NARROW, "a group that nobody carries", WIDE),
    other(NARROW, "from another group", ingress_rule(referencedSecurityGroupId=UNKNOWN)),
    good(NARROW, "one port by a rule beside the group", ingress_rule(cidrIpv4="10.0.0.0/8")),
    good(NARROW, "an emptied default group", a(tokens.DEFAULT_SECURITY_GROUP)),
    good(NARROW, "one port by an older rule", separate(8080, 8080, ["10.0.0.0/8"])),
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
