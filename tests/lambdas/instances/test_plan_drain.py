"""Draining: what holds an instance, what releases it, and what happens at the deadline."""

import pytest

from lambdas.cluster.lifecycle_hooks import TERMINATING
from lambdas.cluster.snapshot import Hook
from lambdas.instances import attributes
from lambdas.instances.actions import Complete, Heartbeat, PutAttribute, SetStatus, Stop
from lambdas.instances.plan import plan
from tests.lambdas.instances.builders import (
    HOOKS,
    ID,
    NOW,
    a_group,
    a_snapshot,
    a_task,
    ago,
    an_ec2_instance,
    an_instance,
    draining,
    draining_for,
    registered,
    settings,
)

LEAVING = an_instance(state="Terminating:Wait")


def planned(*container_instances, given=None, group=None, **seen):
    return plan(a_snapshot(group or a_group(LEAVING), *container_instances, **seen), given or settings(), NOW)


def of(kind, actions):
    return [each for each in actions if isinstance(each, kind)]


def endings(actions):
    return [(each.ending, each.result) for each in of(Complete, actions)]


def test_a_terminating_instance_is_set_draining_and_the_moment_is_remembered():
    actions = planned(registered(), tasks=[a_task()])
    assert [each.status for each in of(SetStatus, actions)] == ["DRAINING"]
    assert [(each.name, each.value) for each in of(PutAttribute, actions)] == [
        (attributes.DRAINING_SINCE, attributes.moment_text(NOW))
    ]
    assert endings(actions) == []


