"""Watching agents: who is given up, when, and how many at a time."""

import pytest

from lambdas.instances import attributes
from lambdas.instances.actions import MarkUnhealthy, PutAttribute
from lambdas.instances.plan import measure, plan
from lambdas.instances.settings import Watch
from lambdas.instances.watch import UPDATING
from tests.lambdas.instances.builders import (
    ID,
    NOW,
    a_group,
    a_snapshot,
    a_task,
    ago,
    an_instance,
    draining,
    registered,
    settings,
)


def row(count, last=60):
    return {attributes.AGENT_MISSING: attributes.MissedObservations(count=count, first=ago(600), last=ago(last)).text()}


def silent(instance_id=ID, count=4, last=60, **changes):
    return registered(instance_id, connected=False, attributes=row(count, last) if count else {}, **changes)


def outcome(*container_instances, members=None, **watch):
    members = members or [an_instance(each.instance_id) for each in container_instances]
    actions = plan(a_snapshot(a_group(*members), *container_instances), settings(watch=Watch(**watch)), NOW)
    rows = [
        attributes.missed_observations(registered(attributes={e.name: e.value}), NOW)
        for e in actions
        if isinstance(e, PutAttribute)
    ]
    return [each and each.count for each in rows], [e.instance_id for e in actions if isinstance(e, MarkUnhealthy)]


def test_the_first_miss_is_remembered_and_means_nothing():
    assert outcome(silent(count=0)) == ([1], [])


def test_misses_in_a_row_are_counted():
    assert outcome(silent(count=2)) == ([3], [])


def test_a_second_look_within_the_interval_counts_nothing():
    assert outcome(silent(count=2, last=54)) == ([], [])


def test_an_agent_that_is_back_ends_the_row():
    assert outcome(registered(attributes=row(4))) == ([None], [])


def test_a_connected_agent_without_a_row_costs_no_write():
    assert outcome(registered()) == ([], [])


def test_an_instance_is_given_up_at_the_last_miss_of_the_row():
    assert outcome(silent(count=3)) == ([4], [])
    assert outcome(silent(count=4)) == ([5], [ID])


def test_an_agent_that_flaps_is_never_given_up():
    for _ in range(20):
        assert outcome(silent(count=3))[1] == []
        assert outcome(registered(attributes=row(4))) == ([None], [])


@pytest.mark.parametrize("state", sorted(UPDATING))
def test_an_agent_that_updates_is_not_watched(state):
    assert outcome(silent(agent_update_status=state)) == ([], [])


def test_a_draining_instance_is_counted_and_not_given_up():
    assert outcome(silent(status="DRAINING")) == ([5], [])


def test_of_a_terminating_instance_the_first_miss_is_noted_and_it_is_not_given_up():
    leaving = draining(connected=False, attributes=row(4))
    seen = a_snapshot(a_group(an_instance(state="Terminating:Wait")), leaving, tasks=[a_task()])
    actions = plan(seen, settings(), NOW)
    assert [each for each in actions if isinstance(each, MarkUnhealthy)] == []
    assert [each for each in actions if isinstance(each, PutAttribute)] == [], "its drain needs only the first"
    fresh = a_snapshot(a_group(an_instance(state="Terminating:Wait")), draining(connected=False), tasks=[a_task()])
    noted = [each.name for each in plan(fresh, settings(), NOW) if isinstance(each, PutAttribute)]
    assert noted == [attributes.AGENT_MISSING]


def test_one_that_is_already_unhealthy_is_not_marked_again():
    assert outcome(silent(), members=[an_instance(healthy=False)])[1] == []


def group_of(count, gone, unhealthy=()):
    ids = [f"i-{number:016x}" for number in range(count)]
    members = [an_instance(each, healthy=number not in unhealthy) for number, each in enumerate(ids)]
    seen = [silent(each) if number in gone else registered(each) for number, each in enumerate(ids)]
    return outcome(*seen, members=members)[1]


@pytest.mark.parametrize(("count", "gone", "given_up"), [(3, 1, 1), (20, 3, 2), (40, 3, 3), (2, 1, 1), (1, 1, 1)])
def test_no_more_than_the_budget_is_given_up_at_a_time(count, gone, given_up):
    assert len(group_of(count, range(gone))) == given_up


