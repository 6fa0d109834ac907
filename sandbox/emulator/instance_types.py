"""What an EC2 instance type offers to ECS: what the agent registers, and how many awsvpc tasks find an interface."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from moto.ec2.models.instance_types import INSTANCE_TYPES as DESCRIBED

from .instance_type_table import INSTANCE_TYPES

_KEPT_BY_KERNEL: Final = 0.03
"""Share of the nominal memory that the agent does not see: m4.large registers 7,985 of 8,192 MiB (ECS guide)."""


@dataclass(frozen=True, kw_only=True)
class InstanceType:
    """The resources that the ECS agent registers."""

    cpu_units: int
    """Units of 1/1024 vCPU."""
    memory_mib: int
    interfaces: int
    """Network interfaces, the primary one included."""
    trunk_tasks: int | None
    """awsvpc tasks with a trunk interface; None where the type cannot trunk."""
    architecture: str
    gpus: int

    def task_slots(self, *, trunking: bool) -> int:
        """Give how many awsvpc tasks the instance can hold."""
        return self.interfaces - 1 if self.trunk_tasks is None or not trunking else self.trunk_tasks


def instance_type(name: str) -> InstanceType:
    """Look an instance type up; one that the table lacks cannot trunk here. KeyError for one that EC2 does not have."""
    vcpus, memory_mib, architecture, interfaces, trunk_tasks, gpus = INSTANCE_TYPES.get(name) or _described(name)
    return InstanceType(
        cpu_units=vcpus * 1024,
        memory_mib=int(memory_mib * (1 - _KEPT_BY_KERNEL)),
        interfaces=interfaces,
        trunk_tasks=trunk_tasks,
        architecture=architecture,
        gpus=gpus,
    )


def _described(name: str) -> tuple[int, int, str, int, None, int]:
    """Give a row as the table's from moto's copy of DescribeInstanceTypes, which does not tell of trunks."""
    facts: dict[str, Any] = DESCRIBED[name]
    return (
        facts["VCpuInfo"]["DefaultVCpus"],
        facts["MemoryInfo"]["SizeInMiB"],
        "x86_64" if "x86_64" in (held := facts["ProcessorInfo"]["SupportedArchitectures"]) else held[0],
        facts["NetworkInfo"]["MaximumNetworkInterfaces"],
        None,
        sum(gpu["Count"] for gpu in facts.get("GpuInfo", {}).get("Gpus", [])),
    )
