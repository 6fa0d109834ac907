"""Tasks on draining instances, which services count as running, need places; an instance has 4 slots for each."""

from dataclasses import replace

import pytest

from lambdas.capacity.actions import ScaleIn, ScaleOut
from lambdas.capacity.reasons import Reason
from tests.lambdas.capacity.clusters import (
    a_definition,
    a_group,
    a_history,
    a_member,
    a_service,
    a_snapshot,
    an_instance,
    decided,
    tasks_on,
)

FULL = {"cpu": 0, "memory": 4000, "tasks": 4}
FULL_CLUSTER = [an_instance(1, status="DRAINING", **FULL), an_instance(2, **FULL)]


def draining(desired=8, running=8, tasks=4, **changes):
    """A full cluster, one of whose two instances drains."""
    return a_snapshot(
        FULL_CLUSTER, [a_service(desired=desired, running=running, **changes)], tasks={"ci-1": of_web(tasks)}
    )


def of_web(count):
    return tasks_on(FULL_CLUSTER[0], web=count)


def without_headroom(snapshot):
    return decided(snapshot, grow={"headroom_tasks": 0})


def test_the_tasks_that_have_to_leave_are_demand():
    decision = without_headroom(draining())
    assert (decision.values["UnplacedTasks"], decision.values["UnmetTasks"]) == (4, 4)
    assert isinstance(decision.action, ScaleOut)
    assert decision.action.desired == 3


@pytest.mark.parametrize(
    ("running", "changes", "waiting"),
    [
        (8, {}, 4),
        (10, {}, 2),  # two of the four have been started elsewhere
        (12, {}, 0),
        (8, {"maximum_percent": 125}, 2),  # ECS starts two more than wanted at a time
        (8, {"maximum_percent": 100}, 0),
        (8, {"daemon": True}, 0),
    ],
)
def test_what_replaces_them_is_counted_once_and_as_far_as_ecs_may_start_it(running, changes, waiting):
    assert without_headroom(draining(running=running, **changes)).values["UnplacedTasks"] == waiting


def test_tasks_of_a_service_that_shrinks_need_no_other_place():
    assert without_headroom(draining(desired=4)).values["UnplacedTasks"] == 0


def test_tasks_that_were_told_to_stop_and_standalone_ones_need_none():
    told = tuple(replace(each, desired_status="STOPPED") for each in of_web(4))
    alone = tuple(replace(each, group="family:web") for each in of_web(4))
    for tasks in (told, alone):
        assert without_headroom(replace(draining(), tasks={"ci-1": tasks})).values["UnplacedTasks"] == 0


def test_the_tasks_of_an_older_deployment_are_replaced_by_the_newest():
    old = tuple(replace(each, started_by="ecs-svc/0") for each in of_web(4))
    snapshot = replace(draining(running=4), tasks={"ci-1": old})
    assert without_headroom(snapshot).values["UnplacedTasks"] == 4


def idle_with(state, **changes):
    """Three empty instances of which one may go, and a fourth that drains."""
    instances = [*(an_instance(number) for number in range(3)), an_instance(4, status="DRAINING", tasks=1)]
    members = [*map(a_member, range(3)), a_member(4, state)]
    return a_snapshot(
        instances,
        definitions=[a_definition()],
        group=a_group(members, **({"desired_capacity": 3} | changes)),
        surplus=a_history(),
        tasks={f"ci-{number}": () for number in range(3)},
    )


@pytest.mark.parametrize(
    ("state", "kind"), [("InService", None), ("Terminating:Wait", None), ("Terminating:Retained", ScaleIn)]
)
def test_a_drain_blocks_removals_until_it_was_given_up(state, kind):
    action = decided(idle_with(state, desired_capacity=4 if state == "InService" else 3)).action
    assert (type(action) if action else None) is kind


def test_nothing_goes_while_a_replacement_is_launching():
    members = [*map(a_member, range(3)), a_member(4, "Pending")]
    snapshot = replace(
        idle_with("InService"),
        container_instances=tuple(an_instance(number) for number in range(3)),
        groups=(a_group(members, desired_capacity=3),),
    )
    decision = decided(snapshot)
    assert (decision.action, decision.reason) == (None, Reason.INSTANCES_START)
    assert decision.values["InstancesStarting"] == 0
