from __future__ import annotations

import gzip
import json
from pathlib import Path

import moto

from ecs_operations.facts.instance_types import CPU_UNITS, REGISTERED_SHARE, SIZES
from lambdas.cluster.instance_types import INSTANCE_TYPES, MEMORY_SHARE


def test_the_sizes_are_those_of_the_instance_types():
    data = Path(moto.__file__).parent / "ec2" / "resources" / "instance_types.json.gz"
    types = json.loads(gzip.decompress(data.read_bytes()))
    assert SIZES
    for name, size in SIZES.items():
        offered = types[name]["VCpuInfo"]["DefaultVCpus"] * CPU_UNITS, types[name]["MemoryInfo"]["SizeInMiB"]
        assert (name, size.cpu_units, size.memory_mib) == (name, *offered)


def test_the_pack_knows_the_same_sizes_as_the_controllers():
    """The pack is used alone, too, so it has a copy of its own; here it may not drift."""
    known = {name: (SIZES[name].cpu_units, SIZES[name].memory_mib) for name in INSTANCE_TYPES}
    assert known == {name: (kind.cpu_units, kind.memory_mib) for name, kind in INSTANCE_TYPES.items()}
    assert REGISTERED_SHARE == MEMORY_SHARE
