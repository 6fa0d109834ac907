"""What an instance type offers to tasks. A small table; types that it lacks are not judged.

Source: Amazon EC2 instance types. A test compares it with the data set of an emulator.
"""

from __future__ import annotations

from dataclasses import dataclass

CPU_UNITS = 1024
"""CPU units of a vCPU in ECS."""
MIB = 1024
"""MiB of a GiB."""
REGISTERED_SHARE = 0.95
"""Share of the nominal memory that an instance registers with ECS at least (8 GiB shows as 7,985 MiB)."""

_VCPUS = {"medium": 1, "large": 2, "xlarge": 4} | {f"{n}xlarge": 4 * n for n in (2, 4, 8, 9, 12, 16, 18)}
_GIB_PER_VCPU = {"c": 2, "m": 4, "r": 8}
_WHOLE = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge")
_WITH_MEDIUM = ("medium", *_WHOLE)
_FAMILIES = {
    "c5": ("large", "xlarge", "2xlarge", "4xlarge", "9xlarge", "12xlarge", "18xlarge"),
    **dict.fromkeys(("m5", "m5a", "r5", "c6i", "m6i", "r6i", "c6a", "m6a", "r6a", "c7i", "m7i", "r7i"), _WHOLE),
    **dict.fromkeys(("c6g", "m6g", "r6g", "c7g", "m7g", "r7g", "c7a", "m7a", "r7a"), _WITH_MEDIUM),
}
_BURSTABLE = ("t3", "t3a", "t4g")
_BURSTABLE_SIZES = {  # size: vCPU, MiB
    "nano": (2, 512), "micro": (2, 1024), "small": (2, 2048), "medium": (2, 4096), "large": (2, 8192),
    "xlarge": (4, 16384), "2xlarge": (8, 32768),
}  # fmt: skip
_G5_VCPUS = {"xlarge": 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32, "12xlarge": 48, "16xlarge": 64}


@dataclass(frozen=True)
class Size:
    """CPU and memory of an instance."""

    cpu_units: int
    memory_mib: int


def _table() -> dict[str, Size]:
    ordinary = {
        f"{family}.{size}": Size(_VCPUS[size] * CPU_UNITS, _VCPUS[size] * _GIB_PER_VCPU[family[0]] * MIB)
        for family, sizes in _FAMILIES.items()
        for size in sizes
    }
    burstable = {
        f"{family}.{size}": Size(vcpus * CPU_UNITS, mib)
        for family in _BURSTABLE
        for size, (vcpus, mib) in _BURSTABLE_SIZES.items()
    }
    graphics = {f"g5.{size}": Size(vcpus * CPU_UNITS, vcpus * 4 * MIB) for size, vcpus in _G5_VCPUS.items()}
    return ordinary | burstable | graphics


SIZES = _table()
"""Instance type → what it has, nominally."""
