"""Whether the instances can do what the settings promise of them. Pure; every problem is a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lambdas.cluster.instance_types import Architecture, InstanceType, instance_type

from .user_data import RESERVED_MEMORY_MIB


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What the platform promises to application teams."""

    largest_task_cpu_units: int
    """1/1024 vCPU of the largest task that can be placed on an empty instance."""
    largest_task_memory_mib: int
    tasks_per_instance: int
    """Tasks with an own network interface that fit on an instance, if they are small."""


def problems(names: Sequence[str], architecture: Architecture, promise: Promise, *, trunking: bool) -> list[str]:
    """All that is wrong with a list of instance types, each with the way out."""
    found: list[str] = []
    for name in names:
        try:
            kind = instance_type(name)
        except ValueError as error:
            found.append(str(error))
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
    """The type that offers least: what is promised has to fit there. Raises ValueError for unknown types."""
    return min(map(instance_type, names), key=lambda kind: (kind.memory_mib, kind.vcpus, kind.interfaces))


def task_memory_mib(kind: InstanceType) -> int:
    """MiB that tasks find on an empty instance."""
    return kind.usable_memory_mib(RESERVED_MEMORY_MIB)


def _mismatches(kind: InstanceType, architecture: Architecture, promise: Promise, trunking: bool) -> list[str]:
    found: list[str] = []
    if kind.architecture != architecture:
        found.append(f"{kind.name} is {kind.architecture}, architecture is {architecture}; make them agree")
    slots = kind.task_slots(trunking=trunking)
    if slots < promise.tasks_per_instance:
        way_out = "use a larger type or lower tasksPerInstance"
        if trunking and kind.trunk_tasks is None:
            way_out = f"it cannot trunk interfaces; {way_out}"
        if not trunking and (kind.trunk_tasks or 0) >= promise.tasks_per_instance:
            way_out = f"set trunking: true (then {kind.trunk_tasks})"
        found.append(
            f"{kind.name} has network interfaces for {slots} tasks, tasksPerInstance is {promise.tasks_per_instance}; "
            + way_out
        )
    cpu, memory = promise.largest_task_cpu_units, promise.largest_task_memory_mib
    if cpu > kind.cpu_units:
        found.append(
            f"{kind.name} offers {kind.cpu_units} CPU units to tasks, largestTask.cpuUnits is {cpu}; "
            "use a larger type or promise a smaller task"
        )
    if memory > task_memory_mib(kind):
        found.append(
            f"{kind.name} offers {task_memory_mib(kind)} MiB to tasks, largestTask.memoryMib is {memory}; "
            "use a larger type or promise a smaller task"
        )
    return found
