"""Nothing leaves for convenience in quiet times but what is empty, and nothing while tasks of a service are moved."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lambdas.capacity.actions import ScaleIn, ScaleOut
from lambdas.capacity.proposals import TasksOn
from lambdas.capacity.reasons import Reason
from lambdas.cluster.moves import LONGEST, Phase
from lambdas.cluster.tags import MOVE
from tests.lambdas.capacity.clusters import (
    NOW,
    a_definition,
    a_group,
    a_history,
    a_member,
    a_service,
    a_snapshot,
    an_instance,
    asked,
    decided,
    tasks_on,
)
from tests.lambdas.cluster.moved import moved

QUIET = {"quiet": ("Sun 11:00-13:00",)}  # NOW is a Sunday, 12:00


def busy(count=3, services=(), **changes):
    """A task on each instance, each of which could go."""
    instances = [an_instance(number, cpu=1536, memory=7000, tasks=1) for number in range(count)]
    tasks = {each.arn: tasks_on(each, web=1) for each in instances}
    services = services or [a_service("web", count, count)]
    return a_snapshot(instances, services, **({"surplus": a_history(), "tasks": tasks} | changes))


def gone(snapshot, **changes):
    action = decided(snapshot, **changes).action
    return action.instance_ids if isinstance(action, ScaleIn) else ()


def with_an_empty_one(**changes):
    """The third instance is empty, the other two are not."""
    snapshot = busy(services=[a_service("web", 2, 2)], **changes)
    instances = (*snapshot.container_instances[:2], an_instance(2))
    return replace(snapshot, container_instances=instances, tasks={**snapshot.tasks, "ci-2": ()})


def test_in_quiet_times_no_instance_leaves_that_has_tasks():
    assert isinstance(decided(busy()).action, ScaleIn)
    decision = decided(busy(), disruption=QUIET)
    assert (decision.action, decision.reason) == (None, Reason.QUIET_TIME)
    assert decision.reason.value == "nothing is moved for convenience at this time"


@pytest.mark.parametrize(
    ("minutes", "quiet"), [(-61, False), (-60, True), (0, True), (59, True), (60, False), (24 * 60, False)]
)
def test_it_is_quiet_from_the_first_minute_to_the_last(minutes, quiet):
    now = NOW + timedelta(minutes=minutes, seconds=30)
    reason = decided(busy(), now=now, shrink={"hold_s": 0}, disruption=QUIET).reason
    assert (reason is Reason.QUIET_TIME) is quiet


def test_an_empty_instance_leaves_in_quiet_times_too():
    quiet = {**QUIET, "percent": 100}
    assert gone(with_an_empty_one(), disruption=quiet) == ("i-2",)
    assert decided(with_an_empty_one(), disruption=quiet).details == {"moving": 0}


def test_a_daemon_and_tasks_that_have_stopped_do_not_fill_an_instance():
    snapshot = with_an_empty_one()
    agent, web = tasks_on(an_instance(2), agent=1, web=1)
    group = a_group([a_member(0), a_member(1), a_member(2)])
    daemon = a_service("agent", 1, 1, daemon=True)
    instances = (*snapshot.container_instances[:2], an_instance(2, tasks=1))
    beside = replace(
        snapshot,
        groups=(group,),
        container_instances=instances,
        services=(*snapshot.services, daemon),
        definitions={**snapshot.definitions, "td-agent": a_definition("agent", cpu=1, memory=6, network_mode="host")},
    )
    ended = replace(beside, tasks={**snapshot.tasks, "ci-2": (agent, replace(web, last_status="STOPPED"))})
    assert gone(ended, disruption=QUIET) == ("i-2",)
    unread = replace(beside, tasks={})
    every = TasksOn(container_instance_arns=("ci-0", "ci-1", "ci-2"))  # the one task of each may be the daemon's
    assert asked(unread, disruption=QUIET) == [every]
    ending = replace(beside, tasks={**snapshot.tasks, "ci-2": (agent, replace(web, desired_status="STOPPED"))})
    assert decided(ending, disruption=QUIET).reason is Reason.QUIET_TIME


def test_a_task_that_no_service_would_replace_is_moved_by_nobody_in_quiet_times():
    alone = replace(tasks_on(an_instance(2), web=1)[0], group="family:alone")
    snapshot = replace(busy(), tasks={**busy().tasks, "ci-2": (alone,)})
    assert decided(snapshot, disruption=QUIET).reason is Reason.QUIET_TIME


def test_in_quiet_times_tasks_are_read_of_no_instance_that_shows_some():
    assert asked(with_an_empty_one(tasks={}), disruption=QUIET) == []
    unread = replace(with_an_empty_one(), tasks={})
    assert asked(unread, disruption=QUIET) == [TasksOn(container_instance_arns=("ci-2",))]
    pending = (*unread.container_instances[:2], an_instance(2, pending_tasks=1))
    assert asked(replace(unread, container_instances=pending), disruption=QUIET) == []


def test_what_cannot_wait_does_not_wait_for_the_end_of_quiet_times():
    decision = decided(busy(services=[a_service("web", 40, 3)]), disruption=QUIET)
    assert isinstance(decision.action, ScaleOut)


@pytest.mark.parametrize("phase", [Phase.RAISED, Phase.LOWERED])
def test_nothing_leaves_while_tasks_are_moved(phase):
    service = moved(a_service("web", 2, 2), NOW, 1, 2, phase=phase)
    decision = decided(replace(with_an_empty_one(), services=(service,)))
    assert (decision.action, decision.reason) == (None, Reason.TASKS_ARE_MOVED)
    assert asked(replace(with_an_empty_one(), services=(service,), surplus=None)) == []


@pytest.mark.parametrize(
    "service",
    [
        moved(a_service("web", 3, 3), NOW, 1, 2, phase=Phase.ENDED),
        moved(a_service("web", 3, 3), NOW - LONGEST - timedelta(seconds=1), 1, 2),
        moved(a_service("web", 3, 3), NOW + LONGEST + timedelta(seconds=1), 1, 2),
        replace(a_service("web", 3, 3), tags={MOVE: "lowered"}),
        replace(a_service("web", 3, 3), tags={MOVE: ""}),
    ],
    ids=["ended", "old", "of the future", "garbled", "empty"],
)
def test_what_is_no_move_holds_nothing(service):
    assert isinstance(decided(busy(services=[service])).action, ScaleIn)


def test_a_move_of_tasks_that_run_elsewhere_holds_nothing():
    elsewhere = replace(moved(a_service("job", 2, 2), NOW, 1, 2), on_instances=False)
    assert isinstance(decided(busy(services=[a_service("web", 3, 3), elsewhere])).action, ScaleIn)


def test_of_many_services_one_move_is_enough():
    services = [a_service("web", 3, 3), moved(a_service("api", 0, 0), NOW, 0, 1, phase=Phase.LOWERED)]
    assert decided(busy(services=services)).reason is Reason.TASKS_ARE_MOVED


def test_a_move_is_waited_for_half_an_hour():
    service = moved(a_service("web", 3, 3), NOW - LONGEST, 1, 2)
    assert decided(busy(services=[service])).reason is Reason.TASKS_ARE_MOVED
