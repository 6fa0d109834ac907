"""What instance types offer, against tables written by hand from AWS's documentation."""

import gzip
import json
from pathlib import Path

import moto
import pytest

from lambdas.cluster.instance_types import INSTANCE_TYPES, REGISTERED_MEMORY_SHARE, instance_type


@pytest.mark.parametrize(
    ("name", "plain", "trunked"),
    [
        ("m7g.medium", 1, 4),
        ("m7g.large", 2, 10),
        ("m7g.xlarge", 3, 20),
        ("m7g.2xlarge", 3, 40),
        ("m7g.4xlarge", 7, 60),
        ("m7g.8xlarge", 7, 60),
        ("m7g.12xlarge", 7, 60),
        ("m7g.16xlarge", 14, 120),
        ("m6g.medium", 1, 4),
        ("c7g.large", 2, 10),
        ("r6g.16xlarge", 14, 120),
        ("m5.large", 2, 10),
        ("m5.8xlarge", 7, 60),
        ("m5a.12xlarge", 7, 60),
        ("m6i.large", 2, 10),
        ("m6i.4xlarge", 7, 60),
        ("m6i.8xlarge", 7, 90),
        ("m6i.12xlarge", 7, 120),
        ("m6a.8xlarge", 7, 90),
        ("c6i.12xlarge", 7, 120),
        ("c7i.8xlarge", 7, 90),
        ("r6i.8xlarge", 7, 90),
        ("r5.4xlarge", 7, 60),
        ("r5.8xlarge", 7, 7),  # the one r5 that cannot trunk
        ("r5.12xlarge", 7, 60),
        ("c5.12xlarge", 7, 60),
        ("g5.xlarge", 3, 6),
        ("t3.large", 2, 2),  # burstable types cannot trunk
        ("t3a.small", 1, 1),
        ("t4g.xlarge", 3, 3),
    ],
)
def test_a_type_takes_as_many_tasks_with_an_own_interface_as_ecs_says(name, plain, trunked):
    kind = instance_type(name)
    assert (kind.task_interfaces(trunking=False), kind.task_interfaces(trunking=True)) == (plain, trunked)


@pytest.mark.parametrize(
    ("name", "architecture", "cpu_units", "memory_mib", "gpus"),
    [
        ("m7g.medium", "arm64", 1024, 4096, 0),
        ("m7g.large", "arm64", 2048, 8192, 0),
        ("c6i.xlarge", "x86_64", 4096, 8192, 0),
        ("r7g.2xlarge", "arm64", 8192, 65536, 0),
        ("t4g.small", "arm64", 2048, 2048, 0),
        ("t3.2xlarge", "x86_64", 8192, 32768, 0),
        ("g5.xlarge", "x86_64", 4096, 16384, 1),
    ],
)
def test_a_type_offers_what_ec2_says(name, architecture, cpu_units, memory_mib, gpus):
    kind = instance_type(name)
    assert (kind.architecture, kind.cpu_units, kind.memory_mib, kind.gpus) == (
        architecture,
        cpu_units,
        memory_mib,
        gpus,
    )


def recorded_types() -> dict[str, dict]:
    """Answers of EC2's DescribeInstanceTypes, as the emulator keeps them."""
    packed = Path(moto.__file__).parent / "ec2" / "resources" / "instance_types.json.gz"
    return json.loads(gzip.decompress(packed.read_bytes()))


def test_every_type_agrees_with_what_ec2_answers():
    recorded = recorded_types()
    differing = {}
    for name, kind in INSTANCE_TYPES.items():
        answer = recorded[name]
        said = (
            answer["VCpuInfo"]["DefaultVCpus"],
            answer["MemoryInfo"]["SizeInMiB"],
            answer["NetworkInfo"]["MaximumNetworkInterfaces"],
            kind.architecture in answer["ProcessorInfo"]["SupportedArchitectures"],
        )
        if said != (kind.vcpus, kind.memory_mib, kind.interfaces, True):
            differing[name] = said
    assert not differing


def test_trunking_takes_no_task_away():
    assert all(
        kind.task_interfaces(trunking=True) >= kind.task_interfaces(trunking=False) >= 1
        for kind in INSTANCE_TYPES.values()
    )


def test_tasks_find_less_memory_than_the_type_has():
    """An m4.large of 8 GiB registers 7,985 MiB; the estimate stays below such a measurement."""
    assert int(8192 * REGISTERED_MEMORY_SHARE) < 7985
    assert instance_type("m7g.large").task_memory_mib(reserved_mib=0) == 7782
    assert instance_type("m7g.large").task_memory_mib(reserved_mib=256) == 7526


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("m7g.larg", r"^m7g\.larg: unknown instance type; did you mean m7g\.large"),
        ("t3.lagre", r"did you mean t3\.large"),
        ("M7G.LARGE!", "known families are c5, c6a, c6g, c6i"),
        ("", "known families are"),
    ],
)
def test_an_unknown_type_is_refused_with_the_nearest_names(wrong, says):
    with pytest.raises(ValueError, match=says):
        instance_type(wrong)
