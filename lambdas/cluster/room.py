"""Slots: how many tasks of a shape an instance can still take."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from .shapes import Shape

UNLIMITED: Final = 1_000_000
"""Interfaces of a type that is not in the table. Counting none would add instances without end."""

Content = tuple[int, int, int, int, str, str, str]
"""What is free in a room, where, and what is used."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """What is free on one instance, seen or expected."""

    name: str
    """Instance id; of an expected one, a word that is unique."""
    zone: str
    instance_type: str
    """Of an expected one of a mixed group, each type that it may have, with commas between them."""
    cpu_units: int
    memory_mib: int
    interfaces: int
    gpus: int = 0
    tcp_ports: frozenset[int] = frozenset()
    """Ports in use."""
    udp_ports: frozenset[int] = frozenset()
    holds: frozenset[str] = frozenset()
    """Services with a task here, as far as their tasks must not share an instance."""
    connected: bool = True
    """False while the agent is away: nothing can be placed now, but one miss means nothing."""

    def content(self) -> Content:
        """Sort key by what is free, the fullest first: equal rooms are equal whatever their name."""
        used = _used(self.tcp_ports, self.udp_ports, self.holds)
        return (self.cpu_units, self.memory_mib, self.interfaces, self.gpus, self.zone, self.instance_type, used)


def slots(room: Room, shape: Shape) -> int:
    """How many tasks of the shape fit into the room; never negative."""
    if room.cpu_units < shape.cpu_units > 0 or room.memory_mib < shape.memory_mib > 0:
        return 0  # most rooms of a full cluster
    if shape.conditions and not _allowed(room, shape):
        return 0
    if shape.once and _taken(room, shape):
        return 0
    count = 1 if shape.once else UNLIMITED
    if shape.cpu_units:
        count = min(count, room.cpu_units // shape.cpu_units)
    if shape.memory_mib:
        count = min(count, room.memory_mib // shape.memory_mib)
    if shape.gpus:
        count = min(count, room.gpus // shape.gpus)
    if shape.interface:
        count = min(count, room.interfaces)
    return max(count, 0)


def take(room: Room, shape: Shape, count: int = 1) -> Room:
    """The room after tasks of the shape were placed there."""
    return Room(  # not `replace`, which takes twice as long
        name=room.name,
        zone=room.zone,
        instance_type=room.instance_type,
        connected=room.connected,
        cpu_units=room.cpu_units - count * shape.cpu_units,
        memory_mib=room.memory_mib - count * shape.memory_mib,
        interfaces=room.interfaces - count * shape.interface,
        gpus=room.gpus - count * shape.gpus,
        tcp_ports=room.tcp_ports | shape.tcp_ports,
        udp_ports=room.udp_ports | shape.udp_ports,
        holds=room.holds | {shape.distinct} if shape.distinct else room.holds,
    )


def total(rooms: Iterable[Room], shape: Shape) -> int:
    """How many tasks of the shape fit into all rooms."""
    return sum(slots(room, shape) for room in rooms)


def totals(rooms: Sequence[Room], shapes: Iterable[Shape]) -> dict[Shape, int]:
    """How many tasks of each shape fit into all rooms. The least of them is that of the shape hardest to place."""
    return {shape: total(rooms, shape) for shape in shapes}


def _allowed(room: Room, shape: Shape) -> bool:
    kinds = room.instance_type.split(",")
    return any(all(each.allows(room.zone, kind) for each in shape.conditions) for kind in kinds)


def _taken(room: Room, shape: Shape) -> bool:
    return bool(room.tcp_ports & shape.tcp_ports or room.udp_ports & shape.udp_ports) or (
        bool(shape.distinct) and shape.distinct in room.holds
    )


@lru_cache(maxsize=4096)
def _used(tcp_ports: frozenset[int], udp_ports: frozenset[int], holds: frozenset[str]) -> str:
    """Instances of a cluster differ little in it, and its text is slow to make."""
    return repr((sorted(tcp_ports), sorted(udp_ports), sorted(holds)))
