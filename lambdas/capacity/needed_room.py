"""The room that is needed: whether rooms hold the demand, keep the headroom, and survive the loss of a zone."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..cluster.packing import Packed, Places, RoomCount, ShapeCount, exceed, fits, pack_all, spread
from ..cluster.room import Room
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


def suffices(rooms: Places, away: Sequence[Room], needed: NeededRoom, filled: Packed | None = None) -> bool:
    """Whether the rooms are enough if tasks are packed.

    With `filled`, these are rooms that were filled before, and what of the demand they left. Instances whose agent is
    away count as headroom, but not for demand: they are likely back in a moment, and if not they are replaced.
    """
    packed = pack_all(rooms, filled.left if filled else needed.demand)
    if packed is None:
        return False
    return _holds(Places(places=(*filled.places.places, *packed.places)) if filled else packed, away, needed)


def suffices_however_placed(rooms: Sequence[Room], needed: NeededRoom) -> bool:
    """Whether the rooms are enough both when the demand is packed and when it is spread."""
    places = Places.of(rooms)
    if not suffices(places, (), needed):
        return False
    scattered = spread(places, needed.demand)
    return not scattered.left and _holds(scattered.places, (), needed)


def _holds(placed: Places, away: Sequence[Room], needed: NeededRoom) -> bool:
    there = placed.with_rooms(RoomCount(room=each, count=1) for each in away)
    if not all(there.have_slots(shape, needed.headroom_tasks) for shape in needed.shapes):
        return False
    rest = [(placed.without_zone(zone), tasks) for zone, tasks in needed.displaced]
    return not any(exceed(*each) for each in rest) and all(fits(*each) for each in rest)
