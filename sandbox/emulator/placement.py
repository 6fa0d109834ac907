"""Where a task goes: pure decisions over snapshots of container instances.

Source: ECS developer guide, task placement: filter by resources and constraints, then order by strategies; without
strategies a service spreads over zones, then over instances.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from .capabilities import Needs
from .query import matches


@dataclass(frozen=True)
class Shape:
    """What a task reserves of an instance."""

    cpu: int
    memory: int
    interface: bool = False
    ports: frozenset[int] = frozenset()
    gpus: int = 0
    needs: Needs = frozenset()
    """Attributes that an instance must have."""


@dataclass(frozen=True)
class Candidate:
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
    gpus: int = 0
    """GPUs that are free."""
    tasks: int = 0
    """Tasks of the same group that are here."""
    facts: Mapping[str, str | None] = field(default_factory=dict[str, str | None])


def lacking(instance: Candidate, shape: Shape) -> str | None:
    """Name what an instance lacks first, as ECS does (ATTRIBUTE, RESOURCE:…); None if the task fits."""
    if any(not _has_one(instance, names) for names in shape.needs):
        return "ATTRIBUTE"
    if shape.memory > instance.memory:
        return "RESOURCE:MEMORY"
    if shape.cpu > instance.cpu:
        return "RESOURCE:CPU"
    if shape.interface and instance.slots < 1:
        return "RESOURCE:ENI"
    if shape.gpus > instance.gpus:
        return "RESOURCE:GPU"
    return "RESOURCE:PORTS" if shape.ports & instance.ports else None


def _has_one(instance: Candidate, names: frozenset[str]) -> bool:
    return any(f"attribute:{name}" in instance.facts for name in names)


def allowed(instance: Candidate, constraints: Sequence[Mapping[str, str]]) -> bool:
    """Whether the constraints (distinctInstance, memberOf) allow a task on an instance."""
    return _forbidden(instance, constraints) is None


def _forbidden(instance: Candidate, constraints: Sequence[Mapping[str, str]]) -> str | None:
    for constraint in constraints:
        if constraint["type"] == "distinctInstance" and instance.tasks:
            return "DistinctInstance placement constraint unsatisfied."
        if constraint["type"] == "memberOf" and not matches(constraint["expression"], instance.facts):
            return "MemberOf placement constraint unsatisfied."
    return None


def refusal(instance: Candidate, shape: Shape, constraints: Sequence[Mapping[str, str]] = ()) -> str | None:
    """Name why RunTask puts no task on an instance (ECS Developer Guide, "API failure reasons"); None if it may."""
    if instance.facts.get("agentConnected") == "false":
        return "AGENT"
    return _forbidden(instance, constraints) or lacking(instance, shape)


def choose(
    instances: Sequence[Candidate],
    shape: Shape,
    constraints: Sequence[Mapping[str, str]] = (),
    strategies: Sequence[Mapping[str, str]] = (),
) -> Candidate | str:
    """Give the best instance for a task, or why there is none."""
    candidates = [instance for instance in instances if allowed(instance, constraints)]
    if not candidates:
        return "MemberOf placement constraint unsatisfied." if instances else "RESOURCE:*"
    fitting = [instance for instance in candidates if lacking(instance, shape) is None]
    if not fitting:
        closest = max(candidates, key=lambda instance: (instance.memory, instance.cpu, instance.slots))
        return lacking(closest, shape) or "RESOURCE:*"
    orders = [_order(strategy, instances) for strategy in strategies or _DEFAULT]
    return min(fitting, key=lambda instance: (*[order(instance) for order in orders], instance.id))


_DEFAULT: tuple[Mapping[str, str], ...] = (
    {"type": "spread", "field": "attribute:ecs.availability-zone"},
    {"type": "spread", "field": "instanceId"},
)


def _order(strategy: Mapping[str, str], instances: Sequence[Candidate]) -> Callable[[Candidate], float]:
    kind, what = strategy["type"], strategy.get("field", "")
    if kind == "binpack":
        return lambda instance: instance.memory if what.lower() == "memory" else instance.cpu
    if kind == "random":
        return lambda _: 0.0
    if what in {"instanceId", "host"}:
        return lambda instance: instance.tasks
    return lambda instance: sum(other.tasks for other in instances if other.facts.get(what) == instance.facts.get(what))
