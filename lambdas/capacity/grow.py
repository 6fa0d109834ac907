"""Out: how many instances are missing."""

from dataclasses import dataclass

from .enough import Target, enough
from .fleet import Fleet


@dataclass(frozen=True, kw_only=True)
class Need:
    """Instances to add to those that there are and that are starting."""

    instances: int
    closes: bool
    """False when even that many, the most that may be added, are not enough."""


def need(fleet: Fleet, target: Target, most: int) -> Need:
    """The least number of instances that is enough, `most` at most. What is starting is counted first."""

    def closes(count: int) -> bool:
        return enough((*fleet.ready, *fleet.starting, *fleet.new(count)), fleet.away, target)

    if closes(0):
        return Need(instances=0, closes=True)
    low, high = 0, min(1, most)
    while high < most and not closes(high):
        low, high = high, min(2 * high, most)
    if high == most and not closes(high):
        return Need(instances=most, closes=False)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if closes(middle) else (middle, high)
    return Need(instances=high, closes=True)
