"""The shortage: how many instances are missing."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

from ..cluster.packing import Places, pack, pack_all
from .needed_room import NeededRoom, conditions
from .supply import Supply


@dataclass(frozen=True, kw_only=True)
class Shortage:
    """Instances to add to those that there are and that are starting."""

    instances: int
    closes: bool
    """False when even that many, the most that may be added, are not enough."""


def shortage(supply: Supply, needed: NeededRoom, most: int, exact: int) -> Shortage:
    """The least number of instances that is enough, `most` at most. What is starting is counted first.

    Beyond `exact`, up to a 32nd more: no run adds as many, the next one counts again, and each trial packs a zone.
    """
    there = Places.of((*supply.ready, *supply.starting))
    # What is fuller than a new instance is filled first, and alike however many come: once is enough.
    first = min((each.room.content() for each in supply.new(0)), default=None)
    fuller, emptier = there.split(first) if first else (there, Places(places=()))
    filled = pack(fuller, needed.demand)
    wanted = conditions(supply.away, needed)

    @cache
    def placed(count: int) -> Places | None:
        packed = pack_all(emptier.with_rooms(supply.new(count)), filled.left)
        return packed and Places(places=(*filled.places.places, *packed.places))

    @cache
    def holds(index: int, count: int) -> bool:
        places = placed(count)
        return places is not None and wanted[index](places)

    count = 0
    # One condition after the other: most of the numbers that are tried are tried for one of them alone.
    while (broken := next((each for each in range(len(wanted)) if not holds(each, count)), None)) is not None:
        if count == most:
            return Shortage(instances=most, closes=False)
        count = _least(count, most, exact, partial(holds, broken))
    return Shortage(instances=count, closes=True)


def _least(low: int, most: int, exact: int, holds: Callable[[int], bool]) -> int:
    """The least number above `low` for which it holds, taken that it holds for all larger ones; else `most`."""
    step = _close(low, exact)
    high = min(low + step, most)
    while high < most and not holds(high):
        step *= 2
        low, high = high, min(high + step, most)
    if not holds(high):
        return most
    while high - low > _close(low, exact):
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _close(count: int, exact: int) -> int:
    return max(1, count // 32) if count >= exact else 1
