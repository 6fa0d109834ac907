"""What an instance type offers to tasks, as the controllers know it too. Types that the table lacks are not judged."""

from __future__ import annotations

from dataclasses import dataclass

from ecs_operations.facts.instance_type_table import INSTANCE_TYPES

CPU_UNITS = 1024
"""CPU units of a vCPU in ECS."""
REGISTERED_SHARE = 0.93
"""Share of the nominal memory that an instance registers with ECS at least (8 GiB: 7,817 MiB on Amazon Linux 2)."""


@dataclass(frozen=True)
class Size:
    """CPU and memory of an instance."""

    cpu_units: int
    """1/1024 vCPU."""
    memory_mib: int
    """Nominal; of it an instance registers REGISTERED_SHARE."""
    tasks: int
    """How many tasks with a network interface of their own it takes: one interface is the instance's."""
    trunk_tasks: int | None
    """How many with trunked interfaces; None where it cannot trunk."""


SIZES = {
    name: Size(cpu_units=vcpus * CPU_UNITS, memory_mib=memory_mib, tasks=interfaces - 1, trunk_tasks=trunk_tasks)
    for name, (vcpus, memory_mib, _, interfaces, trunk_tasks, _) in INSTANCE_TYPES.items()
}
"""Instance type → what it has."""
