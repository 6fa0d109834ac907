"""Which tasks of a service stop when it shall run fewer: pure decisions over what runs and where.

Source: ECS developer guide, "Task placement strategies": `spread` keeps the zones even and chooses at random within
one, `binpack` takes the instance that has the most left then. Chance is a hash of the task's ARN.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final

from .placement import Candidate
from .tasks import is_protected

_DEFAULT: Final[tuple[Mapping[str, str], ...]] = ({"type": "spread", "field": "attribute:ecs.availability-zone"},)


@dataclass(frozen=True)
class Spot:
    """A running task of a service and where it stands."""

    task: str
    """Its ARN."""
    zone: str
    cpu: int = 0
    """Units that are free on its instance once it has stopped."""
    memory: int = 0
    """MiB that are free then."""
    protected: bool = False
    """Whether it is passed over; it counts where it stands."""


def leaving(
    tasks: Sequence[Any], excess: int, strategies: Sequence[Mapping[str, str]], places: Mapping[str, Candidate]
) -> list[Any]:
    """So many tasks that are not protected, as far as there are: first those that do not run yet."""
    running = [task for task in tasks if task.last_status == "RUNNING"]
    chosen = [task for task in tasks if task.last_status != "RUNNING" and not is_protected(task)][:excess]
    free = dict(places)
    while len(chosen) < excess:
        first = first_to_stop([_spot(task, free) for task in running], strategies)
        if first is None:
            break
        chosen.append(running.pop(first))
        if here := free.get(_instance(chosen[-1])):
            shape = chosen[-1].shape
            free[here.id] = replace(here, cpu=here.cpu + shape.cpu, memory=here.memory + shape.memory)
    return chosen


def first_to_stop(spots: Sequence[Spot], strategies: Sequence[Mapping[str, str]] = ()) -> int | None:
    """Choose the task that stops first; None where every one is protected."""
    zones = Counter(spot.zone for spot in spots)
    may = [i for i, spot in enumerate(spots) if not spot.protected]

    def order(i: int) -> tuple[int, ...]:
        return tuple(_to_stop(strategy, spots[i], zones) for strategy in strategies or _DEFAULT)

    return max(may, key=lambda i: (order(i), sha256(spots[i].task.encode()).digest()), default=None)


def _to_stop(strategy: Mapping[str, str], spot: Spot, zones: Mapping[str, int]) -> int:
    if strategy["type"] == "binpack":
        return spot.memory if strategy.get("field", "").lower() == "memory" else spot.cpu
    return zones[spot.zone] if strategy["type"] == "spread" else 0


def _spot(task: Any, free: Mapping[str, Candidate]) -> Spot:
    here = free.get(_instance(task))
    left = {"cpu": here.cpu + task.shape.cpu, "memory": here.memory + task.shape.memory} if here else {}
    return Spot(task.task_arn, task.availability_zone, **left, protected=is_protected(task))


def _instance(task: Any) -> str:
    return str(task.container_instance_arn).rpartition("/")[2]
