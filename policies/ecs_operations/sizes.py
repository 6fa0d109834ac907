"""What an instance type offers to tasks. A small table; types that it lacks are not judged.

Source: Amazon EC2 instance types. A test compares it with the data set of an emulator.
"""

from __future__ import annotations

from dataclasses import dataclass

CPU_UNITS = 1024
"""CPU units of a vCPU in ECS."""
REGISTERED_SHARE = 0.95
"""Share of the nominal memory that an instance registers with ECS at least (8 GiB shows as 7,985 MiB)."""

_VCPUS = {"large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32, "12xlarge": 48, "16xlarge": 64}
_MIB_PER_VCPU = {"c": 2048, "m": 4096, "r": 8192}
_FAMILIES = (
    "c6g", "c6i", "c6a", "c7g", "c7i", "c7a",
    "m6g", "m6i", "m6a", "m7g", "m7i", "m7a",
    "r6g", "r6i", "r6a", "r7g", "r7i", "r7a",
)  # fmt: skip
_BURSTABLE_MIB = {"small": 2048, "medium": 4096, "large": 8192, "xlarge": 16384, "2xlarge": 32768}
_BURSTABLE = ("t3", "t3a", "t4g")


@dataclass(frozen=True)
class Size:
    """CPU and memory of an instance."""

    cpu_units: int
    memory_mib: int


def _table() -> dict[str, Size]:
    found = {
        f"{family}.{size}": Size(vcpus * CPU_UNITS, vcpus * _MIB_PER_VCPU[family[0]])
        for family in _FAMILIES
        for size, vcpus in _VCPUS.items()
    }
    for family in _BURSTABLE:
        for size, mib in _BURSTABLE_MIB.items():
            found[f"{family}.{size}"] = Size(_VCPUS.get(size, 2) * CPU_UNITS, mib)
    for family in ("c5", "m5", "r5"):
        for size in ("large", "xlarge", "2xlarge", "4xlarge"):
            vcpus = _VCPUS[size]
            found[f"{family}.{size}"] = Size(vcpus * CPU_UNITS, vcpus * _MIB_PER_VCPU[family[0]])
    return found


SIZES = _table()
"""Instance type → what it has, nominally."""
