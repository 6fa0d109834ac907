"""The old generation is drained at once when the new one has room, and activated again when the rollout fails."""

import pytest

from lambdas.cluster.snapshot import Resources
from lambdas.instances import attributes
from lambdas.instances.actions import PutAttribute, SetStatus
from lambdas.instances.plan import plan
from tests.lambdas.instances.builders import (
    NOW,
    a_group,
    a_refresh,
    a_snapshot,
    a_task,
    an_instance,
    registered,
    rolling_with,
    settings,
)

ALL = Resources(cpu_units=2048, memory_mib=7680)
HALF = Resources(cpu_units=1024, memory_mib=3840)
MARK = {attributes.OLD_GENERATION: "2"}
ROLLING = (a_refresh("2", "InProgress"),)


def old(name="old", status="ACTIVE", mark=None, remaining=HALF, running_tasks=1, **changes):
    return registered(f"i-{name}", status, attributes=mark, remaining=remaining, running_tasks=running_tasks, **changes)


def new(name="new", remaining=ALL, **changes):
    return registered(f"i-{name}", remaining=remaining, **changes)


def steps(*container_instances, refreshes=ROLLING, given=None, state="InService", **changes):
    members = [
        an_instance(each.instance_id, state, version="2" if "new" in each.instance_id else "1")
        for each in container_instances
    ]
    group = a_group(*members, wanted="2", refreshes=refreshes, **changes)
    actions = plan(a_snapshot(group, *container_instances), given or settings(), NOW)
    marked = [
        (each.container_instance_arn.rpartition("/")[2], each.value)
        for each in actions
        if isinstance(each, PutAttribute)
    ]
    moved = [(each.instance_id, each.status) for each in actions if isinstance(each, SetStatus)]
    return marked, moved


def test_the_old_generation_is_marked_and_drained():
    assert steps(old(), new()) == ([("old", "2")], [("i-old", "DRAINING")])
    assert steps(old(mark=MARK), new()) == ([], [("i-old", "DRAINING")])
    assert steps(old(mark=MARK, status="DRAINING"), new()) == ([], [])


def test_the_whole_old_generation_is_drained_or_none_of_it():
    both = [("i-old1", "DRAINING"), ("i-old2", "DRAINING")]
    assert steps(old("old1"), old("old2"), new()) == ([("old1", "2"), ("old2", "2")], both)
    assert steps(old("old1"), old("old2"), old("old3"), new()) == ([], [])


@pytest.mark.parametrize(
    "scarce",
    [
        {"remaining": Resources(cpu_units=1023, memory_mib=7680)},
        {"remaining": Resources(cpu_units=2048, memory_mib=3839)},
        {"running_tasks": 2},
        {"connected": False},
        {"status": "DRAINING"},
        {"attributes": {"ecs.instance-type": "x9.large"}},
    ],
)
def test_without_room_for_all_tasks_nothing_is_drained(scarce):
    marked, moved = steps(old(), new(**scarce))
    assert ("old", "2") not in marked
    assert moved == []


def test_gpus_are_room_too():
    card = Resources(cpu_units=2048, memory_mib=7680, gpus=("0",))
    used = old(registered=card, remaining=HALF)
    assert steps(used, new()) == ([], [])
    assert steps(used, new(registered=card, remaining=card))[1] == [("i-old", "DRAINING")]


def test_a_gpu_task_needs_its_gpus_in_one_place():
    cards = Resources(cpu_units=2048, memory_mib=7680, gpus=("0", "1"))
    one_left = Resources(cpu_units=2048, memory_mib=7680, gpus=("1",))
    used = old(registered=cards, remaining=HALF)
    pieces = [new(f"new{n}", registered=cards, remaining=one_left) for n in (1, 2)]
    assert steps(used, *pieces) == ([], [])
    assert steps(old(registered=cards, remaining=HALF, running_tasks=2), *pieces)[1] == [("i-old", "DRAINING")]


