"""The old generation is drained as far as the new one has room, and activated again when the rollout fails."""

from dataclasses import replace

import pytest

from lambdas.cluster.services import Constraint, Service, TaskDefinition
from lambdas.cluster.snapshot import Resources
from lambdas.instances import attributes
from lambdas.instances.actions import PutAttribute, SetStatus
from lambdas.instances.generations import STEP
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


def definition(task, cpu_units=1024, memory_mib=3840, **changes):
    return TaskDefinition(
        arn=task.definition_arn, cpu_units=cpu_units, memory_mib=memory_mib, network_mode="awsvpc", **changes
    )


def on(instance, count=None):
    """Tasks of one service each, as many as ECS counts on the instance."""
    count = instance.running_tasks if count is None else count
    return [
        replace(
            a_task(f"{instance.instance_id}-{n}", instance_id=instance.instance_id),
            definition_arn=f"{n}:{instance.arn}",
        )
        for n in range(count)
    ]


def seen(group, *container_instances, tasks=None, definitions=None, services=("web",)):
    tasks = [task for each in container_instances for task in on(each)] if tasks is None else tasks
    known = [definition(each) for each in tasks] if definitions is None else definitions
    return replace(
        a_snapshot(group, *container_instances, tasks=tasks),
        definitions={each.arn: each for each in known},
        services={name: Service(name=name, desired=9) for name in services},
    )


def steps(*container_instances, refreshes=ROLLING, given=None, state="InService", **changes):
    known = {name: changes.pop(name) for name in ("tasks", "definitions", "services") if name in changes}
    members = [
        an_instance(each.instance_id, state, version="2" if "new" in each.instance_id else "1")
        for each in container_instances
    ]
    group = a_group(*members, wanted="2", refreshes=refreshes, **changes)
    actions = plan(seen(group, *container_instances, **known), given or settings(), NOW)
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


def test_as_much_of_the_old_generation_is_drained_as_there_is_room_for():
    both = [("i-old1", "DRAINING"), ("i-old2", "DRAINING")]
    assert steps(old("old1"), old("old2"), new()) == ([("old1", "2"), ("old2", "2")], both)
    assert steps(old("old1"), old("old2"), old("old3"), new())[1] == both
    assert steps(old("old1"), old("old2"), old("old3"), new(), new("new2"))[1] == [*both, ("i-old3", "DRAINING")]


def test_those_with_fewest_tasks_go_first():
    full = old("old1", running_tasks=2, remaining=Resources())
    assert steps(full, old("old2"), new())[1] == [("i-old2", "DRAINING")]


def test_a_step_is_bounded_and_the_next_pass_goes_on():
    small = [old(f"old{n:02}", remaining=ALL, running_tasks=0) for n in range(STEP + 5)]
    assert len(steps(*small, new())[1]) == STEP


def test_one_large_task_among_small_ones_needs_its_room_in_one_piece():
    """In equal parts the six tasks would fit: 7,200 MiB are free in three pieces of 2,400."""
    crowded = old(remaining=Resources(cpu_units=1024, memory_mib=1680), running_tasks=6)
    pieces = [new(f"new{n}", remaining=Resources(cpu_units=2048, memory_mib=2400)) for n in range(3)]
    tasks = on(crowded)
    large = [definition(each, cpu_units=64, memory_mib=600 if n else 3000) for n, each in enumerate(tasks)]
    even = [definition(each, cpu_units=64, memory_mib=1000) for each in tasks]
    assert steps(crowded, *pieces, definitions=large) == ([], [])
    assert steps(crowded, *pieces, definitions=even)[1] == [("i-old", "DRAINING")]


def test_a_task_that_may_not_run_where_the_new_ones_are_stays():
    pinned = (Constraint(kind="memberOf", expression="attribute:ecs.instance-type == c7g.large"),)
    holder = old()
    assert steps(holder, new(), definitions=[definition(on(holder)[0], constraints=pinned)]) == ([], [])


def test_standalone_tasks_and_daemons_need_no_room_elsewhere():
    holder = old(running_tasks=1)
    job = [a_task("job", group="family:job", instance_id="i-old")]
    full = new(remaining=Resources())
    assert steps(holder, full, tasks=job)[1] == [("i-old", "DRAINING")]


@pytest.mark.parametrize("unknown", [{"definitions": []}, {"services": ()}])
def test_an_instance_whose_tasks_are_not_known_stays(unknown):
    assert steps(old(), new(), **unknown) == ([], [])


def test_where_tasks_could_not_be_read_nothing_is_drained():
    group = a_group(an_instance("i-old"), an_instance("i-new", version="2"), wanted="2", refreshes=ROLLING)
    unread = replace(a_snapshot(group, old(), new()), tasks={})
    assert plan(unread, settings(), NOW) == ()


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
    needs = [definition(on(used)[0], gpus=1)]
    assert steps(used, new(), definitions=needs) == ([], [])
    assert steps(used, new(registered=card, remaining=card), definitions=needs)[1] == [("i-old", "DRAINING")]


def test_tasks_of_instances_that_drain_already_need_room_too():
    assert steps(old("old1", status="DRAINING"), old("old2"), old("old3"), new())[1] == [("i-old2", "DRAINING")]
    cards = Resources(cpu_units=2048, memory_mib=7680, gpus=("0",))
    first = old("old1", status="DRAINING", registered=cards)
    assert steps(first, old("old2"), new(registered=cards, remaining=Resources(cpu_units=2048, memory_mib=7680))) == (
        [],
        [],
    )


def test_what_is_in_use_of_a_draining_instance_needs_room_although_no_task_is_in_sight():
    first = old("old1", status="DRAINING", running_tasks=0)
    assert steps(first, old("old2"), new(remaining=HALF)) == ([], [])


def test_tasks_of_instances_that_terminate_already_need_room_too():
    members = [an_instance("i-old"), an_instance("i-new", version="2"), *terminating("i-gone1", "i-gone2")]
    group = a_group(*members, wanted="2", refreshes=ROLLING)
    there = [old(), new(), old("gone1", status="DRAINING"), old("gone2", status="DRAINING")]
    actions = plan(seen(group, *there), settings(), NOW)
    assert [each for each in actions if isinstance(each, SetStatus)] == []


def terminating(*ids):
    return [an_instance(each, "Terminating:Wait") for each in ids]


def test_the_drain_waits_for_its_mark():
    group = a_group(an_instance("i-old"), an_instance("i-new", version="2"), wanted="2", refreshes=ROLLING)
    actions = plan(seen(group, old(), new()), settings(), NOW)
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


def test_what_a_task_that_is_stopping_still_holds_needs_no_room():
    """ECS counts its resources until the task has stopped, and has asked for its replacement already."""
    full = new(remaining=Resources(cpu_units=0, memory_mib=0), running_tasks=2)
    assert steps(old(running_tasks=1), full, tasks=[])[1] == [("i-old", "DRAINING")]
    assert steps(old(running_tasks=1), full)[1] == []
