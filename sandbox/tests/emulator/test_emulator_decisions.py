from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.emulator.agents import configuration
from sandbox.emulator.batches import allowed
from sandbox.emulator.instance_type_table import INSTANCE_TYPES
from sandbox.emulator.instance_types import instance_type
from sandbox.emulator.placement import Candidate, Shape, choose
from sandbox.emulator.query import matches


def a_candidate(name="a", **changes: object):
    return Candidate(**{"id": name, "zone": "z", "cpu": 1024, "memory": 1024, "slots": 2, **changes})


@pytest.mark.parametrize(
    ("desired", "least", "most", "steps"),
    [(4, 100, 150, (2, 0)), (4, 50, 100, (0, 2)), (1, 100, 110, (1, 0)), (1, 90, 100, (0, 1)), (10, 90, 100, (0, 1))],
)
def test_a_refresh_goes_as_far_as_its_percentages_allow(desired, least, most, steps):
    assert allowed(desired, least, most) == steps


@settings(max_examples=50)
@given(st.integers(1, 100), st.integers(0, 100), st.integers(100, 200))
def test_a_refresh_always_goes_on_and_never_both_ways(desired, least, most):
    surge, down = allowed(desired, least, most)
    assert (surge > 0) != (down > 0)


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 2000), st.integers(0, 3)), max_size=6))
def test_a_chosen_place_has_room(rooms):
    need = Shape(cpu=500, memory=700, interface=True)
    places = [a_candidate(str(i), cpu=cpu, memory=memory, slots=slots) for i, (cpu, memory, slots) in enumerate(rooms)]
    chosen = choose(places, need)
    fits = [p for p in places if p.cpu >= 500 and p.memory >= 700 and p.slots >= 1]
    assert chosen in fits if fits else isinstance(chosen, str)


def test_the_first_resource_that_lacks_is_named():
    assert choose([a_candidate(memory=1)], Shape(9999, 9999)) == "RESOURCE:MEMORY"
    assert choose([a_candidate()], Shape(9999, 1)) == "RESOURCE:CPU"
    assert choose([a_candidate(slots=0)], Shape(1, 1, interface=True)) == "RESOURCE:ENI"
    assert choose([a_candidate(ports=frozenset({80}))], Shape(1, 1, ports=frozenset({80}))) == "RESOURCE:PORTS"


def test_strategies_and_constraints_are_followed():
    need = Shape(1, 1)
    full, empty = a_candidate("full", memory=100, tasks=1), a_candidate("empty", memory=900)
    assert choose([full, empty], need, (), [{"type": "binpack", "field": "memory"}]) is full
    assert (
        choose([full, empty], need, [{"type": "distinctInstance"}], [{"type": "binpack", "field": "memory"}]) is empty
    )
    far = a_candidate("far", facts={"attribute:ecs.instance-type": "m7g.large"})
    constraint = {"type": "memberOf", "expression": "attribute:ecs.instance-type =~ m7g.*"}
    assert choose([empty, far], need, [constraint]) is far


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("attribute:zone == a", True),
        ("attribute:zone != a", False),
        ("attribute:zone in [a, b] and runningTasksCount < 3", True),
        ("attribute:zone not_in [a, b]", False),
        ("attribute:gpu exists", False),
    ],
)
def test_the_query_language_is_understood(expression, answer):
    assert matches(expression, {"attribute:zone": "a", "runningTasksCount": "2"}) is answer


@pytest.mark.parametrize(
    ("kind", "plain", "trunked"),
    [("m7g.large", 2, 10), ("m7g.xlarge", 3, 20), ("t4g.large", 2, 2), ("m5.16xlarge", 14, 120)],
)
def test_interface_slots_follow_the_published_table(kind, plain, trunked):
    found = instance_type(kind)
    assert (found.task_slots(trunking=False), found.task_slots(trunking=True)) == (plain, trunked)


def test_an_instance_type_is_what_the_table_says_less_the_memory_of_the_kernel():
    for name, (vcpus, memory_mib, architecture, interfaces, trunk_tasks, _) in INSTANCE_TYPES.items():
        found = instance_type(name)
        assert (found.cpu_units, found.architecture) == (1024 * vcpus, architecture)
        assert found.memory_mib == int(0.97 * memory_mib)
        assert found.task_slots(trunking=False) == interfaces - 1
        assert found.task_slots(trunking=True) == (interfaces - 1 if trunk_tasks is None else trunk_tasks)


def test_a_type_that_the_table_lacks_is_what_ec2_says_and_cannot_trunk():
    assert "t2.medium" not in INSTANCE_TYPES
    found = instance_type("t2.medium")
    assert (found.cpu_units, found.memory_mib, found.architecture) == (2048, 3973, "x86_64")
    assert found.task_slots(trunking=True) == found.task_slots(trunking=False) == 2
    with pytest.raises(KeyError):
        instance_type("m7g.tiny")


def test_the_agents_settings_are_read_from_user_data():
    text = (
        '#!/bin/bash\ncat <<EOF >> /etc/ecs/ecs.config\nECS_CLUSTER=prod\nECS_INSTANCE_ATTRIBUTES=\'{"a": "b"}\'\nEOF\n'
    )
    assert configuration(text) == {"ECS_CLUSTER": "prod", "ECS_INSTANCE_ATTRIBUTES": '{"a": "b"}'}