@pytest.mark.parametrize("last", ["PENDING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "UNKNOWN (?)"])
def test_a_task_that_has_not_stopped_holds_the_instance(last):
    assert endings(planned(draining(), tasks=[a_task(last=last)])) == []


def test_a_task_that_deactivates_for_a_minute_after_it_was_told_to_stop_holds_the_instance():
    for seconds in range(0, 61, 5):
        left = [a_task(last="DEACTIVATING", desired="STOPPED")]
        assert endings(planned(draining(since=seconds), tasks=left)) == []
    assert endings(planned(draining(since=65), tasks=[a_task(last="STOPPED")])) == [("drained", "CONTINUE")]


def test_stopped_tasks_and_daemons_do_not_hold_the_instance():
    tasks = [a_task(last="STOPPED"), a_task("agent-1", group="service:agent"), a_task("d", group="daemon:logs")]
    assert endings(planned(draining(), tasks=tasks, daemons=["agent"])) == [("drained", "CONTINUE")]


def test_an_empty_instance_that_still_takes_tasks_is_not_released():
    actions = planned(registered(status="ACTIVE"))
    assert endings(actions) == []
    assert of(SetStatus, actions)


def test_an_instance_whose_tasks_were_not_read_is_not_released():
    seen = a_snapshot(a_group(LEAVING), draining())
    unread = type(seen)(groups=seen.groups, container_instances=seen.container_instances)
    assert endings(plan(unread, settings(), NOW)) == []


def test_an_instance_that_still_registers_is_held_without_a_status_change():
    actions = planned(registered(status="REGISTERING"))
    assert of(SetStatus, actions) == []
    assert endings(actions) == []


@pytest.mark.parametrize("status", ["DRAINING", "DEREGISTERING", "REGISTRATION_FAILED"])
def test_an_instance_that_takes_no_tasks_and_has_none_is_released(status):
    assert endings(planned(draining(status=status))) == [("drained", "CONTINUE")]


def test_an_instance_unknown_to_ecs_is_released_at_once():
    assert endings(planned()) == [("unknown to ECS", "CONTINUE")]


def test_without_our_hook_nothing_is_completed():
    foreign = Hook(name="other", transition=TERMINATING, heartbeat_timeout_s=300, default_result="CONTINUE")
    assert planned(registered(), group=a_group(LEAVING, hooks=(HOOKS[0], foreign))) == ()


def test_an_instance_in_service_is_never_drained():
    assert planned(registered(), group=a_group(an_instance())) == ()


def a_row(first):
    return {attributes.AGENT_MISSING: attributes.MissedObservations(count=2, first=ago(first), last=ago(10)).text()}


@pytest.mark.parametrize(("gone_s", "expected"), [(299, []), (300, [("agent gone", "CONTINUE")])])
def test_an_agent_that_is_gone_for_longer_than_the_setting_ends_the_wait(gone_s, expected):
    seen = draining(since=600, connected=False, attributes=a_row(gone_s))
    assert endings(planned(seen, tasks=[a_task()])) == expected


def test_an_agent_that_came_back_holds_the_instance_whatever_is_remembered():
    assert endings(planned(draining(attributes=a_row(3000)), tasks=[a_task()])) == []


@pytest.mark.parametrize(("state", "expected"), [("terminated", [("terminated", "CONTINUE")]), ("shutting-down", [])])
def test_an_ec2_instance_that_is_terminated_is_released_without_the_agent(state, expected):
    seen = draining(connected=False)
    assert endings(planned(seen, tasks=[a_task()], ec2_instances=[an_ec2_instance(state=state)])) == expected


@pytest.mark.parametrize("result", ["CONTINUE", "ABANDON"])
def test_at_the_deadline_the_configured_result_ends_the_wait_and_names_what_is_left(result):
    tasks = [a_task("web-1"), a_task("job-1", group="family:job"), a_task("web-2", last="STOPPED")]
    actions = planned(
        draining(since=900), tasks=tasks, given=draining_for(result=result), protected=[tasks[0].arn, "another"]
    )
    (end,) = of(Complete, actions)
    assert (end.ending, end.result) == ("deadline", result)
    assert end.remaining == tuple(sorted([tasks[0].arn, tasks[1].arn]))
    assert end.protected == (tasks[0].arn,)


def test_just_before_the_deadline_the_instance_is_held():
    assert endings(planned(draining(since=899), tasks=[a_task()])) == []


def test_at_the_deadline_an_empty_instance_counts_as_drained():
    assert endings(planned(draining(since=900), given=draining_for(result="ABANDON"))) == [("drained", "CONTINUE")]


@pytest.mark.parametrize(("since", "expected"), [(959, []), (960, [("deadline", "CONTINUE")])])
def test_the_deadline_and_a_minute_end_the_wait_even_if_draining_never_succeeded(since, expected):
    assert endings(planned(draining(since=since, status="ACTIVE"), tasks=[a_task()])) == expected


def test_an_agent_lost_long_ago_is_no_reason_before_the_instance_was_asked_to_drain_and_had_its_time():
    seen = registered(connected=False, attributes=a_row(420))
    actions = planned(seen, tasks=[a_task(), a_task("web-2"), a_task("web-3")])
    assert (endings(actions), [each.status for each in of(SetStatus, actions)]) == ([], ["DRAINING"])
    for since, expected in ((299, []), (300, [("agent gone", "CONTINUE")])):
        waits = draining(since=since, connected=False, attributes=a_row(420 + since))
        assert endings(planned(waits, tasks=[a_task()])) == expected


def test_an_instance_that_is_found_late_is_judged_by_when_its_hook_began():
    actions = planned(registered(), tasks=[a_task()], waiting={ID: 400})
    assert [each.value for each in of(PutAttribute, actions)] == [attributes.moment_text(ago(400))]
    assert endings(planned(registered(status="DRAINING"), tasks=[a_task()], waiting={ID: 900})) == [
        ("deadline", "CONTINUE")
    ]


def test_an_instance_that_is_found_after_its_deadline_is_asked_to_drain_first():
    actions = planned(registered(), tasks=[a_task()], waiting={ID: 1000})
    assert (endings(actions), [each.status for each in of(SetStatus, actions)]) == ([], ["DRAINING"])


def test_an_instance_that_another_hook_holds_is_left_to_it():
    done = {attributes.RELEASED: attributes.released_text("drain", ago(30))}
    assert planned(draining(attributes=done)) == ()
    assert endings(planned(draining(attributes={attributes.RELEASED: "other/1"}))) == [("drained", "CONTINUE")]


def test_nothing_is_concluded_from_a_list_that_is_not_complete():
    assert planned(listed=False) == ()


@pytest.mark.parametrize(("since", "stopped"), [(299, []), (300, ["job-1"])])
def test_standalone_tasks_may_end_by_themselves_for_a_while_and_are_stopped_then(since, stopped):
    tasks = [a_task("job-1", group="family:job"), a_task("web-1"), a_task("job-2", "STOPPING", group="family:job")]
    actions = planned(draining(since=since), tasks=tasks)
    assert [each.task_arn.rpartition("/")[2] for each in of(Stop, actions)] == stopped
    assert endings(actions) == []


def beats(since, deadline_s=900, timeout_s=3600, at=None):
    hook = Hook(name="drain", transition=TERMINATING, heartbeat_timeout_s=timeout_s, default_result="CONTINUE")
    sent = {} if at is None else {attributes.HEARTBEAT_AT: attributes.moment_text(ago(at))}
    actions = planned(
        draining(since=since, attributes=sent),
        tasks=[a_task()],
        group=a_group(LEAVING, hooks=(hook,)),
        given=draining_for(deadline_s=deadline_s),
    )
    assert of(PutAttribute, actions) == [], "it is noted once it is done"
    return len(of(Heartbeat, actions))


def test_a_hook_that_outlasts_the_deadline_gets_no_heartbeat():
    assert beats(since=800, deadline_s=900, timeout_s=1020) == 0


@pytest.mark.parametrize(("since", "at", "count"), [(149, None, 0), (150, None, 1), (400, 149, 0), (400, 150, 1)])
def test_a_deadline_that_outlasts_the_hook_is_bridged_by_a_heartbeat_at_half_of_the_timeout(since, at, count):
    assert beats(since=since, timeout_s=300, at=at) == count


def test_a_timeout_just_short_of_deadline_and_late_sight_needs_heartbeats():
    assert beats(since=600, deadline_s=900, timeout_s=1019) == 1


def test_what_somebody_else_wrote_is_not_taken_for_a_moment():
    odd = registered(status="DRAINING", attributes={attributes.DRAINING_SINCE: "yesterday"})
    assert [each.name for each in of(PutAttribute, planned(odd, tasks=[a_task()]))] == [attributes.DRAINING_SINCE]


def test_a_ghost_of_an_earlier_registration_does_not_stand_for_the_instance():
    ghost = registered(arn="arn:ghost", connected=False, registered_at=ago(9000))
    actions = planned(ghost, draining(), tasks=[a_task()])
    assert endings(actions) == []
    assert all(each.container_instance_arn != "arn:ghost" for each in of(SetStatus, actions))


def test_every_terminating_instance_is_looked_after():
    ids = [f"i-{number:016x}" for number in range(150)]
    group = a_group(*(an_instance(each, "Terminating:Wait") for each in ids))
    actions = plan(a_snapshot(group, *(draining(instance_id=each) for each in ids)), settings(), NOW)
    assert {each.instance_id for each in of(Complete, actions)} == set(ids)
    assert ID in ids
