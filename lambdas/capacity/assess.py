"""The assessment: what a snapshot means, before anything is decided."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..cluster.moves import surge_of
from ..cluster.packing import ShapeCount, number
from ..cluster.room import totals
from ..cluster.shapes import Shape, hardest, shape_of
from ..cluster.snapshot import Group
from .demand import Waiting, placed, placed_tasks, unplaced, waiting, wanted_shapes
from .growth import growth
from .needed_room import NeededRoom
from .settings import Settings
from .shortage import Shortage
from .snapshot import CapacitySnapshot, WaitingHistory
from .supply import Supply, survey
from .waiting_history import HEADROOM, Patience


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """One group, the room that there is, and what it is for."""

    snapshot: CapacitySnapshot
    group: Group
    supply: Supply
    shapes: tuple[Shape, ...]
    """The hardest to place of all shapes that fit on an empty instance."""
    demand: tuple[ShapeCount, ...]
    """Unplaced tasks that fit on an empty instance."""
    unplaceable: tuple[ShapeCount, ...]
    """Shapes that do not, with their unplaced tasks; at least one each. More instances would not help them."""
    waits: tuple[Waiting, ...]
    """All tasks that may start now and have not been placed."""
    stuck: tuple[Waiting, ...]
    """Tasks that wait, and that no instance is added for."""
    fitting: Mapping[Shape, int]
    """How many tasks of each of these shapes fit at this moment."""
    unmet: int
    """Unplaced tasks that do not fit at this moment, or have not been placed for long."""
    overdue: int
    """Those of them that fit by what is known."""
    surplus: int
    """How many instances could go, judged by the slots of an empty instance."""
    needed: NeededRoom
    shortage: Shortage

    @property
    def schedulable(self) -> int:
        """The metric: how many tasks fit of the shape that is hardest to place; 0 when there is no shape."""
        return min(self.fitting.values(), default=0)

    def of(self, snapshot: CapacitySnapshot) -> "Assessment | None":
        """The same assessment for a snapshot that knows more; None if that could change it."""
        return replace(self, snapshot=snapshot) if snapshot.basis == self.snapshot.basis else None


def assess(snapshot: CapacitySnapshot, group: Group, settings: Settings, now: datetime) -> Assessment:
    """Find out what there is and what is wanted."""
    supply = survey(snapshot, group, settings, now)
    waits = waiting(snapshot, now, settings.grow.deployment_timeout_s)
    every = unplaced(waits)
    wanted = wanted_shapes(snapshot, settings.floor)
    shapes = hardest(each for each in wanted if supply.fits_empty(each))
    demand = tuple(each for each in every if supply.fits_empty(each.shape))
    fitting = totals(supply.ready, shapes)
    returning = _returning(snapshot, shapes, now)
    needed = NeededRoom(
        demand=demand,
        shapes=shapes,
        headroom_tasks=max(0, settings.out_below() - returning),
        displaced=displaced(snapshot, supply) if settings.grow.zone_loss and not returning else (),
    )
    grown = growth(
        supply,
        tuple(each for each in waits if supply.fits_empty(each.shape)),
        needed,
        fitting,
        _patience(snapshot, supply, waits, demand, fitting, settings, now),
        max(0, group.max_size - group.desired_capacity),
        settings.grow.per_minute,
    )
    return Assessment(
        snapshot=snapshot,
        group=group,
        supply=supply,
        shapes=shapes,
        demand=grown.needed.demand,
        unplaceable=_unplaceable(wanted, every, supply),
        waits=waits,
        stuck=(*(each for each in waits if each.stuck), *grown.stuck),
        fitting=fitting,
        unmet=grown.unmet,
        overdue=grown.overdue,
        surplus=_surplus(supply, fitting, settings, returning),
        needed=grown.needed,
        shortage=grown.shortage,
    )


def _patience(
    snapshot: CapacitySnapshot,
    supply: Supply,
    waits: tuple[Waiting, ...],
    demand: tuple[ShapeCount, ...],
    fitting: Mapping[Shape, int],
    settings: Settings,
    now: datetime,
) -> Patience:
    boot = timedelta(seconds=settings.grow.boot_s)
    arrivals = [snapshot.registered[room.name].registered_at for room in supply.ready]
    busy = [snapshot.registered[room.name].registered_at for room in supply.ready if supply.is_busy(room)]
    return Patience(
        now=now,
        boot_s=settings.grow.boot_s,
        history=snapshot.waited or WaitingHistory(),
        waiting=number(demand),
        came=tuple(each for each in busy if each),
        placed={**placed_tasks(snapshot, waits), HEADROOM: min(fitting.values(), default=0)},
        came_of_late=bool(supply.starting) or any(each is not None and now - each < boot for each in arrivals),
    )


def _unplaceable(wanted: frozenset[Shape], every: tuple[ShapeCount, ...], supply: Supply) -> tuple[ShapeCount, ...]:
    waiting = Counter({each.shape: each.count for each in every})
    too_large = sorted((each for each in wanted if not supply.fits_empty(each)), key=repr)
    return tuple(ShapeCount(shape=each, count=max(1, waiting[each])) for each in too_large)


def _returning(snapshot: CapacitySnapshot, shapes: tuple[Shape, ...], now: datetime) -> int:
    """Tasks of any of the shapes that will fit besides, once services that were raised to move tasks are lowered again.

    A move must not make the cluster grow: it would leave a surplus behind, and that would move tasks again.
    """
    found = 0
    for service in snapshot.local_services:
        if surge := surge_of(service, now):
            definitions = (snapshot.definitions.get(each.definition_arn) for each in service.live_deployments)
            own = [shape_of(each, service) for each in definitions if each]
            found += surge * max((task.crowds_out(each) for task in own for each in shapes), default=1)
    return found


def _surplus(supply: Supply, fitting: Mapping[Shape, int], settings: Settings, returning: int) -> int:
    counts: list[int] = []
    for shape, fit in fitting.items():
        each = supply.slots_empty(shape, supply.zones)
        # The first instance may go from `in_from` on, each further one after as many slots again.
        counts.append((fit + returning - settings.in_from(each)) // each + 1)
    return max(0, min(counts, default=0))


def displaced(
    snapshot: CapacitySnapshot, supply: Supply, moving: int = 0
) -> tuple[tuple[str, tuple[ShapeCount, ...]], ...]:
    """The tasks that each zone's loss displaces: of every service the share of all tasks that run in the zone.

    With `moving` tasks more in it: where those of an instance that goes may end up.
    """
    tasks = Counter[str]()
    for room in supply.ready:
        tasks[room.zone] += snapshot.registered[room.name].running_tasks
    found: list[tuple[str, tuple[ShapeCount, ...]]] = []
    for zone in supply.zones if len(supply.zones) > 1 else ():
        others = tuple(each for each in supply.zones if each != zone)
        share = min(1.0, (tasks[zone] + moving) / tasks.total()) if tasks.total() else 0.0
        movable = tuple(each for each in placed(snapshot, share) if supply.fits_empty(each.shape, others))
        found.append((zone, movable))
    return tuple(found)
