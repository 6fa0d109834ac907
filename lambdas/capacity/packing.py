"""Packing: whether tasks find places, if each goes where it fits most tightly, or where there is most room."""

from bisect import insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .demand import Want
from .shapes import order
from .slots import Room, slots, take


@dataclass(frozen=True, kw_only=True)
class Packed:
    """Rooms after tasks were placed in them, and the tasks that found no place."""

    rooms: tuple[Room, ...]
    left: tuple[Want, ...]


def pack(rooms: Iterable[Room], demand: Sequence[Want]) -> Packed:
    """Place what is hardest to place first, in the fullest room that takes it.

    The answer depends on what the rooms offer, not on their names or order: an instance that was planned for counts
    the same once it is there.
    """
    places = sorted(rooms, key=Room.content)
    useful = _useful(places, demand)
    left: list[Want] = []
    for want in sorted(demand, key=lambda each: order(each.shape)):
        rest = want.count
        for index in useful:
            if rest <= 0:
                break
            if count := min(rest, slots(places[index], want.shape)):
                places[index] = take(places[index], want.shape, count)
                rest -= count
        if rest > 0:
            left.append(Want(shape=want.shape, count=rest))
    return Packed(rooms=tuple(places), left=tuple(left))


def spread(rooms: Iterable[Room], demand: Sequence[Want]) -> Packed:
    """Place one task at a time in the emptiest room that takes it: the other extreme."""
    places = sorted(rooms, key=Room.content)
    left: list[Want] = []
    for want in sorted(demand, key=lambda each: order(each.shape)):
        for done in range(want.count):
            index = next((i for i in range(len(places) - 1, -1, -1) if slots(places[i], want.shape)), None)
            if index is None:
                left.append(Want(shape=want.shape, count=want.count - done))
                break
            insort(places, take(places.pop(index), want.shape), key=Room.content)
    return Packed(rooms=tuple(places), left=tuple(left))


def _useful(places: Sequence[Room], demand: Sequence[Want]) -> list[int]:
    """Rooms that could take the least of all demands: in a full cluster hardly any, which saves most of the work."""
    if not demand:
        return []
    cpu_units = min((each.shape for each in demand), key=lambda shape: shape.cpu_units).cpu_units
    memory_mib = min((each.shape for each in demand), key=lambda shape: shape.memory_mib).memory_mib
    interface = all(each.shape.interface for each in demand)
    return [
        index
        for index, room in enumerate(places)
        if room.cpu_units >= cpu_units and room.memory_mib >= memory_mib and (room.interfaces or not interface)
    ]
