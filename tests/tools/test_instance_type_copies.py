"""The table of instance types: its three copies say what the data file says, and the data file what EC2 says."""

import csv
import gzip
import json
import shutil
import subprocess
import sys
from importlib import import_module
from importlib.resources import files
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EC2 = json.loads(gzip.decompress((files("moto.ec2") / "resources" / "instance_types.json.gz").read_bytes()))
COPIES = (
    "lambdas.cluster.instance_type_table",
    "ecs_operations.facts.instance_type_table",
    "sandbox.emulator.instance_type_table",
)


def rows():
    lines = (ROOT / "data" / "instance_types.csv").read_text().splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def check(root):
    command = [sys.executable, str(root / "tools" / "instance_types.py"), "--check"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_holds_the_rows_of_the_data_file_and_no_other(copy):
    table = import_module(copy).INSTANCE_TYPES
    wanted = {
        row["name"]: (
            int(row["vcpus"]),
            int(row["memory_mib"]),
            row["architecture"],
            int(row["interfaces"]),
            int(row["trunk_tasks"]) if row["trunk_tasks"] else None,
            int(row["gpus"]),
        )
        for row in rows()
    }
    assert table == wanted
    assert list(table) == [row["name"] for row in rows()]


def test_the_data_file_names_each_type_once():
    names = [row["name"] for row in rows()]
    assert len(names) == len(set(names)) == 190


def test_the_data_file_says_what_ec2_says_of_each_type():
    for row in rows():
        theirs = EC2[row["name"]]
        assert row == row | {
            "vcpus": str(theirs["VCpuInfo"]["DefaultVCpus"]),
            "memory_mib": str(theirs["MemoryInfo"]["SizeInMiB"]),
            "architecture": "/".join(theirs["ProcessorInfo"]["SupportedArchitectures"]),
            "interfaces": str(theirs["NetworkInfo"]["MaximumNetworkInterfaces"]),
            "gpus": str(sum(gpu["Count"] for gpu in theirs.get("GpuInfo", {}).get("Gpus", []))),
        }


def test_a_trunk_never_offers_less_than_the_interfaces_do():
    assert [
        row["name"] for row in rows() if row["trunk_tasks"] and int(row["trunk_tasks"]) < int(row["interfaces"])
    ] == []


def test_a_copy_that_was_edited_is_found(tmp_path):
    paths = [f"policies/{each}" if each.startswith("ecs") else each for each in (c.replace(".", "/") for c in COPIES)]
    for part in ("tools/instance_types.py", "data/instance_types.csv", *(f"{path}.py" for path in paths)):
        (tmp_path / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / part, tmp_path / part)
    assert check(tmp_path).returncode == 0
    edited = tmp_path / f"{paths[1]}.py"
    edited.write_text(edited.read_text().replace('"m5.large": (2,', '"m5.large": (4,'))
    done = check(tmp_path)
    assert done.returncode == 1
    assert f"{paths[1]}.py differs" in done.stderr
