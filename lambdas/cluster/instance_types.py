"""What an EC2 instance type offers to tasks: CPU, memory, GPUs, and network interfaces.

No API tells how many tasks with an own interface a type takes with trunking, so this is a table, by family and size.
Sources: EC2 user guide, "Instance type specifications" (vCPU, memory, interfaces); ECS developer guide, "Supported
instances for increased container network interfaces" (tasks with trunking).
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Literal

Architecture = Literal["arm64", "x86_64"]

REGISTERED_MEMORY_SHARE = 0.95
"""Share of the nominal memory that an instance registers at least: the kernel keeps the rest (an m4.large of 8 GiB
registers 7,985 MiB, 97.5 %). Counted until an instance of the type has been seen."""


@dataclass(frozen=True, kw_only=True)
class InstanceType:
    """One type, for example m7g.large."""

    name: str
    architecture: Architecture
    vcpus: int
    memory_mib: int
    interfaces: int
    """Network interfaces, the instance's own included."""
    trunked_tasks: int | None
    """Tasks with an own interface when trunking is on; None where the type cannot trunk."""
    gpus: int = 0

    @property
    def cpu_units(self) -> int:
        """1/1024 vCPU that tasks can reserve: all of them."""
        return self.vcpus * 1024

    def task_memory_mib(self, reserved_mib: int) -> int:
        """MiB that tasks can reserve, with `reserved_mib` (ECS_RESERVED_MEMORY) kept for the host."""
        return int(self.memory_mib * REGISTERED_MEMORY_SHARE) - reserved_mib

    def task_interfaces(self, *, trunking: bool) -> int:
        """Tasks in awsvpc mode that fit by their interfaces."""
        return self.trunked_tasks if trunking and self.trunked_tasks else self.interfaces - 1


@dataclass(frozen=True)
class _Size:
    vcpus: int
    interfaces: int
    trunked_tasks: int


_SIZES = {
    "medium": _Size(1, 2, 4),
    "large": _Size(2, 3, 10),
    "xlarge": _Size(4, 4, 20),
    "2xlarge": _Size(8, 4, 40),
    "4xlarge": _Size(16, 8, 60),
    "8xlarge": _Size(32, 8, 60),
    "12xlarge": _Size(48, 8, 60),
    "16xlarge": _Size(64, 15, 120),
}
_GRAVITON_SIZES = tuple(_SIZES)
_X86_SIZES = tuple(size for size in _SIZES if size != "medium")
_C5_SIZES = ("large", "xlarge", "2xlarge", "4xlarge", "12xlarge")  # its 9xlarge and 18xlarge fit in no series

_GIB_PER_VCPU = {"c": 2, "m": 4, "r": 8}

_GRAVITON = ("c6g", "c7g", "m6g", "m7g", "r6g", "r7g")
_X86 = ("c6i", "c6a", "c7i", "m5", "m5a", "m6i", "m6a", "m7i", "r5", "r6i", "r7i")

_SIXTH_X86_TASKS = {"8xlarge": 90, "12xlarge": 120}
"""Tasks with trunking where x86 families since the sixth generation take more than the others of their size."""

_NOT_TRUNKED = {"r5.8xlarge"}
"""Types that cannot trunk although their family can (same page of the ECS developer guide)."""

_BURSTABLE = {"nano": (2, 512), "micro": (2, 1024), "small": (2, 2048), "medium": (2, 4096), "large": (2, 8192),
              "xlarge": (4, 16384), "2xlarge": (8, 32768)}  # fmt: skip
_BURSTABLE_INTERFACES = {"nano": 2, "micro": 2, "small": 3, "medium": 3, "large": 3, "xlarge": 4, "2xlarge": 4}


def _series(family: str, architecture: Architecture, sizes: tuple[str, ...]) -> list[InstanceType]:
    return [
        InstanceType(
            name=f"{family}.{size}",
            architecture=architecture,
            vcpus=_SIZES[size].vcpus,
            memory_mib=_SIZES[size].vcpus * _GIB_PER_VCPU[family[0]] * 1024,
            interfaces=_SIZES[size].interfaces,
            trunked_tasks=_trunked_tasks(family, architecture, size),
        )
        for size in sizes
    ]


def _trunked_tasks(family: str, architecture: Architecture, size: str) -> int | None:
    if f"{family}.{size}" in _NOT_TRUNKED:
        return None
    sixth_x86 = architecture == "x86_64" and family[1] >= "6"
    return _SIXTH_X86_TASKS.get(size, _SIZES[size].trunked_tasks) if sixth_x86 else _SIZES[size].trunked_tasks


def _burstable(family: str, architecture: Architecture) -> list[InstanceType]:
    return [
        InstanceType(
            name=f"{family}.{size}",
            architecture=architecture,
            vcpus=vcpus,
            memory_mib=memory_mib,
            interfaces=2 if (family, size) == ("t3a", "small") else _BURSTABLE_INTERFACES[size],
            trunked_tasks=None,
        )
        for size, (vcpus, memory_mib) in _BURSTABLE.items()
    ]


def _table() -> dict[str, InstanceType]:
    rows = [
        *(row for family in _GRAVITON for row in _series(family, "arm64", _GRAVITON_SIZES)),
        *(row for family in _X86 for row in _series(family, "x86_64", _X86_SIZES)),
        *_series("c5", "x86_64", _C5_SIZES),
        *_burstable("t3", "x86_64"),
        *_burstable("t3a", "x86_64"),
        *_burstable("t4g", "arm64"),
        InstanceType(
            name="g5.xlarge",
            architecture="x86_64",
            vcpus=4,
            memory_mib=16 * 1024,
            interfaces=4,
            trunked_tasks=6,
            gpus=1,
        ),
    ]
    return {row.name: row for row in rows}


INSTANCE_TYPES = _table()
"""Every type that the platform knows, by name."""


def instance_type(name: str) -> InstanceType:
    """The type of a name. Raises ValueError, with the nearest names, for one that the table lacks."""
    if name in INSTANCE_TYPES:
        return INSTANCE_TYPES[name]
    near = difflib.get_close_matches(name, INSTANCE_TYPES, n=3)
    families = sorted({known.partition(".")[0] for known in INSTANCE_TYPES})
    raise ValueError(
        f"{name}: unknown instance type; "
        + (f"did you mean {' or '.join(near)}?" if near else f"known families are {', '.join(families)}")
    )
