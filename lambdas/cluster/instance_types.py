"""What an instance type offers to tasks: the table of data/instance_types.csv, which names its sources."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from .instance_type_table import INSTANCE_TYPES as TABLE

Architecture = Literal["arm64", "x86_64"]

MEMORY_SHARE: Final = 0.93
"""Share of the nominal memory that an instance registers with ECS, from below. 8 GiB register as 7,817 MiB on Amazon
Linux 2 (m6i.large, amazon-ecs-ami issue 597), and AL2023 keeps about 86 MiB more for itself: 94.4 %, less a margin."""


@dataclass(frozen=True, kw_only=True)
class InstanceType:
    """What one instance type offers to tasks."""

    name: str
    vcpus: int
    memory_mib: int
    """Nominal memory in MiB; `usable_memory_mib` is what tasks get."""
    architecture: Architecture
    interfaces: int
    """Elastic network interfaces that can be attached, the primary one included."""
    trunk_tasks: int | None
    """Tasks in awsvpc mode with a trunk interface; None where the type cannot trunk."""
    gpus: int = 0

    @property
    def cpu_units(self) -> int:
        """CPU that the instance registers, in units of 1/1024 vCPU."""
        return self.vcpus * 1024

    def usable_memory_mib(self, reserved_mib: int = 0) -> int:
        """Memory in MiB to count on until an instance is seen: 93 % of the nominal less ECS_RESERVED_MEMORY."""
        return max(0, int(self.memory_mib * MEMORY_SHARE) - reserved_mib)

    def task_slots(self, *, trunking: bool) -> int:
        """How many tasks in awsvpc mode fit: the primary interface takes one place, a trunk another."""
        if trunking and self.trunk_tasks is not None:
            return self.trunk_tasks
        return self.interfaces - 1


INSTANCE_TYPES: Final[Mapping[str, InstanceType]] = MappingProxyType(
    {
        name: InstanceType(
            name=name,
            vcpus=vcpus,
            memory_mib=memory_mib,
            architecture=architecture,
            interfaces=interfaces,
            trunk_tasks=trunk_tasks,
            gpus=gpus,
        )
        for name, (vcpus, memory_mib, architecture, interfaces, trunk_tasks, gpus) in TABLE.items()
    }
)
"""Every known instance type by its name. One that is missing here exists at AWS: add it to data/instance_types.csv."""


def instance_type(name: str) -> InstanceType:
    """Look an instance type up; raises ValueError with the nearest names when it is not in the table."""
    found = INSTANCE_TYPES.get(name)
    if found is None:
        near = difflib.get_close_matches(name, INSTANCE_TYPES, n=2)
        families = ", ".join(sorted({known.partition(".")[0] for known in INSTANCE_TYPES}))
        hint = f"did you mean {' or '.join(near)}?" if near else f"known families are {families}"
        raise ValueError(f"{name}: unknown instance type; {hint}")
    return found
