"""Whom the tasks of a service may call beside HTTPS: databases, caches, networks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from typing import Final, Literal

import pulumi

from ..common.args import inputs
from ..common.inputs import range_problem
from .volume import NFS_PORT, AnyVolume, EfsVolume

_NAME: Final = re.compile(r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?\Z")
_IDS: Final = {"security_group_id": "sg-", "prefix_list_id": "pl-"}


@inputs
class Egress:
    """One destination: a security group, a network or a prefix list, at one port.

    `Egress.to(database.security_group_id, 5432)`, `Egress.to_cidr("10.20.0.0/16", 443)`,
    `Egress.to_prefix_list("pl-0123456789abcdef0", 443)`.
    """

    port: int
    """Port that is called, 1 to 65535."""
    protocol: Literal["tcp", "udp"] = "tcp"
    """By default TCP."""
    security_group_id: pulumi.Input[str] | None = None
    """Security group of what is called. By default another kind of destination is given."""
    cidr: pulumi.Input[str] | None = None
    """Network of IPv4 addresses. By default another kind of destination is given."""
    prefix_list_id: pulumi.Input[str] | None = None
    """Prefix list of AWS or of your own. By default another kind of destination is given."""
    name: str | None = None
    """Part of the names of the rules. By default protocol and port; give one where two destinations have both alike."""
    lets_in: bool = True
    """Whether the security group that is called gets the rule that lets the tasks in, too. False where whoever owns it
    makes that rule, for example inline in the group. By default it does."""

    def problem(self) -> str | None:
        """Whether it is not one destination, or an id is none."""
        given = [name for name in ("security_group_id", "cidr", "prefix_list_id") if getattr(self, name) is not None]
        if len(given) != 1:
            return f"security_group_id: give one of security_group_id, cidr and prefix_list_id, got {len(given)}"
        if not self.lets_in and self.security_group_id is None:
            return "lets_in: belongs to a security group, and there is none; leave it out"
        if self.name is not None and not _NAME.match(self.name):
            return f"name: must be up to 40 of a-z, 0-9 and -, got {self.name!r}"
        return range_problem("port", self.port, 1, 65_535) or self._destination_problem()

    def _destination_problem(self) -> str | None:
        for name, start in _IDS.items():
            given = getattr(self, name)
            if isinstance(given, str) and not re.fullmatch(rf"{start}[0-9a-f]+", given):
                return f"{name}: must be an id, {start}0123456789abcdef0, got {given!r}"
        return cidr_problem(self.cidr) if isinstance(self.cidr, str) else None

    @classmethod
    def to(
        cls, security_group_id: pulumi.Input[str], port: int, *, name: str | None = None, lets_in: bool = True
    ) -> Egress:
        """What has a security group: it gets the rule that lets the tasks in, too, unless `lets_in` is False."""
        return cls(port=port, security_group_id=security_group_id, name=name, lets_in=lets_in)

    @classmethod
    def to_cidr(cls, cidr: pulumi.Input[str], port: int, *, name: str | None = None) -> Egress:
        """A network, for example of an office or of another VPC."""
        return cls(port=port, cidr=cidr, name=name)

    @classmethod
    def to_prefix_list(cls, prefix_list_id: pulumi.Input[str], port: int, *, name: str | None = None) -> Egress:
        """Networks that somebody keeps under an id, for example those of S3."""
        return cls(port=port, prefix_list_id=prefix_list_id, name=name)

    @property
    def rule_name(self) -> str:
        """What tells its rules from the others of a service."""
        return self.name or f"{self.protocol}-{self.port}"


def cidr_problem(cidr: str) -> str | None:
    """Whether a text is no network of IPv4 addresses, written as AWS does."""
    try:
        IPv4Network(cidr)
    except (AddressValueError, NetmaskValueError, ValueError):
        return f"cidr: must be a network of IPv4 addresses without bits behind its length, 10.20.0.0/16, got {cidr!r}"
    return None if "/" in cidr else f"cidr: must have a length; write {cidr}/32"


def _files_problem(egress: Sequence[Egress], volumes: Mapping[str, AnyVolume]) -> str | None:
    """Whether a file system is mounted, and nothing leads to its mount targets."""
    mounted = [name for name, one in volumes.items() if isinstance(one, EfsVolume)]
    if not mounted or any(one.port == NFS_PORT for one in egress):
        return None
    return (
        f"volumes: {mounted[0]} is reached at port {NFS_PORT}; add Egress.to(group, {NFS_PORT}) to egress, with the "
        "security group of its mount targets"
    )


def _twice_problem(egress: Sequence[Egress], *, https: bool) -> str | None:
    """Whether the rules of two destinations would have one name, or one is there by egress_https."""
    if https and any((one.cidr, one.port, one.protocol) == ("0.0.0.0/0", 443, "tcp") for one in egress):
        return "egress: 0.0.0.0/0 at 443 is open by egress_https; leave it out"
    names = [one.rule_name for one in egress]
    twice = [name for name in names if names.count(name) > 1]
    return f"egress: two are called {twice[0]}; give each a name: Egress.to(group, port, name=...)" if twice else None


def egress_problem(egress: Sequence[Egress], *, https: bool, volumes: Mapping[str, AnyVolume]) -> str | None:
    """Whether a rule would be there twice, or one that a volume needs is not there; `https` is egress_https."""
    return _twice_problem(egress, https=https) or _files_problem(egress, volumes)
