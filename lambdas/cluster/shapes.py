"""Shapes: what a task takes of an instance and where it may go; and those of them that are hardest to place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from .placement_constraints import Condition, parse
from .services import Service, TaskDefinition


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What one task reserves."""

    cpu_units: int
    memory_mib: int
    interface: bool = False
    """Whether it has a network interface of its own (awsvpc mode)."""
    tcp_ports: frozenset[int] = frozenset()
    udp_ports: frozenset[int] = frozenset()
    gpus: int = 0
    conditions: tuple[Condition, ...] = ()
    distinct: str = ""
    """Name of the service whose tasks must not share an instance; empty if they may."""

    @cached_property
    def once(self) -> bool:
        """Whether an instance can take one of these at most."""
        return bool(self.tcp_ports or self.udp_ports or self.distinct)

    @cached_property
    def order(self) -> tuple[Any, ...]:
        """Sort key: what is hardest to place comes first. 1/1024 vCPU weighs as much as 2 MiB, as on m instances."""
        size = 2 * self.cpu_units + self.memory_mib
        ports = (sorted(self.tcp_ports), sorted(self.udp_ports)) if self.once else ()
        rest = (self.cpu_units, self.interface, ports, repr(self.conditions), self.distinct)  # not all: repr is slow
        return (-self.gpus, -len(self.conditions), -int(self.once), -size, *rest)

    def covers(self, other: "Shape") -> bool:
        """Whether room for this shape is always room for the other, too."""
        return (
            self.cpu_units >= other.cpu_units
            and self.memory_mib >= other.memory_mib
            and self.interface >= other.interface
            and self.gpus >= other.gpus
            and self.tcp_ports >= other.tcp_ports
            and self.udp_ports >= other.udp_ports
            and set(self.conditions) >= set(other.conditions)
            and other.distinct in ("", self.distinct)
        )

    def crowds_out(self, other: "Shape") -> int:
        """How many tasks of another shape one of this takes the place of at most; of interfaces, both need one."""
        pairs = (
            (self.cpu_units, other.cpu_units),
            (self.memory_mib, other.memory_mib),
            (self.gpus, other.gpus),
        )
        return max([1, *(-(-own // each) for own, each in pairs if each)])

    def text(self) -> str:
        """The shape in words, for logs."""
        parts = [f"{self.cpu_units} CPU", f"{self.memory_mib} MiB"]
        parts += ["interface"] if self.interface else []
        parts += [f"{self.gpus} GPU"] if self.gpus else []
        parts += [f"port {port}" for port in sorted(self.tcp_ports | self.udp_ports)]
        parts += [f"{each.attribute} {each.operator} {','.join(each.values)}" for each in self.conditions]
        parts += [f"distinct {self.distinct}"] if self.distinct else []
        return ", ".join(parts)


def shape_of(definition: TaskDefinition, service: Service | None = None) -> Shape:
    """The shape of a task of this definition, in this service."""
    conditions, _ = parse((*definition.constraints, *(service.constraints if service else ())))
    return Shape(
        cpu_units=definition.cpu_units,
        memory_mib=definition.memory_mib,
        interface=definition.has_interface,
        tcp_ports=definition.tcp_ports,
        udp_ports=definition.udp_ports,
        gpus=definition.gpus,
        conditions=conditions,
        distinct=service.name if service and service.distinct else "",
    )


def hardest(shapes: Iterable[Shape]) -> tuple[Shape, ...]:
    """Those that no other one covers, the largest first. Room for them is room for all.

    `distinctInstance` and fixed ports are left out: they ask for a further instance with each task by their nature, and
    as headroom they would cost empty instances for every service that has them. Its unplaced tasks count when there
    are any.
    """
    found: list[Shape] = []
    nowhere = frozenset[int]()
    bare = {replace(each, distinct="", tcp_ports=nowhere, udp_ports=nowhere) for each in shapes}
    for shape in sorted(bare, key=lambda each: each.order):
        if not any(kept.covers(shape) for kept in found):
            found = [kept for kept in found if not shape.covers(kept)]
            found.append(shape)
    return tuple(found)


def ignored_constraints(services: Iterable[Service], definitions: Mapping[str, TaskDefinition]) -> tuple[str, ...]:
    """Expressions that are not understood, and so count as satisfied."""
    constraints = [each for service in services for each in service.constraints]
    constraints += [each for definition in definitions.values() for each in definition.constraints]
    return parse(constraints)[1]
