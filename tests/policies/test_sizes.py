from __future__ import annotations

import gzip
import json
from pathlib import Path

import moto

from ecs_operations.sizes import CPU_UNITS, SIZES


def test_the_sizes_are_those_of_the_instance_types():
    data = Path(moto.__file__).parent / "ec2" / "resources" / "instance_types.json.gz"
    types = json.loads(gzip.decompress(data.read_bytes()))
    assert SIZES
    for name, size in SIZES.items():
        offered = types[name]["VCpuInfo"]["DefaultVCpus"] * CPU_UNITS, types[name]["MemoryInfo"]["SizeInMiB"]
        assert (name, size.cpu_units, size.memory_mib) == (name, *offered)
