"""Where a task goes: pure decisions over snapshots of container instances.

Source: ECS developer guide, task placement: filter by resources and constraints, then order by strategies; without
strategies a service spreads over zones, then over instances.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from .query import matches


@dataclass(frozen=True)
class Need:
    """What a task takes."""

    cpu: int
    memory: int
    interface: bool = False
    ports: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Place:
    """A container instance as the scheduler sees it."""

    id: str
    zone: str
    cpu: int
    """Units that are free."""
    memory: int
    """MiB that are free."""
    slots: int
    """awsvpc tasks that still fit."""
    ports: frozenset[int] = frozenset()
    """Host ports in use."""
    tasks: int = 0
    """Tasks of the same group that are here."""
    facts: Mapping[str, str | None] = field(default_factory=dict[str, str | None])


def lacking(place: Place, need: Need) -> str | None:
    """Name the first resource that a place lacks, as ECS does (RESOURCE:…); None if the task fits."""
    if need.memory > place.memory:
        return "RESOURCE:MEMORY"
    if need.cpu > place.cpu:
        return "RESOURCE:CPU"
    if need.interface and place.slots < 1:
        return "RESOURCE:ENI"
    return "RESOURCE:PORTS" if need.ports & place.ports else None


def allowed(place: Place, constraints: Sequence[Mapping[str, str]]) -> bool:
    """Whether the constraints (distinctInstance, memberOf) let a task go to a place."""
    for constraint in constraints:
        if constraint["type"] == "distinctInstance" and place.tasks:
            return False
        if constraint["type"] == "memberOf" and not matches(constraint["expression"], place.facts):
            return False
    return True


def choose(
    places: Sequence[Place],
    need: Need,
    constraints: Sequence[Mapping[str, str]] = (),
    strategies: Sequence[Mapping[str, str]] = (),
) -> Place | str:
    """Give the best place for a task, or why there is none."""
    candidates = [place for place in places if allowed(place, constraints)]
    if not candidates:
        return "MemberOf placement constraint unsatisfied." if places else "RESOURCE:*"
    fitting = [place for place in candidates if lacking(place, need) is None]
    if not fitting:
        closest = max(candidates, key=lambda place: (place.memory, place.cpu, place.slots))
        return lacking(closest, need) or "RESOURCE:*"
    orders = [_order(strategy, places) for strategy in strategies or _DEFAULT]
    return min(fitting, key=lambda place: (*[order(place) for order in orders], place.id))


_DEFAULT: tuple[Mapping[str, str], ...] = (
    {"type": "spread", "field": "attribute:ecs.availability-zone"},
    {"type": "spread", "field": "instanceId"},
)


def _order(strategy: Mapping[str, str], places: Sequence[Place]) -> Callable[[Place], float]:
    kind, what = strategy["type"], strategy.get("field", "")
    if kind == "binpack":
        return lambda place: place.memory if what.lower() == "memory" else place.cpu
    if kind == "random":
        return lambda _: 0.0
    if what in {"instanceId", "host"}:
        return lambda place: place.tasks
    return lambda place: sum(other.tasks for other in places if other.facts.get(what) == place.facts.get(what))


def first_to_stop(spots: Sequence[tuple[str, str]]) -> int:
    """Choose among (zone, instance) of a service's tasks: the fullest zone first, then the fullest instance."""
    zones = [zone for zone, _ in spots]
    instances = [instance for _, instance in spots]
    return max(range(len(spots)), key=lambda i: (zones.count(zones[i]), instances.count(instances[i]), -i))
