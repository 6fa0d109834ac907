"""Enough: whether rooms hold the demand, keep the headroom, and survive the loss of a zone."""

from collections.abc import Sequence
from dataclasses import dataclass

from .demand import Want
from .packing import Packed, pack, spread
from .shapes import Shape
from .slots import Room, schedulable


@dataclass(frozen=True, kw_only=True)
class Target:
    """What there must be room for."""

    demand: tuple[Want, ...]
    """Tasks without a place."""
    shapes: tuple[Shape, ...]
    """The shapes that are hardest to place."""
    headroom_tasks: int
    """How many of each of them must fit beside the demand."""
    displaced: tuple[tuple[str, tuple[Want, ...]], ...] = ()
    """For each zone that may be lost: the tasks that its loss would displace, as far as others can take them."""


def enough(rooms: Sequence[Room], away: Sequence[Room], target: Target) -> bool:
    """Whether the rooms do.

    Instances whose agent is away count as headroom, but not for demand: they are likely back in a moment, and if not
    they are replaced.
    """
    return _holds(pack(rooms, target.demand), away, target)


def enough_however_placed(rooms: Sequence[Room], target: Target) -> bool:
    """Whether the rooms are enough both when the demand is packed and when it is spread."""
    return all(_holds(placed, (), target) for placed in (pack(rooms, target.demand), spread(rooms, target.demand)))


def _holds(packed: Packed, away: Sequence[Room], target: Target) -> bool:
    if packed.left:
        return False
    if target.shapes and schedulable((*packed.rooms, *away), target.shapes) < target.headroom_tasks:
        return False
    return all(_survives(packed, zone, tasks) for zone, tasks in target.displaced)


def _survives(packed: Packed, zone: str, tasks: tuple[Want, ...]) -> bool:
    return not pack((room for room in packed.rooms if room.zone != zone), tasks).left
