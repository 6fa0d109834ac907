"""Network ACLs by their effect: the first rule that matches a packet decides, and answers need a rule, too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.ingress import Opening
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import blocks, is_true, known, number

ACLS = (tokens.NETWORK_ACL, tokens.DEFAULT_NETWORK_ACL)
ANSWERS = (32_768, 60_999)
"""Ports to which answers come on Linux (source: Amazon VPC user guide, Network ACLs: ephemeral ports)."""
HTTPS, HTTP = 443, 80
WORLD = "198.51.100.1"
"""An address that stands for any in the Internet (RFC 5737)."""
PRIVATE = ("10.0.0.1", "172.16.0.1", "192.168.0.1")
FIRST_OF_AWS = 100
"""The number of the rule that lets everything pass in an ACL that AWS makes (source: Amazon VPC user guide)."""


@dataclass(frozen=True)
class AclRule:
    """One rule of a network ACL."""

    number: float
    egress: bool
    allows: bool
    opening: Opening

    def matches(self, address: str, port: int) -> bool:
        """Return whether it decides about TCP with an address and a port."""
        found = ip_address(address)
        return self.opening.opens(port) and any(found in network for network in self.opening.networks)


EVERYTHING = {"protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]}


def rules_of_aws() -> list[AclRule]:
    """Return what an ACL has that AWS made with the VPC."""
    return [AclRule(FIRST_OF_AWS, egress=egress, allows=True, opening=Opening(EVERYTHING)) for egress in (False, True)]


def rules_of(graph: Graph, acl: Resource) -> list[AclRule]:
    """Return the rules of a network ACL, inline or resources of their own."""
    inline = [
        _rule(known(block), "ruleNo", "action", egress=egress)
        for egress, name in ((False, "ingress"), (True, "egress"))
        for block in blocks(acl.inputs.get(name) or [])
    ]
    return [*inline, *map(rule_of, graph.sources((tokens.NETWORK_ACL_RULE,), "networkAclId", acl, "id"))]


def rule_of(rule: Resource) -> AclRule:
    """Return what a rule of its own says."""
    return _rule(dict(rule.inputs), "ruleNumber", "ruleAction", egress=is_true(rule.get("egress", default=False)))


def _rule(block: dict[str, object], number_: str, action: str, *, egress: bool) -> AclRule:
    ranges = {"cidrBlocks": block.get("cidrBlock"), "ipv6CidrBlocks": block.get("ipv6CidrBlock")}
    allows = str(known(block.get(action))).lower() == "allow"
    return AclRule(number(block.get(number_)) or 0, egress=egress, allows=allows, opening=Opening({**block, **ranges}))


def passes(rules: list[AclRule], address: str, port: int, *, egress: bool) -> bool:
    """Return whether TCP passes, with an address of the other end and the port that it goes to."""
    for rule in sorted((one for one in rules if one.egress is egress), key=lambda one: one.number):
        if rule.matches(address, port):
            return rule.allows
    return False


def refusals(rules: list[AclRule]) -> Iterator[str]:
    """Yield what is refused although something else shows that it is wanted."""
    for egress, way, back in ((False, "in", "out"), (True, "out", "in")):
        passing = list(_passing(rules, egress=egress))
        if not passing:
            yield f"lets nothing {way}"
        asked = ((address, port) for address, port in passing if port < ANSWERS[0])
        for address, port in asked:
            if not all(passes(rules, address, answer, egress=not egress) for answer in ANSWERS):
                yield f"lets TCP to port {port} {way}, but not its answers {back} (ports {ANSWERS[0]} to {ANSWERS[1]})"
                break


def _passing(rules: list[AclRule], *, egress: bool) -> Iterator[tuple[str, int]]:
    """Yield an address and a port for each rule that lets something pass; of a rule for answers, one of theirs."""
    for rule in rules:
        if not rule.allows or rule.egress is not egress or not rule.opening.ports:
            continue
        first = rule.opening.ports[0]
        for network in rule.opening.networks:
            address = WORLD if ip_address(WORLD) in network else str(network[0])
            for port in (HTTPS, HTTP, ANSWERS[0], first):
                if rule.matches(address, port) and passes(rules, address, port, egress=egress):
                    yield address, port
                    break