def test_room_in_pieces_is_no_room():
    piece = Resources(cpu_units=1000, memory_mib=7680)
    pieces = [new(f"new{n}", remaining=piece) for n in (1, 2)]
    assert steps(old(), *pieces) == ([], [])
    assert steps(old(running_tasks=2), *pieces)[1] == [("i-old", "DRAINING")]


def test_what_is_in_use_without_a_task_in_sight_needs_room_too():
    small = Resources(cpu_units=1000, memory_mib=7680)
    assert steps(old(running_tasks=0), new(remaining=small)) == ([], [])
    assert steps(old(running_tasks=0), new())[1] == [("i-old", "DRAINING")]


def test_tasks_of_instances_that_drain_already_need_room_too():
    assert steps(old("old1", status="DRAINING"), old("old2"), old("old3"), new()) == ([], [])


def test_tasks_of_instances_that_terminate_already_need_room_too():
    members = [an_instance("i-old"), an_instance("i-new", version="2"), *terminating("i-gone1", "i-gone2")]
    group = a_group(*members, wanted="2", refreshes=ROLLING)
    seen = [old(), new(), old("gone1", status="DRAINING"), old("gone2", status="DRAINING")]
    actions = plan(a_snapshot(group, *seen, tasks=[a_task(instance_id="i-gone1")]), settings(), NOW)
    assert [each for each in actions if isinstance(each, SetStatus)] == []


def terminating(*ids):
    return [an_instance(each, "Terminating:Wait") for each in ids]


def test_the_drain_waits_for_its_mark():
    group = a_group(an_instance("i-old"), an_instance("i-new", version="2"), wanted="2", refreshes=ROLLING)
    actions = plan(a_snapshot(group, old(), new()), settings(), NOW)
    (drained,) = [each for each in actions if isinstance(each, SetStatus)]
    assert drained.needs == attributes.OLD_GENERATION


def test_without_a_refresh_nothing_is_drained():
    done = (a_refresh("2", "Successful", ended=10),)
    assert steps(old(), new(), refreshes=done, version="2") == ([], [])


@pytest.mark.parametrize("status", ["RollbackInProgress", "RollbackSuccessful", "Failed", "Cancelling", "Cancelled"])
def test_when_the_rollout_ends_badly_what_it_drained_takes_tasks_again(status):
    ended = (a_refresh("2", status, ended=10),)
    assert steps(old(mark=MARK, status="DRAINING"), new(), refreshes=ended) == ([], [("i-old", "ACTIVE")])
    assert steps(old(mark=MARK), new(), refreshes=ended) == ([("old", attributes.NOTHING)], [])


def test_what_somebody_else_drains_stays_draining():
    assert steps(old(status="DRAINING"), new(), refreshes=(a_refresh("2", "Failed", ended=10),)) == ([], [])


def test_a_new_instance_that_carries_a_mark_of_an_earlier_rollout_takes_tasks():
    again = new(attributes={attributes.OLD_GENERATION: "1"}, status="DRAINING")
    assert ("i-new", "ACTIVE") in steps(old(), again)[1]


def test_the_setting_turns_it_off_and_undoes_it():
    off = rolling_with(drain_old_generation=False)
    assert steps(old(), new(), given=off) == ([], [])
    assert steps(old(mark=MARK, status="DRAINING"), new(), given=off) == ([], [("i-old", "ACTIVE")])


def test_a_terminating_instance_is_not_activated():
    marked, moved = steps(old(mark=MARK, status="DRAINING"), refreshes=(), state="Terminating:Wait", hooks=())
    assert (marked, moved) == ([], [])


def test_an_empty_old_instance_needs_no_room():
    full = new(remaining=Resources(cpu_units=0, memory_mib=0), running_tasks=2)
    assert steps(old(remaining=ALL, running_tasks=0), full)[1] == [("i-old", "DRAINING")]
    used = Resources(cpu_units=ALL.cpu_units - 1, memory_mib=ALL.memory_mib)
    assert steps(old(remaining=used, running_tasks=0), full)[1] == []
