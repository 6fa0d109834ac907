"""The shortage: how many instances are missing."""

from dataclasses import dataclass
from functools import cache

from ..cluster.packing import Places, pack
from .needed_room import NeededRoom, suffices
from .supply import Supply


@dataclass(frozen=True, kw_only=True)
class Shortage:
    """Instances to add to those that there are and that are starting."""

    instances: int
    closes: bool
    """False when even that many, the most that may be added, are not enough."""


def shortage(supply: Supply, needed: NeededRoom, most: int) -> Shortage:
    """The least number of instances that is enough, `most` at most. What is starting is counted first."""
    there = Places.of((*supply.ready, *supply.starting))
    # What is fuller than a new instance is filled first, and alike however many come: once is enough.
    first = min((each.room.content() for each in supply.new(0)), default=None)
    fuller, emptier = there.split(first) if first else (there, Places(places=()))
    filled = pack(fuller, needed.demand)

    @cache
    def closes(count: int) -> bool:
        return suffices(emptier.with_rooms(supply.new(count)), supply.away, needed, filled)

    if closes(0):
        return Shortage(instances=0, closes=True)
    low, high = 0, min(1, most)
    while high < most and not closes(high):
        low, high = high, min(2 * high, most)
    if high == most and not closes(high):
        return Shortage(instances=most, closes=False)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if closes(middle) else (middle, high)
    return Shortage(instances=high, closes=True)
