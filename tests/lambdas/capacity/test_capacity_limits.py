"""Limits of growth, counts that disagree, and slots that crowding costs."""

import pytest

from lambdas.capacity.actions import ScaleOut
from lambdas.capacity.reasons import Reason
from lambdas.capacity.worst_placement import slots_lost_at_worst
from lambdas.cluster.packing import ShapeCount
from lambdas.cluster.shapes import Shape
from tests.lambdas.capacity.clusters import (
    a_group,
    a_history,
    a_member,
    a_room,
    a_service,
    a_snapshot,
    an_instance,
    decided,
)


def ordered(*, max_size=100, per_minute=50, desired=40, there=2):
    """The decision where tasks for ten instances wait beside the headroom; an instance has 4 slots."""
    instances = [an_instance(number, cpu=0, memory=0) for number in range(there)]
    group = a_group([a_member(each) for each in instances], max_size=max_size)
    return decided(
        a_snapshot(instances, [a_service(desired=desired)], group=group),
        grow={"headroom_tasks": 0, "per_minute": per_minute},
    )


@pytest.mark.parametrize(
    ("max_size", "per_minute", "desired"),
    [
        (100, 50, 12),
        (12, 50, 12),
        (11, 50, 11),
        (3, 50, 3),
        (100, 10, 12),
        (100, 9, 11),
        (100, 1, 3),
        (5, 9, 5),
        (9, 3, 5),
    ],
)
def test_an_order_is_what_is_missing_up_to_the_maximum_and_the_limit_of_a_minute(max_size, per_minute, desired):
    action = ordered(max_size=max_size, per_minute=per_minute).action
    assert isinstance(action, ScaleOut)
    assert (action.observed, action.desired) == (2, desired)


@pytest.mark.parametrize("max_size", [1, 2])
def test_at_the_maximum_and_beyond_nothing_is_ordered(max_size):
    decision = ordered(max_size=max_size)
    assert (decision.action, decision.reason) == (None, Reason.MAXIMUM_REACHED)


def test_what_was_ordered_and_is_not_there_yet_uses_up_the_limit_of_a_minute():
    instances = [an_instance(number, cpu=0, memory=0) for number in range(2)]
    members = [a_member(each) for each in instances]
    for coming, reason in ((3, Reason.JUST_ADDED), (2, Reason.ROOM_IS_SHORT)):
        group = a_group(members, desired_capacity=2 + coming)
        decision = decided(
            a_snapshot(instances, [a_service(desired=40)], group=group), grow={"headroom_tasks": 0, "per_minute": 3}
        )
        assert decision.reason is reason
        assert decision.action is None or (isinstance(decision.action, ScaleOut) and decision.action.desired == 5)


@pytest.mark.parametrize(
    ("running", "pending", "shown", "starting", "disagree"),
    [(0, 1, 0, 0, True), (0, 1, 0, 1, False), (1, 1, 1, 0, True), (1, 1, 1, 1, False), (1, 0, 0, 1, False)],
)
def test_pending_tasks_count_on_both_sides_before_an_instance_may_go(running, pending, shown, starting, disagree):
    first = an_instance(0, tasks=shown, pending_tasks=starting)
    instances = [first, an_instance(1), an_instance(2)]
    snapshot = a_snapshot(
        instances,
        [a_service(desired=running + pending, running=running, pending=pending)],
        surplus=a_history(),
        tasks={each.arn: () for each in instances},
    )
    assert (decided(snapshot).reason is Reason.COUNTS_DISAGREE) is disagree


SLOT = Shape(cpu_units=512, memory_mib=1000, interface=True)


@pytest.mark.parametrize(
    ("room", "task", "count", "lost"),
    [
        ({}, SLOT, 1, 1),
        ({}, SLOT, 3, 3),
        ({}, SLOT, 9, 4),
        ({"cpu_units": 600}, Shape(cpu_units=88, memory_mib=10), 1, 0),
        ({"cpu_units": 600}, Shape(cpu_units=89, memory_mib=10), 1, 1),
        ({"memory_mib": 1500}, Shape(cpu_units=1, memory_mib=250), 2, 0),
        ({"memory_mib": 1500}, Shape(cpu_units=1, memory_mib=250), 3, 1),
        ({"interfaces": 1}, Shape(cpu_units=1, memory_mib=1, interface=True), 1, 1),
        ({"interfaces": 1}, Shape(cpu_units=1, memory_mib=1), 1, 0),
    ],
)
def test_tasks_cost_the_slots_that_the_scarcest_resource_loses(room, task, count, lost):
    assert slots_lost_at_worst([a_room(**room)], SLOT, (ShapeCount(shape=task, count=count),)) == lost


def test_small_tasks_that_crowd_into_full_rooms_cost_a_slot_of_each():
    # Each room has one slot with 88 units beside it: one task of 100 units anywhere costs a slot.
    rooms = [a_room(name=f"i-{number}", cpu_units=600) for number in range(5)]
    small = Shape(cpu_units=100, memory_mib=10)
    assert [slots_lost_at_worst(rooms, SLOT, (ShapeCount(shape=small, count=count),)) for count in (1, 3, 5, 9)] == [
        1, 3, 5, 5,
    ]  # fmt: skip
