"""Whether the private subnets of an environment have addresses for a refresh at its largest size. Pure."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.capacity.free_addresses import RESERVED

from .checked import Checked, judged

Raw = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """What is in the group's subnets at the most: during a refresh at its largest size."""

    instances: int
    """Of the group: maxSize, and what a refresh starts before old ones go."""
    zones: int
    tasks: int
    """Of one instance, each with an interface, and so an address, of its own."""
    trunking: bool

    @property
    def of_one(self) -> int:
        """Addresses of one instance with its tasks: its own, one of its trunk interface, one of each task."""
        return 1 + self.trunking + self.tasks

    @property
    def of_zone(self) -> int:
        """Addresses in the subnet of one zone; the group spreads its instances evenly."""
        return math.ceil(self.instances / self.zones) * self.of_one


def private_subnets(subnets: Iterable[Raw], cluster: str, tags: Mapping[str, str]) -> list[Raw]:
    """Those of the environment, by the tags that the program gives them."""
    return [
        each
        for each in subnets
        if (own := tags_of(each)).items() >= tags.items() and own.get("Name", "").startswith(f"{cluster}-private-")
    ]


def tags_of(resource: Raw) -> dict[str, str]:
    """The tags of a resource of EC2."""
    return {tag["Key"]: tag["Value"] for tag in resource.get("Tags", [])}


def planned_addresses(cidr: str, subnet: str, crowd: Crowd) -> Checked:
    """Before there are subnets: whether one of this size, of a VPC of `cidr`, will do."""
    usable = _usable(subnet)
    said = f"{usable} in each private subnet of {cidr}, {crowd.of_zone} wanted by a refresh at maxSize"
    remedy = "a larger network.cidr: a subnet cannot grow"
    return judged("free addresses", said, ok=crowd.of_zone <= usable, remedy=remedy)


def _usable(subnet: str) -> int:
    return ipaddress.IPv4Network(subnet).num_addresses - RESERVED


def checked_addresses(subnets: Iterable[Raw], instances: Mapping[str, int], crowd: Crowd) -> Iterator[Checked]:
    """A line for each subnet; `instances` are those that it has now.

    They hold as many of the taken addresses as they could: which are theirs is not told, and what more than that is
    taken belongs to others, such as endpoints.
    """
    for each in subnets:
        free = int(each["AvailableIpAddressCount"])
        held = min(_usable(each["CidrBlock"]) - free, instances.get(each["SubnetId"], 0) * crowd.of_one)
        wanted = max(0, crowd.of_zone - held)
        said = f"{free} free, {wanted} more wanted by a refresh at maxSize"
        remedy = "lower instances.maxSize or tasksPerInstance, or move out what else is in it: a subnet cannot grow"
        what = f"addresses of {each['SubnetId']} ({each['AvailabilityZone']})"
        yield judged(what, said, ok=wanted <= free, remedy=remedy)
