"""What a security group allows in, in the three forms in which a program can say it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource

WORLD = frozenset({"0.0.0.0/0", "::/0"})
HOLDERS = (tokens.SECURITY_GROUP, tokens.DEFAULT_SECURITY_GROUP, tokens.SECURITY_GROUP_RULE, tokens.INGRESS_RULE)
"""Types that may hold ingress rules."""
ALL_PORTS = range(65536)


@dataclass(frozen=True)
class Opening:
    """One ingress rule from address ranges."""

    ports: range
    ranges: tuple[str, ...]

    @property
    def world(self) -> bool:
        """Whether anybody may come in."""
        return any(item in WORLD for item in self.ranges)


def openings(resource: Resource) -> Iterator[Opening]:
    """Yield the ingress rules of a resource that have address ranges; rules from other security groups are left out."""
    if resource.type == tokens.INGRESS_RULE:
        ranges = [resource.get(name) for name in ("cidrIpv4", "cidrIpv6") if resource.has(name)]
        if ranges:
            yield _opening(resource.inputs, "ipProtocol", ranges)
    elif resource.type == tokens.SECURITY_GROUP_RULE:
        if resource.get("type") == "ingress":
            yield from _block(resource.inputs)
    else:
        for block in resource.get("ingress", default=[]):
            yield from _block(block)


def _block(block: Any) -> Iterator[Opening]:
    ranges = [*(block.get("cidrBlocks") or ()), *(block.get("ipv6CidrBlocks") or ())]
    if ranges:
        yield _opening(block, "protocol", ranges)


def _opening(block: Any, protocol: str, ranges: list[Any]) -> Opening:
    texts = tuple(f"{item}" for item in ranges)
    if str(block.get(protocol)) in ("-1", "all") or block.get("fromPort") in (None, -1):
        return Opening(ALL_PORTS, texts)
    return Opening(range(int(block["fromPort"]), int(block["toPort"]) + 1), texts)
