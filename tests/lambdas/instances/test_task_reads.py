"""Whose tasks are read in a pass: where the answer may end a wait, and the others in turn."""

from datetime import timedelta

from lambdas.instances.attributes import DRAINING_SINCE, moment_text
from lambdas.instances.task_reads import MOST, leaving, looks_empty, worth_reading
from tests.lambdas.instances.builders import (
    NOW,
    a_group,
    a_snapshot,
    ago,
    an_instance,
    draining,
    draining_for,
    registered,
)

SETTINGS = draining_for(deadline_s=900, standalone_wait_s=300)


def seen(*container_instances, unregistered=(), daemons=()):
    members = [an_instance(each.instance_id, "Terminating:Wait") for each in container_instances]
    members += [an_instance(each, "Terminating:Wait") for each in unregistered]
    return a_snapshot(a_group(*members, an_instance("i-stays")), *container_instances, daemons=daemons)


def read(*container_instances, now=NOW, **changes):
    return [each.instance_id for each in worth_reading(seen(*container_instances, **changes), SETTINGS, now)]


def test_only_registered_instances_in_the_hook_leave():
    snapshot = seen(draining(instance_id="i-1"), unregistered=["i-2"])
    assert [each.instance_id for each in leaving(snapshot)] == ["i-1"]


def test_an_instance_is_empty_when_no_more_is_on_it_than_daemons():
    assert looks_empty(registered(running_tasks=2), 2)
    assert not looks_empty(registered(running_tasks=2, pending_tasks=1), 2)
    assert not looks_empty(registered(pending_tasks=1), 0)


def test_one_that_takes_tasks_or_registers_still_is_not_read():
    assert (
        read(*(draining(since=1000, instance_id=f"i-{each}", status=each) for each in ("ACTIVE", "REGISTERING"))) == []
    )
    assert read(draining(instance_id="i-1")) == ["i-1"]


def test_one_with_tasks_is_read_once_those_without_a_service_have_had_their_time():
    assert read(draining(since=299, instance_id="i-1", running_tasks=3)) == []
    assert read(draining(since=300, instance_id="i-1", running_tasks=3)) == ["i-1"]
    unknown = registered("i-1", "DRAINING", running_tasks=3)
    assert read(unknown) == []


def test_what_is_due_comes_first_then_what_looks_empty_then_the_others_and_each_once():
    found = read(
        draining(since=400, instance_id="i-waited", running_tasks=3),
        draining(since=400, instance_id="i-empty", running_tasks=1),
        draining(since=900, instance_id="i-due", running_tasks=3),
        draining(since=950, instance_id="i-due-and-empty"),
        daemons=["agent"],
    )
    assert found == ["i-due", "i-due-and-empty", "i-empty", "i-waited"]


def test_no_more_are_read_than_a_pass_can_and_each_has_its_turn():
    waited = [
        registered(f"i-{number:03}", "DRAINING", running_tasks=3, attributes={DRAINING_SINCE: moment_text(ago(400))})
        for number in range(3 * MOST)
    ]
    passes = [read(*waited, now=NOW + timedelta(seconds=second)) for second in range(3)]
    assert {len(each) for each in passes} == {MOST}
    assert len(set().union(*passes)) == 3 * MOST
