"""The room that is needed: whether rooms hold the demand, keep the headroom, and survive the loss of a zone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from ..cluster.packing import Places, RoomCount, ShapeCount, exceed, fits, number, pack_all, spread
from ..cluster.room import Room
from ..cluster.shapes import Shape

Displaced = tuple[str, tuple[ShapeCount, ...]]
"""A zone that may be lost, and the tasks that its loss would displace, as far as others can take them."""


@dataclass(frozen=True, kw_only=True)
class NeededRoom:
    """What there must be room for."""

    demand: tuple[ShapeCount, ...]
    """Tasks without a place."""
    shapes: tuple[Shape, ...]
    """The shapes that are hardest to place."""
    headroom_tasks: int
    """How many of each of them must fit beside the demand."""
    displaced: tuple[Displaced, ...] = ()
    """What each zone's loss would displace."""


Condition = Callable[[Places], bool]
"""Whether something is left room for, once the demand is placed."""


def conditions(away: Sequence[Room], needed: NeededRoom) -> tuple[Condition, ...]:
    """What the places have to hold beside the demand: first what is judged fast, and asks for most.

    Instances whose agent is away count as headroom, but not for demand: they are likely back in a moment, and if not
    they are replaced.
    """
    zones = sorted(needed.displaced, key=lambda each: -number(each[1]))
    return (
        partial(_keep_headroom_and_sums, away=away, needed=needed),
        *(partial(_survive, lost=each) for each in zones),
    )


def suffices_however_placed(rooms: Sequence[Room], needed: NeededRoom) -> bool:
    """Whether the rooms are enough both when the demand is packed and when it is spread."""
    places = Places.of(rooms)
    packed = pack_all(places, needed.demand)
    if packed is None or not _hold(packed, needed):
        return False
    scattered = spread(places, needed.demand)
    return not scattered.left and _hold(scattered.places, needed)


def _hold(placed: Places, needed: NeededRoom) -> bool:
    return all(each(placed) for each in conditions((), needed))


def _keep_headroom_and_sums(placed: Places, *, away: Sequence[Room], needed: NeededRoom) -> bool:
    there = placed.with_rooms(RoomCount(room=each, count=1) for each in away)
    if not all(there.have_slots(shape, needed.headroom_tasks) for shape in needed.shapes):
        return False
    return not any(exceed(placed.without_zone(zone), tasks) for zone, tasks in needed.displaced)


def _survive(placed: Places, *, lost: Displaced) -> bool:
    zone, tasks = lost
    return fits(placed.without_zone(zone), tasks)
