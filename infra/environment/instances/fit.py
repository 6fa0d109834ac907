"""Whether the instances can do what the settings promise of them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lambdas.cluster.instance_types import Architecture, InstanceType, instance_type

from ..conflict import Conflict
from .user_data import RESERVED_MEMORY_MIB


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What the platform promises to application teams."""

    largest_task_cpu_units: int
    """1/1024 vCPU of the largest task that can be placed on an empty instance."""
    largest_task_memory_mib: int
    tasks_per_instance: int
    """Tasks with a network interface of their own that fit on an instance, if they are small."""


def problems(names: Sequence[str], architecture: Architecture, promise: Promise, *, trunking: bool) -> list[Conflict]:
    """All that is wrong with a list of instance types, each with the remedy; paths are those within `instances`."""
    found: list[Conflict] = []
    for name in names:
        try:
            kind = instance_type(name)
        except ValueError as error:
            found.append(Conflict("types", str(error)))
            continue
        found += _mismatches(kind, architecture, promise, trunking)
    return found


def slots(name: str, promise: Promise, *, trunking: bool) -> int:
    """How many of the largest promised task an empty instance takes. Raises ValueError for an unknown type."""
    kind = instance_type(name)
    return min(
        kind.cpu_units // promise.largest_task_cpu_units,
        task_memory_mib(kind) // promise.largest_task_memory_mib,
        kind.task_slots(trunking=trunking),
    )


def smallest(names: Sequence[str]) -> InstanceType:
    """The type that offers least: what is promised must fit there. Raises ValueError for unknown types."""
    return min(map(instance_type, names), key=lambda kind: (kind.memory_mib, kind.vcpus, kind.interfaces))


def task_memory_mib(kind: InstanceType) -> int:
    """MiB that tasks find on an empty instance."""
    return kind.usable_memory_mib(RESERVED_MEMORY_MIB)


def _mismatches(kind: InstanceType, architecture: Architecture, promise: Promise, trunking: bool) -> Iterator[Conflict]:
    if kind.architecture != architecture:
        text = f"{architecture}, but {kind.name} of types is {kind.architecture}; make them agree"
        yield Conflict("architecture", text, ("types",))
    slots = kind.task_slots(trunking=trunking)
    if slots < promise.tasks_per_instance:
        tasks = "1 task" if slots == 1 else f"{slots} tasks"
        text = f"{promise.tasks_per_instance}, but {kind.name} has network interfaces for {tasks}; "
        text += _more_interfaces(kind, promise, trunking)
        yield Conflict("tasksPerInstance", text, ("types", "trunking"))
    offers = {
        "largestTask.cpuUnits": (promise.largest_task_cpu_units, kind.cpu_units, "CPU units"),
        "largestTask.memoryMib": (promise.largest_task_memory_mib, task_memory_mib(kind), "MiB"),
    }
    for path, (wanted, offered, unit) in offers.items():
        if wanted > offered:
            text = f"{wanted}, but {kind.name} offers {offered} {unit} to tasks; use a larger type or promise less"
            yield Conflict(path, text, ("types",))


def _more_interfaces(kind: InstanceType, promise: Promise, trunking: bool) -> str:
    if not trunking and (kind.trunk_tasks or 0) >= promise.tasks_per_instance:
        return f"set trunking: true (then {kind.trunk_tasks})"
    cannot = "it cannot trunk interfaces; " if trunking and kind.trunk_tasks is None else ""
    return f"{cannot}use a larger type or lower tasksPerInstance"
