"""Shapes, constraints and slots, with values worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.capacity.worst_placement import slots_lost_at_worst
from lambdas.cluster.packing import ShapeCount, pack, spread
from lambdas.cluster.placement_constraints import parse
from lambdas.cluster.room import slots, take, totals
from lambdas.cluster.services import Constraint
from lambdas.cluster.shapes import Shape, hardest, shape_of
from tests.lambdas.capacity.clusters import a_definition, a_room, a_service


def schedulable(rooms, shapes):
    return min(totals(rooms, shapes).values(), default=0)


def a_shape(cpu=512, memory=1000, **changes):
    return Shape(cpu_units=cpu, memory_mib=memory, **changes)


def member_of(expression):
    return Constraint(kind="memberOf", expression=expression)


IN_A = parse([member_of("attribute:ecs.availability-zone == a")])[0]


@pytest.mark.parametrize(
    ("room", "shape", "expected"),
    [
        ({}, a_shape(512, 1000), 4),
        ({}, a_shape(256, 3000), 2),
        ({}, a_shape(0, 1000), 8),
        ({"interfaces": 2}, a_shape(128, 100, interface=True), 2),
        ({"interfaces": 2}, a_shape(128, 100), 16),
        ({"interfaces": 0}, a_shape(128, 100, interface=True), 0),
        ({"gpus": 3}, a_shape(128, 100, gpus=2), 1),
        ({}, a_shape(128, 100, gpus=1), 0),
        ({}, a_shape(128, 100, tcp_ports=frozenset({80})), 1),
        ({"tcp_ports": frozenset({80})}, a_shape(128, 100, tcp_ports=frozenset({80})), 0),
        ({"udp_ports": frozenset({80})}, a_shape(128, 100, tcp_ports=frozenset({80})), 1),
        ({"udp_ports": frozenset({53})}, a_shape(128, 100, udp_ports=frozenset({53})), 0),
        ({}, a_shape(128, 100, distinct="kafka"), 1),
        ({"holds": frozenset({"kafka"})}, a_shape(128, 100, distinct="kafka"), 0),
        ({"holds": frozenset({"kafka"})}, a_shape(128, 100, distinct="redis"), 1),
        ({"zone": "a"}, a_shape(512, 1000, conditions=IN_A), 4),
        ({"zone": "b"}, a_shape(512, 1000, conditions=IN_A), 0),
        ({"cpu_units": 0}, a_shape(512, 1000), 0),
        ({"cpu_units": -512}, a_shape(512, 1000), 0),
        ({"memory_mib": 999}, a_shape(1, 1000), 0),
    ],
)
def test_the_scarcest_resource_decides_how_many_tasks_fit(room, shape, expected):
    assert slots(a_room(**room), shape) == expected


def test_the_metric_is_what_fits_of_the_shape_that_fits_least():
    rooms = [a_room(), a_room(cpu_units=512)]
    assert schedulable(rooms, [a_shape(512, 1000), a_shape(1024, 1000)]) == 2
    assert schedulable([], [a_shape()]) == 0
    assert schedulable(rooms, []) == 0


def test_an_own_interface_has_no_port_of_the_host():
    shape = shape_of(a_definition(tcp_ports=frozenset()))
    assert (shape.interface, shape.once) == (True, False)


def test_constraints_of_definition_and_service_both_hold():
    definition = a_definition(constraints=(member_of("attribute:ecs.instance-type == m7g.large"),))
    service = a_service(
        constraints=(member_of("attribute:ecs.availability-zone in [a, b]"), Constraint(kind="distinctInstance"))
    )
    shape = shape_of(definition, service)
    assert shape.distinct == "web"
    fits = {(zone, kind): slots(a_room(zone=zone, instance_type=kind), shape) for zone in "ac" for kind in KINDS}
    assert fits == {("a", "m7g.large"): 1, ("a", "m6i.large"): 0, ("c", "m7g.large"): 0, ("c", "m6i.large"): 0}


KINDS = ("m7g.large", "m6i.large")


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("attribute:ecs.availability-zone == a", {"a"}),
        ("attribute:ecs.availability-zone != a", {"b", "c"}),
        ("attribute:ecs.availability-zone in [a, b]", {"a", "b"}),
        ("attribute:ecs.availability-zone not_in [a,b]", {"c"}),
        ("attribute:ecs.availability-zone =~ [ab]", {"a", "b"}),
        ("attribute:ecs.availability-zone !~ a", {"b", "c"}),
        ("attribute:ecs.instance-type =~ m7g.*", {"a", "b", "c"}),
        ("attribute:ecs.instance-type =~ m5.*", set()),
        ("attribute:ecs.availability-zone == a and attribute:ecs.instance-type == m7g.large", {"a"}),
    ],
)
def test_a_constraint_says_where_a_task_may_go(expression, allowed):
    where, ignored = parse([member_of(expression)])
    assert {zone for zone in "abc" if all(each.allows(zone, "m7g.large") for each in where)} == allowed
    assert not ignored


@pytest.mark.parametrize(
    "expression",
    [
        "attribute:stack == prod",
        "task:group == service:web",
        "attribute:ecs.availability-zone == a or attribute:stack == prod",
        "not (attribute:ecs.availability-zone == a)",
        "attribute:ecs.availability-zone exists",
        "attribute:ecs.instance-type =~ m7g[",
    ],
)
def test_what_is_not_understood_counts_as_satisfied_and_is_named(expression):
    assert parse([member_of(expression)]) == ((), (expression,))


def test_the_part_that_is_understood_still_holds():
    where, ignored = parse([member_of("attribute:stack == prod and attribute:ecs.availability-zone == a")])
    assert (len(where), ignored) == (1, ("attribute:stack == prod",))


@pytest.mark.parametrize(
    ("shapes", "expected"),
    [
        ([a_shape(512, 1000), a_shape(256, 500)], [a_shape(512, 1000)]),
        ([a_shape(512, 1000), a_shape(1024, 500)], [a_shape(512, 1000), a_shape(1024, 500)]),
        ([a_shape(512, 1000), a_shape(256, 500, interface=True)], None),
        ([a_shape(512, 1000), a_shape(256, 500, conditions=IN_A)], None),
        ([a_shape(512, 1000, conditions=IN_A), a_shape(256, 500)], [a_shape(512, 1000, conditions=IN_A)]),
        ([a_shape(512, 1000, distinct="kafka"), a_shape(512, 1000)], [a_shape(512, 1000)]),
        ([a_shape(256, 500, gpus=1), a_shape(512, 1000)], None),
    ],
)
def test_only_the_hardest_shapes_are_kept(shapes, expected):
    assert set(hardest(shapes)) == set(shapes if expected is None else expected)


def test_a_task_goes_to_the_fullest_room_that_takes_it_whatever_their_order():
    rooms = [a_room(name="wide", cpu_units=1024), a_room(name="narrow", cpu_units=512)]
    demand = (ShapeCount(shape=a_shape(512, 3000), count=1), ShapeCount(shape=a_shape(1024, 100), count=1))
    assert pack(rooms, demand).left == pack(rooms[::-1], demand).left == ()
    assert spread(rooms, demand).left == (ShapeCount(shape=a_shape(1024, 100), count=1),)


def test_a_task_can_cost_a_slot_of_every_instance_that_takes_one_only():
    once = a_shape(tcp_ports=frozenset({80}))
    tasks = (ShapeCount(shape=a_shape(2048, 100), count=2),)
    assert slots_lost_at_worst([a_room(), a_room(), a_room()], once, tasks) == 2
    assert slots_lost_at_worst([a_room()], once, ()) == 0


PORTS = st.frozensets(st.sampled_from([80, 443]), max_size=2)
SHAPES = st.builds(
    Shape,
    cpu_units=st.integers(0, 4096),
    memory_mib=st.integers(6, 9000),
    interface=st.booleans(),
    tcp_ports=PORTS,
    udp_ports=PORTS,
    gpus=st.integers(0, 2),
    conditions=st.sampled_from([(), IN_A]),
    distinct=st.sampled_from(["", "kafka"]),
)
ROOMS = st.builds(
    a_room,
    zone=st.sampled_from("ab"),
    cpu_units=st.integers(-100, 8192),
    memory_mib=st.integers(-100, 16000),
    interfaces=st.integers(0, 10),
    gpus=st.integers(0, 4),
    tcp_ports=PORTS,
    udp_ports=PORTS,
    holds=st.sampled_from([frozenset(), frozenset({"kafka"})]),
)


@given(ROOMS, SHAPES)
def test_slots_are_never_negative_and_taking_one_leaves_one_less_at_most(room, shape):
    count = slots(room, shape)
    assert count >= 0
    if count:
        after = slots(take(room, shape), shape)
        assert after == (0 if shape.once else count - 1)


@given(st.lists(ROOMS, max_size=5), ROOMS, st.lists(SHAPES, min_size=1, max_size=4))
def test_adding_an_instance_never_lowers_the_schedulable_tasks(rooms, another, shapes):
    assert schedulable([*rooms, another], shapes) >= schedulable(rooms, shapes)


@given(ROOMS, st.lists(SHAPES, min_size=1, max_size=5))
def test_room_for_the_hardest_shapes_is_room_for_all(room, shapes):
    if all(slots(room, shape) for shape in hardest(shapes)):
        # `distinctInstance` and ports are a matter of demand, so they are left out on both sides.
        assert all(slots(room, each) for each in shapes if not each.once)


@given(ROOMS, SHAPES, SHAPES)
def test_a_task_takes_the_place_of_no_more_tasks_than_it_says(room, task, other):
    if slots(room, task):
        assert slots(room, other) - slots(take(room, task), other) <= task.crowds_out(other)


@pytest.mark.parametrize(
    ("task", "other", "count"),
    [
        ({}, {}, 1),
        ({"cpu_units": 1}, {}, 1),
        ({"cpu_units": 513}, {}, 2),
        ({"memory_mib": 7000}, {}, 7),
        ({"gpus": 3}, {"gpus": 2}, 2),
        ({"gpus": 3, "interface": True}, {}, 1),
        ({"cpu_units": 9999}, {"cpu_units": 0}, 1),
    ],
)
def test_how_many_tasks_one_takes_the_place_of(task, other, count):
    plain = {"cpu_units": 512, "memory_mib": 1000}
    assert Shape(**plain | task).crowds_out(Shape(**plain | other)) == count