def test_those_that_are_being_replaced_use_up_the_budget():
    assert group_of(20, range(3), unhealthy=(10, 11)) == []
    assert len(group_of(20, range(3), unhealthy=(10,))) == 1


@pytest.mark.parametrize(
    ("odd", "given_up"),
    [
        (an_instance("i-odd", "Terminating:Retained", healthy=False), 2),
        (an_instance("i-odd", "Terminating:Wait", healthy=False), 2),
        (an_instance("i-odd", healthy=False), 1),
    ],
)
def test_an_unhealthy_instance_that_stays_for_days_leaves_the_budget_to_the_others(odd, given_up):
    """One in service that was just marked takes its share; one that is retained or drains since yesterday does not."""
    ids = [f"i-{number:016x}" for number in range(20)]
    stuck = draining(since=86_400, instance_id="i-odd") if odd.lifecycle_state != "InService" else registered("i-odd")
    members = [odd, *map(an_instance, ids)]
    seen = [stuck, *(silent(each) if number < 3 else registered(each) for number, each in enumerate(ids))]
    assert len(outcome(*seen, members=members)[1]) == given_up


def test_one_that_auto_scaling_never_replaced_leaves_the_budget_to_the_others():
    given_up_long_ago = {
        attributes.AGENT_MISSING: attributes.MissedObservations(count=99, first=ago(90_000), last=ago(60)).text()
    }
    ids = [f"i-{number:016x}" for number in range(9)]
    members = [an_instance("i-odd", healthy=False), *map(an_instance, ids)]
    odd = registered("i-odd", connected=False, attributes=given_up_long_ago)
    seen = [odd, *(silent(each) if number < 1 else registered(each) for number, each in enumerate(ids))]
    assert outcome(*seen, members=members)[1] == [ids[0]]


@pytest.mark.parametrize("process", ["ReplaceUnhealthy", "Terminate", "Launch"])
def test_where_nothing_is_replaced_nothing_is_marked(process):
    group = a_group(an_instance(), suspended_processes=frozenset({process}))
    actions = plan(a_snapshot(group, silent()), settings(), NOW)
    assert [each for each in actions if isinstance(each, MarkUnhealthy)] == []


def test_when_most_agents_are_gone_the_fault_is_not_the_instances():
    assert group_of(10, range(6)) == []
    assert group_of(10, range(5)) != []


def test_agents_that_are_gone_are_measured():
    members = [an_instance(ID), an_instance("i-2"), an_instance("i-3")]
    seen = a_snapshot(a_group(*members), silent(), registered("i-2"))
    measured = measure(seen, settings(), NOW)
    assert measured["AgentsDisconnected"] == 1
    assert measured["InstancesUnregistered"] == 1


@pytest.mark.parametrize(("misses", "gone", "lost"), [(4, 5, 0), (5, 5, 5), (0, 6, 6)])
def test_agents_that_stay_away_are_counted_also_when_nobody_is_given_up(misses, gone, lost):
    """In a mass loss no observation is noted: none of them would change anything."""
    ids = [f"i-{number}" for number in range(10)]
    there = [registered(each) for each in ids[gone:]]
    seen = a_snapshot(
        a_group(*map(an_instance, ids), suspended_processes=frozenset({"ReplaceUnhealthy"})),
        *(silent(each, count=misses, last=0) for each in ids[:gone]),
        *there,
    )
    assert not [each for each in plan(seen, settings(), NOW) if isinstance(each, MarkUnhealthy)]
    assert measure(seen, settings(), NOW)["AgentsLost"] == lost


def test_an_agent_that_is_back_is_not_lost():
    assert (
        measure(a_snapshot(a_group(an_instance()), registered(attributes=row(9))), settings(), NOW)["AgentsLost"] == 0
    )


@pytest.mark.parametrize(("count", "given_up"), [(6, 1), (10, 1), (19, 1), (20, 2), (29, 2), (30, 3)])
def test_below_twenty_instances_one_goes_at_a_time_and_from_there_on_a_tenth(count, given_up):
    assert len(group_of(count, range(3))) == given_up


@pytest.mark.parametrize(("count", "gone", "given_up"), [(3, 2, 0), (2, 2, 0), (4, 2, 1), (5, 3, 0), (1, 1, 1)])
def test_two_of_three_are_most_and_one_alone_is_not(count, gone, given_up):
    assert len(group_of(count, range(gone))) == given_up
