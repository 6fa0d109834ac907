"""Instance types: what tasks get of one, and the task limits of the ECS guide."""

import pytest

from lambdas.cluster.instance_types import instance_type


def test_a_type_has_every_number_of_its_row():
    found = instance_type("g5.12xlarge")
    assert (found.name, found.vcpus, found.memory_mib, found.architecture) == ("g5.12xlarge", 48, 196608, "x86_64")
    assert (found.interfaces, found.trunk_tasks, found.gpus) == (15, 120, 4)


@pytest.mark.parametrize(
    ("name", "plain", "trunked"),
    [
        ("m5.large", 2, 10),
        ("c6g.medium", 1, 4),
        ("m6i.xlarge", 3, 20),
        ("r6g.2xlarge", 3, 40),
        ("c7g.4xlarge", 7, 60),
        ("m7g.8xlarge", 7, 60),
        ("m6i.8xlarge", 7, 90),
        ("c6i.12xlarge", 7, 120),
        ("m5.12xlarge", 7, 60),
        ("c5.9xlarge", 7, 60),
        ("c5.18xlarge", 14, 120),
        ("m5.16xlarge", 14, 120),
        ("g5.xlarge", 3, 6),
        ("g5.8xlarge", 7, 90),
        ("r5.8xlarge", 7, 7),
        ("c6a.8xlarge", 7, 90),
        ("r6a.12xlarge", 7, 120),
        ("m7a.medium", 1, 4),
        ("c7a.4xlarge", 7, 60),
        ("r7a.8xlarge", 7, 90),
        ("r7i.16xlarge", 14, 120),
        ("t3.large", 2, 2),
        ("t3a.small", 1, 1),
        ("t4g.xlarge", 3, 3),
    ],
)
def test_task_slots_are_those_of_the_guide(name, plain, trunked):
    assert instance_type(name).task_slots(trunking=False) == plain
    assert instance_type(name).task_slots(trunking=True) == trunked


def test_memory_is_counted_from_below_until_an_instance_is_seen():
    assert instance_type("m5.large").usable_memory_mib() == 7618
    assert instance_type("m5.large").usable_memory_mib(reserved_mib=256) == 7362
    assert instance_type("t3.nano").usable_memory_mib(reserved_mib=4096) == 0
    assert instance_type("t3.nano").cpu_units == 2048


def test_an_unknown_type_is_refused_with_what_to_do():
    with pytest.raises(ValueError, match=r"^m5\.huge: unknown instance type; did you mean m5"):
        instance_type("m5.huge")
