"""Packing: whether tasks find places, if each goes where it fits most tightly, or where there is most room.

Both controllers judge by it whether tasks fit: the one before it changes the group's size, the other before it drains
an old generation.
"""

from bisect import insort
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .room import Room, slots, take
from .shapes import Shape, order


@dataclass(frozen=True, kw_only=True)
class ShapeCount:
    """A number of tasks of one shape."""

    shape: Shape
    count: int


@dataclass(frozen=True, kw_only=True)
class Packed:
    """Rooms after tasks were placed in them, and the tasks that found no place."""

    rooms: tuple[Room, ...]
    left: tuple[ShapeCount, ...]


def shape_counts(counts: Mapping[Shape, int]) -> tuple[ShapeCount, ...]:
    """The counts of a counter, in its order."""
    return tuple(ShapeCount(shape=shape, count=count) for shape, count in counts.items())


def merged(tasks: Iterable[ShapeCount]) -> tuple[ShapeCount, ...]:
    """The same tasks with each shape once."""
    counts: Counter[Shape] = Counter()
    for each in tasks:
        counts[each.shape] += each.count
    return shape_counts(counts)


def number(tasks: Iterable[ShapeCount]) -> int:
    """How many tasks of whatever shape."""
    return sum(each.count for each in tasks)


def pack(rooms: Iterable[Room], tasks: Sequence[ShapeCount]) -> Packed:
    """Place what is hardest to place first, in the fullest room that takes it.

    The answer depends on what the rooms offer, not on their names or order: an instance that was planned for counts
    the same once it is there.
    """
    places = sorted(rooms, key=Room.content)
    useful = _useful(places, tasks)
    left: list[ShapeCount] = []
    for wanted in sorted(tasks, key=lambda each: order(each.shape)):
        rest = wanted.count
        for index in useful:
            if rest <= 0:
                break
            if count := min(rest, slots(places[index], wanted.shape)):
                places[index] = take(places[index], wanted.shape, count)
                rest -= count
        if rest > 0:
            left.append(ShapeCount(shape=wanted.shape, count=rest))
    return Packed(rooms=tuple(places), left=tuple(left))


def spread(rooms: Iterable[Room], tasks: Sequence[ShapeCount]) -> Packed:
    """Place one task at a time in the emptiest room that takes it: the other extreme."""
    places = sorted(rooms, key=Room.content)
    left: list[ShapeCount] = []
    for wanted in sorted(tasks, key=lambda each: order(each.shape)):
        for done in range(wanted.count):
            index = next((i for i in range(len(places) - 1, -1, -1) if slots(places[i], wanted.shape)), None)
            if index is None:
                left.append(ShapeCount(shape=wanted.shape, count=wanted.count - done))
                break
            insort(places, take(places.pop(index), wanted.shape), key=Room.content)
    return Packed(rooms=tuple(places), left=tuple(left))


def _useful(places: Sequence[Room], tasks: Sequence[ShapeCount]) -> list[int]:
    """Rooms that could take the smallest of the tasks: in a full cluster hardly any, which saves most of the work."""
    if not tasks:
        return []
    cpu_units = min((each.shape for each in tasks), key=lambda shape: shape.cpu_units).cpu_units
    memory_mib = min((each.shape for each in tasks), key=lambda shape: shape.memory_mib).memory_mib
    interface = all(each.shape.interface for each in tasks)
    return [
        index
        for index, room in enumerate(places)
        if room.cpu_units >= cpu_units and room.memory_mib >= memory_mib and (room.interfaces or not interface)
    ]
