"""Growth: for which of the waiting tasks instances are added, how many, and which wait in spite of those that were."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from ..cluster.packing import ShapeCount, pack
from ..cluster.shapes import Shape
from .demand import Waiting, unplaced
from .needed_room import NeededRoom
from .reasons import Stuck
from .shortage import Shortage, shortage
from .supply import Supply
from .waiting_history import HEADROOM, Patience

MOST: Final = 10_000
"""Instances: more than any group has, for a number that no maximum limits."""


@dataclass(frozen=True, kw_only=True)
class Growth:
    """What instances are added for."""

    needed: NeededRoom
    """With the demand and the shapes for which instances were not added in vain."""
    stuck: tuple[Waiting, ...]
    """The others, and the headroom that is missing of the others."""
    unmet: int
    """Tasks of the demand that do not fit at this moment, or have not been placed for long."""
    overdue: int
    """Tasks of the demand that fit and have not been placed for long."""
    shortage: Shortage


def growth(
    supply: Supply,
    waits: tuple[Waiting, ...],
    needed: NeededRoom,
    fitting: Mapping[Shape, int],
    patience: Patience,
    most: int,
    at_once: int,
) -> Growth:
    """What to grow for, at most by so many instances, if `needed` is everything that there should be room for."""
    bare = {shape: fit for shape, fit in fitting.items() if fit < needed.headroom_tasks}
    missing = _shortage(supply, needed, _overdue(waits, patience), most, at_once)
    vain = _in_vain(supply, waits, needed, patience, missing, lacks_headroom=bool(bare)) if most else {}
    hopeful = tuple(each for each in waits if each.service not in vain)
    no_hope = tuple(replace(each, stuck=Stuck.NO_HELP) for each in waits if each.service in vain and not each.stuck)
    if HEADROOM in vain:
        least = needed.headroom_tasks
        no_hope += tuple(
            Waiting(service=HEADROOM, shape=each, count=least - fit, stuck=Stuck.NO_HELP) for each, fit in bare.items()
        )
        needed = replace(needed, shapes=tuple(each for each in needed.shapes if each not in bare))
    overdue = _overdue(hopeful, patience)
    if vain:
        needed = replace(needed, demand=_within(needed.demand, hopeful))
        missing = _with_a_try(_shortage(supply, needed, overdue, most, at_once), missing, tries=any(vain.values()))
    left = {each.shape: each.count for each in pack(supply.ready, needed.demand).left}
    late = {each.shape: each.count for each in overdue}
    unmet = sum(max(left.get(shape, 0), late.get(shape, 0)) for shape in left.keys() | late.keys())
    return Growth(needed=needed, stuck=no_hope, unmet=unmet, overdue=unmet - sum(left.values()), shortage=missing)


def _in_vain(
    supply: Supply,
    waits: tuple[Waiting, ...],
    needed: NeededRoom,
    patience: Patience,
    missing: Shortage,
    *,
    lacks_headroom: bool,
) -> Mapping[str, bool]:
    """The services for which instances were added in vain, and whether a further one is tried for each."""
    left = {each.shape for each in pack(supply.ready, needed.demand).left}
    alive = [each for each in waits if not each.stuck]
    found = {each.service for each in alive if each.shape in left or patience.overdue(each.service)}
    found |= {HEADROOM} if lacks_headroom else set()
    found = {each for each in found if patience.added(each) or not patience.history.known}
    if not found:
        return {}
    bare = replace(supply, starting=())
    every = _shortage(bare, needed, _overdue(waits, patience), MOST, MOST).instances
    more = missing.instances > 0
    lacks_room = {HEADROOM} | {each.service for each in alive if each.shape in left}
    found = {each for each in found if not (each in lacks_room and patience.others_came_first(each))}
    return {each: patience.tries(each) for each in found if patience.in_vain(each, every, more=more)}


def _shortage(supply: Supply, needed: NeededRoom, overdue: tuple[ShapeCount, ...], most: int, exact: int) -> Shortage:
    """What ECS has not placed for long needs new instances, whatever seems to be free on those that there are."""
    missing = shortage(supply, needed, most, exact)
    late = tuple(each for each in overdue if any(each.shape == other.shape for other in needed.demand))
    if not late:
        return missing
    elsewhere = replace(supply, ready=(), away=(*supply.ready, *supply.away))
    other = shortage(elsewhere, NeededRoom(demand=late, shapes=(), headroom_tasks=0), most, exact)
    return max(missing, other, key=lambda each: (not each.closes, each.instances))


def _with_a_try(missing: Shortage, every: Shortage, *, tries: bool) -> Shortage:
    more = tries and every.instances > missing.instances
    return replace(missing, instances=missing.instances + 1) if more else missing


def _overdue(waits: tuple[Waiting, ...], patience: Patience) -> tuple[ShapeCount, ...]:
    return unplaced(each for each in waits if patience.overdue(each.service))


def _within(demand: tuple[ShapeCount, ...], waits: tuple[Waiting, ...]) -> tuple[ShapeCount, ...]:
    possible = {each.shape for each in demand}
    return tuple(each for each in unplaced(waits) if each.shape in possible)
