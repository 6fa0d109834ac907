"""Free addresses: each task takes one of its subnet, and where none is left it stops before it starts."""

from collections.abc import Iterable
from typing import Any, Final

from ..cluster.snapshot import Group

RESERVED: Final = 5
"""Addresses of each subnet that AWS keeps (Amazon VPC user guide, "Subnet sizing for IPv4")."""


def read_free_percent(ec2: Any, groups: Iterable[Group]) -> float | None:
    """Percent of the addresses that are free in the fullest of the groups' subnets, None without any; one call."""
    ids = sorted({subnet for group in groups for subnet in group.subnet_ids})
    found = ec2.describe_subnets(SubnetIds=ids)["Subnets"] if ids else []
    return min(
        (free_percent(each["CidrBlock"], each["AvailableIpAddressCount"]) for each in found if "CidrBlock" in each),
        default=None,
    )


def free_percent(cidr: str, free: int) -> float:
    """Percent of a subnet's usable addresses."""
    return 100 * free / (2 ** (32 - int(cidr.rpartition("/")[2])) - RESERVED)
