"""Every CIDR of the platform, from one address range.

The range is cut into eight zone slots. A slot's lower half holds the private subnet, where every task takes an
address of its own; the upper half is cut into eight small tiers, of which the public one is the first. A zone's slot
is the number in its zone id (`euc1-az2` has slot 2 in every account), so neither a further zone nor a further tier
moves a subnet that exists.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

ZONE_SLOTS = 8
"""Zones that have room. The largest Region has 6 (us-east-1; AWS, "Regions and Availability Zones")."""

LARGEST_PREFIX, SMALLEST_PREFIX = 16, 20
"""A VPC is a /16 at most (AWS, "VPC CIDR blocks"). Below a /20 a public subnet would be smaller than the /27 that a
load balancer asks for (ELB user guide, "Subnets for your load balancer")."""

PRIVATE = tuple(map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))
"""Ranges of which nobody on the internet has an address (RFC 1918), and shared address space (RFC 6598), which a VPC
may have too. Python's `is_private` says more than that: loopback, link-local, documentation and reserved ranges."""

DOCKER_BRIDGE = ipaddress.IPv4Network("172.17.0.0/16")
"""What Docker gives its bridge on every instance: addresses of the VPC within it cannot be reached from there (VPC user
guide, "VPC CIDR blocks")."""

_ZONE_BITS = 3
_PRIVATE_BITS = 4
_TIER_BITS = 7


class Tier(IntEnum):
    """The small subnets of a zone, by their place in its upper half; places 1 to 7 are free for later tiers."""

    PUBLIC = 0


@dataclass(frozen=True, kw_only=True)
class Zone:
    """An Availability Zone: `id` means the same place in every account, `name` is what this account calls it."""

    id: str
    name: str

    @property
    def slot(self) -> int:
        """The number in the zone id, 1 to 8. Raises ValueError for an id without one, or beyond the last slot."""
        number = re.search(r"-az(\d+)$", self.id)
        if not number or not 1 <= int(number[1]) <= ZONE_SLOTS:
            raise ValueError(f"zone {self.id}: the id must end in -az1 to -az{ZONE_SLOTS}, use other zones")
        return int(number[1])


@dataclass(frozen=True)
class AddressPlan:
    """The subnets within `cidr`, a private IPv4 range from /16 to /20. Raises ValueError for any other."""

    cidr: str

    def __post_init__(self) -> None:
        problem = range_problem(self.cidr)
        if problem:
            raise ValueError(f"cidr: {problem}")

    @property
    def _network(self) -> ipaddress.IPv4Network:
        return ipaddress.IPv4Network(self.cidr)

    def _cut(self, bits: int, place: int) -> ipaddress.IPv4Network:
        size = 1 << (32 - self._network.prefixlen - bits)
        return ipaddress.IPv4Network((int(self._network.network_address) + place * size, 32 - size.bit_length() + 1))

    def private(self, zone: Zone) -> str:
        """The private subnet of a zone: a sixteenth of the range (a /16 gives 4,091 usable addresses a zone)."""
        return str(self._cut(_PRIVATE_BITS, 2 * (zone.slot - 1)))

    def small(self, tier: Tier, zone: Zone) -> str:
        """A small subnet of a zone: a 128th of the range (a /16 gives 507 usable addresses, a /20 gives 27)."""
        tiers_per_slot = 1 << (_TIER_BITS - _ZONE_BITS)
        return str(self._cut(_TIER_BITS, tiers_per_slot * (zone.slot - 1) + tiers_per_slot // 2 + tier))

    def public(self, zone: Zone) -> str:
        """The public subnet of a zone: load balancer and NAT gateway, no instances and no tasks."""
        return self.small(Tier.PUBLIC, zone)


def range_problem(cidr: str) -> str | None:
    """What makes a range unusable, and what to do; None where it can be used."""
    try:
        network = ipaddress.IPv4Network(cidr)
    except ValueError as error:
        return f"{cidr!r} is no IPv4 range ({error}); write one like 10.0.0.0/16"
    if not any(network.subnet_of(private) for private in PRIVATE):
        return f"{cidr} is not a private range; take one within {', '.join(map(str, PRIVATE))}"
    if network.overlaps(DOCKER_BRIDGE):
        return f"{cidr} holds addresses that Docker gives its bridge on each instance; take one outside {DOCKER_BRIDGE}"
    if not LARGEST_PREFIX <= network.prefixlen <= SMALLEST_PREFIX:
        return f"{cidr} has prefix /{network.prefixlen}; take /{LARGEST_PREFIX} to /{SMALLEST_PREFIX}"
    return None


def choose_zones(
    available: Sequence[Zone], count: int, ids: Sequence[str], lacking: Mapping[str, Sequence[str]]
) -> list[Zone]:
    """The zones to use: those named in `ids`, or else the first `count` by id of those that lack nothing.

    `lacking` holds what zones do not offer: zone id → instance types. Raises ValueError where zones are missing.
    """
    by_id = {zone.id: zone for zone in available}
    if ids:
        problems = [_problem_of(zone_id, by_id, lacking) for zone_id in sorted(set(ids))]
        if said := "; ".join(problem for problem in problems if problem):
            others = ", ".join(_complete(by_id, lacking)) or "none"
            raise ValueError(f"{said}; zones with all types are {others}: name these, or change instances.types")
        return [by_id[zone_id] for zone_id in sorted(set(ids))]
    complete = _complete(by_id, lacking)
    if len(complete) < count:
        without = "".join(f", {zone_id} offers no {', '.join(lacking[zone_id])}" for zone_id in sorted(lacking))
        remedy = "ask for fewer, or change instances.types" if without else "ask for fewer"
        raise ValueError(
            f"{count} zones asked for, the Region has {len(complete)} that can be used ({', '.join(complete)})"
            f"{without}; {remedy}"
        )
    return [by_id[zone_id] for zone_id in complete][:count]


def _complete(by_id: Mapping[str, Zone], lacking: Mapping[str, Sequence[str]]) -> list[str]:
    return [zone_id for zone_id in sorted(by_id) if not lacking.get(zone_id)]


def _problem_of(zone_id: str, by_id: Mapping[str, Zone], lacking: Mapping[str, Sequence[str]]) -> str:
    if zone_id not in by_id:
        return f"{zone_id} is not in this Region"
    return f"{zone_id} offers no {', '.join(lacking[zone_id])}" if lacking.get(zone_id) else ""
