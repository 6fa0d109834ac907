"""The room that is needed: whether rooms hold the demand, keep the headroom, and survive the loss of a zone."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..cluster.packing import Packed, ShapeCount, pack, spread
from ..cluster.room import Room, schedulable
from ..cluster.shapes import Shape


@dataclass(frozen=True, kw_only=True)
class NeededRoom:
    """What there must be room for."""

    demand: tuple[ShapeCount, ...]
    """Tasks without a place."""
    shapes: tuple[Shape, ...]
    """The shapes that are hardest to place."""
    headroom_tasks: int
    """How many of each of them must fit beside the demand."""
    displaced: tuple[tuple[str, tuple[ShapeCount, ...]], ...] = ()
    """For each zone that may be lost: the tasks that its loss would displace, as far as others can take them."""


def suffices(rooms: Sequence[Room], away: Sequence[Room], needed: NeededRoom) -> bool:
    """Whether the rooms are enough if tasks are packed.

    Instances whose agent is away count as headroom, but not for demand: they are likely back in a moment, and if not
    they are replaced.
    """
    return _holds(pack(rooms, needed.demand), away, needed)


def suffices_however_placed(rooms: Sequence[Room], needed: NeededRoom) -> bool:
    """Whether the rooms are enough both when the demand is packed and when it is spread."""
    return all(_holds(placed, (), needed) for placed in (pack(rooms, needed.demand), spread(rooms, needed.demand)))


def _holds(packed: Packed, away: Sequence[Room], needed: NeededRoom) -> bool:
    if packed.left:
        return False
    if needed.shapes and schedulable((*packed.rooms, *away), needed.shapes) < needed.headroom_tasks:
        return False
    return all(_survives(packed, zone, tasks) for zone, tasks in needed.displaced)


def _survives(packed: Packed, zone: str, tasks: tuple[ShapeCount, ...]) -> bool:
    return not pack((room for room in packed.rooms if room.zone != zone), tasks).left
