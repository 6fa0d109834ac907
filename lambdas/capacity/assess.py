"""Assessment: what the snapshot means, before anything is decided."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from ..cluster.snapshot import Group
from .demand import Want, number, placed, unplaced, wanted_shapes
from .enough import Target
from .fleet import Fleet, survey
from .packing import pack
from .settings import Settings
from .shapes import Shape, hardest
from .slots import schedulable, total
from .view import Snapshot


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """One group, its rooms, and what they are for."""

    group: Group
    fleet: Fleet
    shapes: tuple[Shape, ...]
    """The hardest to place of all shapes that fit on an empty instance."""
    demand: tuple[Want, ...]
    """Unplaced tasks that fit on an empty instance."""
    unplaceable: tuple[Want, ...]
    """Shapes that do not, with their unplaced tasks; at least one each. More instances would not help them."""
    schedulable: int
    """How many tasks of the hardest shape fit at this moment: the metric."""
    unmet: int
    """Unplaced tasks that do not fit at this moment."""
    surplus: int
    """How many instances could go, judged by the slots of an empty instance."""
    target: Target


def assess(snapshot: Snapshot, group: Group, settings: Settings, now: datetime) -> Assessment:
    """Find out what there is and what is wanted."""
    fleet = survey(snapshot, group, settings, now)
    every = unplaced(snapshot, now, settings.grow.deployment_patience_s)
    wanted = wanted_shapes(snapshot, settings.floor)
    shapes = hardest(each for each in wanted if fleet.fits_empty(each))
    demand = tuple(each for each in every if fleet.fits_empty(each.shape))
    return Assessment(
        group=group,
        fleet=fleet,
        shapes=shapes,
        demand=demand,
        unplaceable=_unplaceable(wanted, every, fleet),
        schedulable=schedulable(fleet.ready, shapes),
        unmet=number(pack(fleet.ready, demand).left),
        surplus=_surplus(fleet, shapes, settings),
        target=Target(
            demand=demand,
            shapes=shapes,
            headroom_tasks=settings.out_below(),
            displaced=_displaced(snapshot, fleet) if settings.grow.zone_loss else (),
        ),
    )


def _unplaceable(wanted: frozenset[Shape], every: tuple[Want, ...], fleet: Fleet) -> tuple[Want, ...]:
    waiting = Counter({each.shape: each.count for each in every})
    too_large = sorted((each for each in wanted if not fleet.fits_empty(each)), key=repr)
    return tuple(Want(shape=each, count=max(1, waiting[each])) for each in too_large)


def _surplus(fleet: Fleet, shapes: tuple[Shape, ...], settings: Settings) -> int:
    counts: list[int] = []
    for shape in shapes:
        each = fleet.slots_empty(shape, fleet.zones)
        # The first instance may go from `in_from` on, each further one after as many slots again.
        counts.append((total(fleet.ready, shape) - settings.in_from(each)) // each + 1)
    return max(0, min(counts, default=0))


def _displaced(snapshot: Snapshot, fleet: Fleet) -> tuple[tuple[str, tuple[Want, ...]], ...]:
    """The tasks that each zone's loss displaces: of every service the share of all tasks that run in the zone."""
    tasks = Counter[str]()
    for room in fleet.ready:
        tasks[room.zone] += snapshot.registered[room.name].running_tasks
    found: list[tuple[str, tuple[Want, ...]]] = []
    for zone in fleet.zones if len(fleet.zones) > 1 else ():
        others = tuple(each for each in fleet.zones if each != zone)
        share = tasks[zone] / tasks.total() if tasks.total() else 0.0
        movable = tuple(each for each in placed(snapshot, share) if fleet.fits_empty(each.shape, others))
        found.append((zone, movable))
    return tuple(found)
