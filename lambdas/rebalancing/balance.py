"""Balance: where the tasks of a service would stand if they were placed anew, and how many stand elsewhere.

Strategies of the kind `spread` say what to be even over: zones, then instances. What follows a `binpack` or `random`
may be as uneven as it is. A place takes no more than what is free there, so that nothing is expected of a full one.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..cluster.services import Service
from ..cluster.snapshot import ContainerInstance

Path = tuple[str, ...]
"""What a place is part of, the outermost first: a zone, then an instance in it."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Somewhere for tasks of one service: an instance, or a zone whose instances may be filled as they are."""

    path: Path
    tasks: int
    """Those of the service."""
    free: int
    """How many more fit."""

    @property
    def capacity(self) -> int:
        return self.tasks + self.free


def path_of(service: Service, instance: ContainerInstance) -> Path:
    """The parts that the strategies of a service spread over, as far as one instance is in them.

    A service that spreads over zones alone, or names no strategy, is placed where fewest of its tasks are within them
    (ECS developer guide, "Amazon ECS services": placing tasks).
    """
    found: list[str] = []
    for strategy in service.strategies or ():
        if strategy.kind != "spread":
            return tuple(found)
        if strategy.field in ("instanceId", "host"):
            return (*found, instance.arn)
        found.append(instance.attributes.get(strategy.field.removeprefix("attribute:"), ""))
    return (*found, instance.arn) if found else (instance.zone, instance.arn)


def joined(places: Iterable[Place]) -> tuple[Place, ...]:
    """The places with each path once."""
    found: dict[Path, Place] = {}
    for each in places:
        before = found.get(each.path, Place(path=each.path, tasks=0, free=0))
        found[each.path] = replace(before, tasks=before.tasks + each.tasks, free=before.free + each.free)
    return tuple(found.values())


def number(places: Iterable[Place]) -> int:
    """How many tasks stand in them."""
    return sum(each.tasks for each in places)


def even(places: Sequence[Place], total: int) -> dict[Path, int]:
    """How many of `total` tasks each place has when they are spread evenly over every part, as far as they fit.

    What does not divide stays where most are already, part by part.
    """
    return _even([(each.path, each) for each in places], total)


def misplaced(places: Sequence[Place]) -> int:
    """How many tasks would stand elsewhere: the moves to an even spread."""
    wanted = even(places, number(places))
    return sum(max(0, each.tasks - wanted[each.path]) for each in places)


def leaving(places: Sequence[Place], total: int) -> dict[Path, int]:
    """From where tasks have to go until `total` are left, the fullest place first at each step."""
    wanted = even(places, total)
    over = {each.path: each.tasks - wanted[each.path] for each in places if each.tasks > wanted[each.path]}
    found: dict[Path, int] = defaultdict(int)
    for _ in range(number(places) - total):
        path = max(over, key=lambda each: (over[each], each))
        over[path] -= 1
        found[path] += 1
    return dict(found)


def placed(places: Sequence[Place], count: int, *, unlucky: bool = False) -> tuple[Place, ...]:
    """The places after ECS has started further tasks: each where fewest are, part by part, as far as they fit.

    Of parts with equally many ECS takes any: here the first by name or, `unlucky`, one that lacks no task.
    """
    wanted = even(places, number(places))
    lacking = [each.path for each in places if each.tasks < wanted[each.path]]
    parts = {path[:end] for path in lacking for end in range(1, len(path) + 1)} if unlucky else set[Path]()
    current = {each.path: each for each in places}
    for _ in range(count):
        path = _next(list(current.values()), (), parts)
        if path is None:
            break
        found = current[path]
        current[path] = replace(found, tasks=found.tasks + 1, free=found.free - 1)
    return tuple(current.values())


def moved(places: Sequence[Place], count: int, *, unlucky: bool = False) -> tuple[Place, ...]:
    """The places after a move: further tasks have started, and as many have stopped where most were too many."""
    raised = placed(places, count, unlucky=unlucky)
    gone = leaving(raised, number(places))
    return tuple(
        replace(each, tasks=each.tasks - gone.get(each.path, 0), free=each.free + gone.get(each.path, 0))
        for each in raised
    )


def _even(places: Sequence[tuple[Path, Place]], total: int) -> dict[Path, int]:
    """Share among the first parts of the paths, then within each of them."""
    if len(places) == 1:
        return {places[0][1].path: min(total, places[0][1].capacity)}
    parts: dict[str, list[tuple[Path, Place]]] = defaultdict(list)
    for path, place in places:
        parts[path[0]].append((path[1:], place))
    groups = [parts[name] for name in sorted(parts)]
    have = [sum(each.tasks for _, each in group) for group in groups]
    capacities = [sum(each.tasks + each.free for _, each in group) for group in groups]
    found: dict[Path, int] = {}
    for group, share in zip(groups, _shares(have, capacities, total), strict=True):
        if len(group) == 1:
            found[group[0][1].path] = share
        else:
            found |= _even(group, share)
    return found


def _shares(have: Sequence[int], capacities: Sequence[int], total: int) -> list[int]:
    """Even shares within the capacities; what does not divide goes where most are already."""
    total = min(total, sum(capacities))
    level = bisect_left(range(total + 1), total, key=lambda each: sum(min(each + 1, one) for one in capacities) - 1)
    shares = [min(level, each) for each in capacities]
    rest = total - sum(shares)
    first = sorted(range(len(have)), key=lambda each: (-have[each], each))
    for index in first:
        if rest and capacities[index] > level:
            shares[index] += 1
            rest -= 1
    return shares


def _next(places: Sequence[Place], part: Path, last: set[Path]) -> Path | None:
    """Where the next task starts within a part; of equally full parts those of `last` come last."""
    able = [each for each in places if each.free > 0]
    if not able:
        return None
    depth = len(part)
    if len(able[0].path) == depth:
        return part
    counts: dict[str, int] = defaultdict(int)
    for each in places:
        counts[each.path[depth]] += each.tasks
    best = min({each.path[depth] for each in able}, key=lambda name: (counts[name], (*part, name) in last, name))
    return _next([each for each in places if each.path[depth] == best], (*part, best), last)
