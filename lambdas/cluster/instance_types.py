"""The one home of instance sizes: vCPU, memory, architecture, interfaces and awsvpc task slots of an instance type.

No API tells the number of branch interfaces, so the table is static. Most of it follows rules per family and size;
what does not is written out. Sources: EC2 DescribeInstanceTypes (vCPU, memory, interfaces; a test compares them) and
the ECS developer guide, "Elastic network interface trunking", supported instance types (tasks with a trunk). The guide
lists m6i and c6i; m7i and c7i have the same branch limits in the VPC resource controller's table.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Architecture = Literal["arm64", "x86_64"]

MEMORY_SHARE: Final = 0.95
"""Share of the nominal memory that an instance registers with ECS, from below: 8 GiB shows as 7,985 MiB (m4.large)."""


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
        """Memory in MiB to count on until an instance is seen: 95 % of the nominal less ECS_RESERVED_MEMORY."""
        return max(0, int(self.memory_mib * MEMORY_SHARE) - reserved_mib)

    def task_slots(self, *, trunking: bool) -> int:
        """How many tasks in awsvpc mode fit: the primary interface takes one place, a trunk another."""
        if trunking and self.trunk_tasks is not None:
            return self.trunk_tasks
        return self.interfaces - 1


_SIZES: Final = {"medium": 1, "large": 2, "xlarge": 4} | {f"{n}xlarge": 4 * n for n in (2, 4, 8, 9, 12, 16, 18)}
_INTERFACES: Final = {1: 2, 2: 3, 4: 4, 8: 4, 16: 8, 32: 8, 36: 8, 48: 8, 64: 15, 72: 15}
_TRUNK_TASKS: Final = {1: 4, 2: 10, 4: 20, 8: 40, 16: 60, 32: 60, 36: 60, 48: 60, 64: 120, 72: 120}
_DENSE_TRUNK_TASKS: Final = _TRUNK_TASKS | {32: 90, 48: 120}
_DENSE: Final = frozenset({"m6i", "m6a", "m7i", "c6i", "c7i", "r6i"})
_NO_TRUNK: Final = frozenset({"r5.8xlarge"})  # the guide names it as the exception of its family

_WHOLE: Final = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge")
_GRAVITON: Final = ("medium", *_WHOLE)
_C5: Final = ("large", "xlarge", "2xlarge", "4xlarge", "9xlarge", "12xlarge", "18xlarge")
_GIB_PER_VCPU: Final = {"c": 2, "m": 4, "r": 8}

_BURSTABLE: Final = {  # size: vCPU, half GiB, interfaces; no burstable type can trunk
    "nano": (2, 1, 2),
    "micro": (2, 2, 2),
    "small": (2, 4, 3),
    "medium": (2, 8, 3),
    "large": (2, 16, 3),
    "xlarge": (4, 32, 4),
    "2xlarge": (8, 64, 4),
}
_G5: Final = {  # size: vCPU, GiB, interfaces, tasks with a trunk, GPUs
    "xlarge": (4, 16, 4, 6, 1),
    "2xlarge": (8, 32, 4, 19, 1),
    "4xlarge": (16, 64, 8, 40, 1),
    "8xlarge": (32, 128, 8, 90, 1),
    "12xlarge": (48, 192, 15, 120, 4),
    "16xlarge": (64, 256, 8, 120, 1),
}


def _family(family: str, sizes: tuple[str, ...]) -> dict[str, InstanceType]:
    table = _DENSE_TRUNK_TASKS if family in _DENSE else _TRUNK_TASKS
    return {
        f"{family}.{size}": InstanceType(
            name=f"{family}.{size}",
            vcpus=_SIZES[size],
            memory_mib=_SIZES[size] * _GIB_PER_VCPU[family[0]] * 1024,
            architecture="arm64" if family.endswith("g") else "x86_64",
            interfaces=_INTERFACES[_SIZES[size]],
            trunk_tasks=None if f"{family}.{size}" in _NO_TRUNK else table[_SIZES[size]],
        )
        for size in sizes
    }


def _burstable(family: str) -> dict[str, InstanceType]:
    return {
        f"{family}.{size}": InstanceType(
            name=f"{family}.{size}",
            vcpus=vcpus,
            memory_mib=half_gib * 512,
            architecture="arm64" if family.endswith("g") else "x86_64",
            interfaces=2 if f"{family}.{size}" == "t3a.small" else interfaces,
            trunk_tasks=None,
        )
        for size, (vcpus, half_gib, interfaces) in _BURSTABLE.items()
    }


def _g5() -> dict[str, InstanceType]:
    return {
        f"g5.{size}": InstanceType(
            name=f"g5.{size}",
            vcpus=vcpus,
            memory_mib=gib * 1024,
            architecture="x86_64",
            interfaces=interfaces,
            trunk_tasks=tasks,
            gpus=gpus,
        )
        for size, (vcpus, gib, interfaces, tasks, gpus) in _G5.items()
    }


def _all() -> dict[str, InstanceType]:
    table = _g5() | _family("c5", _C5)
    for family in ("t3", "t3a", "t4g"):
        table |= _burstable(family)
    for family in ("m5", "m5a", "m6i", "m6a", "m7i", "c6i", "c7i", "r5", "r6i"):
        table |= _family(family, _WHOLE)
    for family in ("m6g", "m7g", "c6g", "c7g", "r6g", "r7g"):
        table |= _family(family, _GRAVITON)
    return table


INSTANCE_TYPES: Final[Mapping[str, InstanceType]] = MappingProxyType(_all())
"""Every known instance type by its name. An unknown one is not an error of AWS: add it here with its source."""


def instance_type(name: str) -> InstanceType:
    """Look an instance type up; raises ValueError with the nearest names when it is not in the table."""
    found = INSTANCE_TYPES.get(name)
    if found is None:
        near = difflib.get_close_matches(name, INSTANCE_TYPES, n=2)
        families = ", ".join(sorted({known.partition(".")[0] for known in INSTANCE_TYPES}))
        hint = f"did you mean {' or '.join(near)}?" if near else f"known families are {families}"
        raise ValueError(f"{name}: unknown instance type; {hint}")
    return found
