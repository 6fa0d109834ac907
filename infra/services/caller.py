"""Who calls a service, and is none of the program's services."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any, Final

import pulumi

from ..common.args import refused
from ..common.inputs import known_text_problem, said
from ..common.shapes import shape_problem
from .egress import cidr_problem

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\Z")
_STARTS: Final = {"security_group_id": "sg-", "prefix_list_id": "pl-"}

WIDEST: Final = 8
"""Length of the widest private network, 10.0.0.0/8 (RFC 1918)."""

EVERYBODY: Final = "0.0.0.0/0"
"""The network of every address: for a public load balancer, and for nothing else."""


@dataclass(frozen=True)
class Caller:
    """What is no service of the program, known by its security group, by a prefix list or by a network.

    `Caller("web", stack.require_output("webGroup"))`, `Caller("office", prefix_list_id="pl-0123456789abcdef0")`,
    `Caller("branch", cidr="10.20.0.0/16")`.
    """

    name: str
    """Different for each caller of a service: it is part of the rules' names."""
    security_group_id: pulumi.Input[str] | None = None
    """Its security group, which gets the rule by which it calls. By default one of the others is given."""
    prefix_list_id: pulumi.Input[str] | None = None
    """Networks that somebody keeps under an id. By default one of the others is given."""
    cidr: pulumi.Input[str] | None = None
    """Network of IPv4 addresses. By default one of the others is given."""

    def __post_init__(self) -> None:
        if problem := self._problem():
            raise refused(f"Caller.{problem}")

    @property
    def source(self) -> pulumi.Input[str] | None:
        """Whatever it is known by."""
        return next((one for one in (self.security_group_id, self.prefix_list_id, self.cidr) if one is not None), None)

    @property
    def is_everybody(self) -> bool:
        """Whether it is every address."""
        return self.cidr == EVERYBODY

    @property
    def known_cidr(self) -> pulumi.Input[str] | None:
        """The network. Raises pulumi.RunError where an Output turns out to be none, or too wide a one."""
        return self.cidr if self.cidr is None or isinstance(self.cidr, str) else self._later(self.cidr)

    def _problem(self) -> str | None:
        name: Any = self.name
        if not (isinstance(name, str) and _NAME.match(name)):
            return f"name: must be up to 40 of a-z, 0-9 and -, got {said(name)}"
        given = [name for name in ("security_group_id", "prefix_list_id", "cidr") if getattr(self, name) is not None]
        if len(given) != 1:
            return f"security_group_id: give one of security_group_id, prefix_list_id and cidr of {self.name}"
        return shape_problem(given[0], self.source, pulumi.Input[str]) or self._source_problem(given[0])

    def _source_problem(self, kind: str) -> str | None:
        if not isinstance(self.source, str):
            return None
        if self.cidr is not None:
            return None if self.is_everybody else network_problem(self.source)
        start = _STARTS[kind]
        if self.source.startswith(start):
            return None
        return f"{kind}: must be an id, {start}0123456789abcdef0, got {self.source!r}"

    def _later(self, cidr: pulumi.Input[str]) -> pulumi.Output[str]:
        def checked(known: Any) -> str:
            if problem := known_text_problem("cidr:", known) or network_problem(known):
                raise pulumi.RunError(f"{self.name}: Caller.{problem}")
            return known

        return pulumi.Output.from_input(cidr).apply(checked)


def network_problem(cidr: str) -> str | None:
    """Whether a text is no network, or a part of everybody."""
    if problem := cidr_problem(cidr):
        return problem
    if IPv4Network(cidr).prefixlen >= WIDEST:
        return None
    return (
        f"cidr: must be /{WIDEST} or narrower, which the widest private network is, got {cidr}; everybody is "
        f"{EVERYBODY!r} as a text, at a public load balancer alone"
    )
