"""Enough: whether rooms hold the demand, keep the headroom, and survive the loss of a zone."""

from collections.abc import Sequence
from dataclasses import dataclass

from .demand import Want
from .packing import Packed, pack
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
    packed = pack(rooms, target.demand)
    if packed.left:
        return False
    if target.shapes and schedulable((*packed.rooms, *away), target.shapes) < target.headroom_tasks:
        return False
    return all(_survives(packed, zone, tasks) for zone, tasks in target.displaced)


def _survives(packed: Packed, zone: str, tasks: tuple[Want, ...]) -> bool:
    return not pack((room for room in packed.rooms if room.zone != zone), tasks).left
