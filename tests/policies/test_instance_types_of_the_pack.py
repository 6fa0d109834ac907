"""The pack judges by the same instance types and numbers as the controllers and the emulator."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import moto

from ecs_operations.facts.instance_type_table import INSTANCE_TYPES as TABLE
from ecs_operations.facts.instance_types import CPU_UNITS, REGISTERED_SHARE, SIZES
from lambdas.cluster.instance_types import INSTANCE_TYPES, MEMORY_SHARE
from sandbox.emulator.instance_type_table import INSTANCE_TYPES as OF_THE_EMULATOR


def test_the_sizes_are_those_of_a_data_set_that_others_keep():
    data = Path(moto.__file__).parent / "ec2" / "resources" / "instance_types.json.gz"
    types = json.loads(gzip.decompress(data.read_bytes()))
    assert SIZES
    for name, size in SIZES.items():
        given = types[name]["VCpuInfo"]["DefaultVCpus"] * CPU_UNITS, types[name]["MemoryInfo"]["SizeInMiB"]
        assert (name, size.cpu_units, size.memory_mib) == (name, *given)


def test_pack_and_controllers_know_the_same_types_with_the_same_numbers():
    known = {name: (size.cpu_units, size.memory_mib, size.tasks, size.trunk_tasks) for name, size in SIZES.items()}
    assert known == {
        name: (kind.cpu_units, kind.memory_mib, kind.task_slots(trunking=False), kind.trunk_tasks)
        for name, kind in INSTANCE_TYPES.items()
    }
    assert REGISTERED_SHARE == MEMORY_SHARE


def test_pack_and_emulator_know_the_same_types_with_the_same_numbers():
    assert TABLE == OF_THE_EMULATOR
