"""What a security group or a network ACL allows in, in all forms in which a program can say it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from itertools import product
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import blocks, is_true, known, listed, number
from ecs_operations.facts.values import Unknown, UnknownInputError

SECURITY_GROUPS = (tokens.SECURITY_GROUP, tokens.DEFAULT_SECURITY_GROUP)
HOLDERS = (*SECURITY_GROUPS, tokens.SECURITY_GROUP_RULE, tokens.INGRESS_RULE)
"""Types that may hold ingress rules."""
ALL_PORTS, NO_PORTS = range(65536), range(0)
PROTOCOLS = {"-1": "all", "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "icmp6": "icmpv6"}
"""Numbers of protocols (source: IANA, Assigned Internet Protocol Numbers) → their names."""
WITH_PORTS = ("tcp", "udp", "all")
ICMP = ("icmp", "icmpv6")
WIDE = {4: 2**24, 6: 2**112}
"""Version of IP → public addresses that nobody has alone: an IPv4 /8, an IPv6 /16. Whoever may come from so many is
anybody; two halves of the Internet are the Internet."""

Network = IPv4Network | IPv6Network
PRIVATE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")))
"""Source: RFC 1918, RFC 6598, RFC 4193."""


@dataclass(frozen=True)
class Opening:
    """One ingress rule. Its values are read when they are asked for, and raise UnknownInputError when not known."""

    block: Any
    """The rule, with the names that inline rules of a group have; or an Unknown."""
    lists: tuple[Resource, ...] = ()
    """Prefix lists of this stack that it may name, and their entries."""

    @property
    def ranges(self) -> list[Any]:
        """The address ranges from which it allows, unknown ones too; rules from other security groups have none."""
        found = [*listed(self._get("cidrBlocks")), *listed(self._get("ipv6CidrBlocks"))]
        if self._get("prefixListIds"):
            found += [range_ for one in self.lists for range_ in _entries(one)]
        return found

    @property
    def networks(self) -> tuple[Network, ...]:
        """The address ranges from which it allows."""
        return networks(map(known, self.ranges))

    @property
    def certain(self) -> tuple[Network, ...]:
        """Those of the address ranges that are known."""
        return networks(text for text in self.ranges if not isinstance(text, Unknown))

    @property
    def names_no_range(self) -> bool:
        """Whether it is for security groups or prefix lists, whose addresses only AWS knows."""
        return bool(listed(self._get("securityGroups")) or listed(self._get("prefixListIds")) or self._get("self"))

    @property
    def own(self) -> bool:
        """Whether it allows from the group itself and nobody else."""
        return is_true(self._get("self")) and not self.ranges and not listed(self._get("securityGroups"))

    @property
    def protocol(self) -> str:
        """`tcp`, `udp`, `icmp`, `icmpv6`, `all`, or the number of another protocol."""
        text = str(self._get("protocol")).lower()
        return PROTOCOLS.get(text.removesuffix(".0"), text)

    @property
    def ports(self) -> range:
        """The ports that it opens; none for a protocol without ports, or when the range is reversed."""
        if self.protocol not in WITH_PORTS:
            return NO_PORTS
        first, last = number(self._get("fromPort")), number(self._get("toPort"))
        if self.protocol == "all" or first in (None, -1):
            return ALL_PORTS
        return range(int(first or 0), int(first if last is None else last) + 1)

    def opens(self, port: int, protocol: str = "tcp") -> bool:
        """Return whether it opens a port for a protocol."""
        return self.protocol in (protocol, "all") and port in self.ports

    @property
    def world(self) -> bool:
        """Whether anybody may come in."""
        return is_world(self.certain) or is_world(self.networks)

    def _get(self, name: str) -> Any:
        return known(known(self.block).get(name))


def openings(holder: Resource, graph: Graph) -> list[Opening]:
    """Return the ingress rules of a resource of HOLDERS. Raises UnknownInputError when nothing of them is known."""
    return _rules(holder, graph, "ingress", tokens.INGRESS_RULE)


def exits(holder: Resource, graph: Graph) -> list[Opening]:
    """Return the egress rules of a security group or of a rule of its own, as `openings` does the ingress rules."""
    return _rules(holder, graph, "egress", tokens.EGRESS_RULE)


def _rules(holder: Resource, graph: Graph, direction: str, own: str) -> list[Opening]:
    if holder.type == own:
        block = {
            "protocol": holder.inputs.get("ipProtocol"),
            "fromPort": holder.inputs.get("fromPort"),
            "toPort": holder.inputs.get("toPort"),
            "cidrBlocks": _one(holder, "cidrIpv4"),
            "ipv6CidrBlocks": _one(holder, "cidrIpv6"),
            "prefixListIds": _one(holder, "prefixListId"),
            "securityGroups": _one(holder, "referencedSecurityGroupId"),
        }
        return [Opening(block, _lists(holder, "prefixListId", graph))]
    if holder.type == tokens.SECURITY_GROUP_RULE:
        if holder.get("type") != direction:
            return []
        return [Opening({**holder.inputs, "securityGroups": _one(holder, "sourceSecurityGroupId")},
                        _lists(holder, "prefixListIds", graph))]  # fmt: skip
    return [Opening(block, _lists(holder, direction, graph)) for block in blocks(holder.inputs.get(direction))]


def _one(holder: Resource, name: str) -> list[Any]:
    return [holder.inputs[name]] if holder.has(name) else []


def _lists(holder: Resource, property_: str, graph: Graph) -> tuple[Resource, ...]:
    named = (graph.get(urn) for urn in holder.dependencies.get(property_, ()))
    lists = tuple(one for one in named if one is not None and one.type == tokens.PREFIX_LIST)
    kinds = (tokens.PREFIX_LIST_ENTRY,)
    return (*lists, *(entry for one in lists for entry in graph.referring(kinds, "prefixListId", one, "id")))


def _entries(holder: Resource) -> list[Any]:
    """The ranges of a prefix list, or of an entry of its own."""
    if holder.type == tokens.PREFIX_LIST_ENTRY:
        return [holder.inputs.get("cidr")]
    return [known(entry).get("cidr") for entry in blocks(holder.inputs.get("entries"))]


def networks(texts: Iterable[Any]) -> tuple[Network, ...]:
    """Return the address ranges that these texts name; what names none is left out."""
    return tuple(found for text in texts if (found := _network(str(text))) is not None)


def is_world(given: Iterable[Network]) -> bool:
    """Return whether these ranges together hold so many public addresses that anybody may have one."""
    public = [one for one in given if not is_private(one)]
    return any(_addresses(public, version) >= wide for version, wide in WIDE.items())


def is_private(network: Network) -> bool:
    """Return whether no address of a range is reached from the Internet."""
    return any(network.version == own.version and network.subnet_of(own) for own in PRIVATE)  # pyright: ignore[reportArgumentType]


def _addresses(given: Iterable[Network], version: int) -> int:
    of_version: list[Any] = [one for one in given if one.version == version]
    return sum(one.num_addresses for one in collapse_addresses(of_version))


@cache
def _network(text: str) -> Network | None:
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError:
        return None


CARRIERS = {
    tokens.LAUNCH_TEMPLATE: ("vpcSecurityGroupIds", "networkInterfaces", "securityGroupNames"),
    tokens.LAUNCH_CONFIGURATION: ("securityGroups",),
    tokens.INSTANCE: ("vpcSecurityGroupIds", "securityGroups"),
    tokens.SERVICE: ("networkConfiguration",),
}
"""Type of a host or of tasks → properties with its security groups."""


def groups_of(holder: Resource, graph: Graph) -> tuple[Resource, ...]:
    """Return the security groups of this stack that a resource of HOLDERS belongs to."""
    if holder.type in SECURITY_GROUPS:
        return (holder,)
    return graph.targets(holder, "securityGroupId", SECURITY_GROUPS, "id")


def carrier(groups: Iterable[Resource], graph: Graph) -> Resource | None:
    """Return a host or a service of this stack that carries one of these security groups.

    Raises UnknownInputError when none does, but one of unknown groups may.
    """
    lost: UnknownInputError | None = None
    for group, (token, properties) in product(groups, CARRIERS.items()):
        for property_ in properties:
            try:
                for found in graph.sources((token,), property_, group, "id", "name"):
                    return found
            except UnknownInputError as unknown:
                lost = lost or unknown
    if lost is not None:
        raise lost
    return None
