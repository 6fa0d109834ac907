"""Renewal: a group whose oldest instance has had its time gets new ones of the same version, once nothing holds it."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.cluster.disruption import Disruption
from lambdas.cluster.snapshot import REFRESH_FAILED, REFRESH_RUNNING
from lambdas.instances.actions import PutAttribute, SetStatus, StartRefresh
from lambdas.instances.attributes import OLD_GENERATION
from lambdas.instances.plan import measure, plan
from lambdas.instances.renewal import SPREAD_S, due, spread
from lambdas.instances.settings import Renewal, Rollout
from tests.lambdas.instances.builders import (
    NOW,
    a_group,
    a_refresh,
    a_snapshot,
    ago,
    an_instance,
    registered,
    settings,
)

DAY = 24 * 3600
MONTH = settings(renewal=Renewal(max_age_days=30))
OVER = 31 * DAY
"""Seconds after which a group is due, whatever its name."""


def aged(group, *ages, given=MONTH, now=NOW):
    """A snapshot of the group whose instances have been registered for so many seconds."""
    there = [
        registered(each.instance_id, registered_at=ago(seconds))
        for each, seconds in zip(group.instances, ages, strict=True)
    ]
    seen = a_snapshot(group, *there)
    return [each for each in plan(seen, given, now) if isinstance(each, StartRefresh)]


def two(**changes):
    return a_group(an_instance("i-1"), an_instance("i-2"), **changes)


def held(group, *ages, given=MONTH, now=NOW):
    there = [
        registered(each.instance_id, registered_at=ago(seconds))
        for each, seconds in zip(group.instances, ages, strict=True)
    ]
    return [each.held for each in due(a_snapshot(group, *there), given, now)]


def test_all_instances_of_a_group_are_renewed_when_the_oldest_has_had_its_time():
    (action,) = aged(two(), 5 * DAY, OVER)
    assert (action.template.version, action.skip_matching, action.canary_s) == ("1", False, 0)
    assert action.reason == "its oldest instance registered 31 days ago"


def test_a_renewal_has_no_canary():
    patient = settings(renewal=Renewal(max_age_days=30), rollout=Rollout(canary_minutes=60))
    assert [each.canary_s for each in aged(two(), OVER, OVER, given=patient)] == [0]


def test_by_default_no_age_is_too_great():
    assert aged(two(), 400 * DAY, 400 * DAY, given=settings()) == []


def test_a_group_is_due_a_part_of_a_day_after_its_age_and_not_before():
    group = two()
    moment = 30 * DAY + int(spread(group.name).total_seconds())
    assert aged(group, moment - 1, 0) == []
    assert len(aged(group, moment, 0)) == 1


@given(name=st.text(max_size=40))
def test_what_a_group_waits_longer_is_less_than_a_day_and_always_the_same(name):
    assert timedelta() <= spread(name) < timedelta(days=1)
    assert spread(name) == spread(name)


def test_environments_that_came_together_are_renewed_at_different_hours():
    waits = sorted(spread(f"ecs-{name}-instances-0a1b2c3").total_seconds() for name in ("dev", "test", "prod", "eu"))
    assert min(later - earlier for earlier, later in pairwise(waits)) > SPREAD_S / 100


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"refreshes_known": False}, "its refreshes could not be read"),
        ({"wanted": "2"}, "version 2 is rolled out first"),
        ({"wanted": "2", "version": "2"}, "version 2 is rolled out first"),
        ({"suspended_processes": frozenset({"Launch", "AZRebalance"})}, "suspended: Launch"),
        ({"refreshes": (a_refresh("1", "Successful", 9000, ended=299),)}, "a refresh has just ended"),
        ({"refreshes": (a_refresh(None, "Failed", 9000, ended=299),)}, "a refresh has just ended"),
    ],
)
def test_a_renewal_waits_for_what_comes_first(changes, reason):
    assert held(two(**changes), OVER, OVER) == [reason]
    assert [each for each in aged(two(**changes), OVER, OVER) if not each.skip_matching] == []


@pytest.mark.parametrize("status", sorted(REFRESH_FAILED))
def test_one_that_failed_blocks_the_version_and_is_not_begun_again_until_it_is_forgiven(status):
    failed = replace(a_refresh("1", status, started=9 * DAY, ended=8 * DAY), skip_matching=False)
    blocked = two(refreshes=(failed,))
    assert held(blocked, OVER, OVER) == ["version 1 was the last to be tried, and failed"]
    values = measure(a_snapshot(blocked), MONTH, NOW)
    assert (values["RolloutsBlocked"], values["RolloutsWaiting"]) == (1, 0)
    forgiven = two(refreshes=(failed,), forgiven=failed.refresh_id)
    assert [each.skip_matching for each in aged(forgiven, OVER, OVER)] == [False]


def test_another_version_is_rolled_out_although_the_renewal_of_the_last_one_failed():
    failed = replace(a_refresh("1", "Failed", started=9 * DAY, ended=8 * DAY), skip_matching=False)
    assert [each.skip_matching for each in aged(two(refreshes=(failed,), wanted="2"), OVER, OVER)] == [True]


@pytest.mark.parametrize("status", sorted(REFRESH_RUNNING))
def test_while_a_refresh_runs_none_is_begun_and_nothing_is_said(status):
    assert held(two(refreshes=(a_refresh("1", status),)), OVER, OVER) == []


@pytest.mark.parametrize("changes", [{"deleting": True}, {"wanted": None}])
def test_a_group_that_is_deleted_or_wants_nothing_grows_old(changes):
    assert held(two(**changes), OVER, OVER) == []


@pytest.mark.parametrize("state", ["Pending", "Pending:Wait", "Terminating:Wait", "Terminating:Proceed"])
def test_while_an_instance_comes_or_leaves_none_is_begun(state):
    group = a_group(an_instance("i-1"), an_instance("i-2", state))
    assert held(group, OVER, OVER) == ["instances come or leave"]


def test_what_is_about_to_leave_or_still_to_come_is_waited_for_and_what_was_taken_aside_is_not():
    assert held(a_group(an_instance("i-1", healthy=False)), OVER) == ["instances come or leave"]
    assert held(replace(two(), desired_capacity=3), OVER, OVER) == ["instances come or leave"]
    aside = [an_instance("i-2", "Standby"), an_instance("i-3", "Terminating:Retained")]
    group = replace(a_group(an_instance("i-1"), *aside), desired_capacity=1)
    assert held(group, OVER, OVER, OVER) == [None]


def test_only_what_is_in_service_has_an_age():
    group = replace(a_group(an_instance("i-1"), an_instance("i-2", "Standby")), desired_capacity=1)
    assert held(group, DAY, OVER) == []


def test_no_renewal_begins_in_a_quiet_time():
    """Now is noon of a Monday."""
    quiet = Disruption(quiet=("Mon-Fri 07:00-19:00",))
    nights = settings(renewal=Renewal(max_age_days=30), disruption=quiet)
    assert held(two(), OVER, OVER, given=nights) == ["it is a quiet time"]
    assert aged(two(), OVER, OVER, given=nights) == []
    assert len(aged(two(), OVER, OVER, given=nights, now=NOW + timedelta(hours=7))) == 1


def test_of_several_groups_one_is_renewed_at_a_time():
    first, second = two(name="prod-instances-1"), a_group(an_instance("i-3"), name="prod-instances-2")
    there = [registered(f"i-{n}", registered_at=ago(OVER)) for n in (1, 2, 3)]

    def found(*groups):
        seen = replace(a_snapshot(first, *there), groups=groups)
        return [(each.group.name[-1], each.held) for each in due(seen, MONTH, NOW)]

    assert found(first, second) == [("1", None), ("2", "another group is renewed first")]
    running = replace(first, refreshes=(a_refresh("1"),))
    assert found(running, second) == [("2", "another group is refreshed")]


def test_after_a_renewal_no_other_one_begins_before_its_age_has_passed_again():
    """What is older in service then was in Standby, or came from a warm pool: it would renew the group without end."""
    done = replace(a_refresh("1", "Successful", started=30 * DAY - 1, ended=29 * DAY), skip_matching=False)
    assert held(two(refreshes=(done,)), 90 * DAY, DAY) == []
    longer_ago = replace(done, started=ago(30 * DAY))
    assert held(two(refreshes=(longer_ago,)), 90 * DAY, DAY) == [None]
    rolled_out = replace(done, skip_matching=True)
    assert held(two(refreshes=(rolled_out,)), 90 * DAY, DAY) == [None]


def test_after_a_rollout_the_new_instances_have_their_whole_time():
    rolled_out = a_refresh("2", "Successful", started=9000, ended=600)
    group = a_group(an_instance("i-1", version="2"), wanted="2", version="2", refreshes=(rolled_out,))
    assert held(group, 8000) == []


def test_instances_whose_age_nobody_knows_are_left_out():
    group = two()
    unknown = a_snapshot(group, registered("i-1", registered_at=None))
    assert due(unknown, MONTH, NOW) == ()
    assert "OldestInstanceDays" not in measure(unknown, MONTH, NOW)


def test_the_age_of_the_oldest_instance_in_service_is_measured():
    group = a_group(an_instance("i-1"), an_instance("i-2"), an_instance("i-3", "Standby"))
    there = [registered(f"i-{n}", registered_at=ago(days * DAY - 1)) for n, days in ((1, 3), (2, 8), (3, 90))]
    assert measure(a_snapshot(group, *there), settings(), NOW)["OldestInstanceDays"] == 7


def renewing(*container_instances, refresh=None, status="InProgress"):
    """What a pass does with instances of one version, of which the refresh renews those that came before it."""
    given = refresh or replace(a_refresh("1", status, started=600), skip_matching=False)
    group = a_group(*(an_instance(each.instance_id) for each in container_instances), refreshes=(given,))
    actions = plan(a_snapshot(group, *container_instances), MONTH, NOW)
    marked = [(each.container_instance_arn[-3:], each.value) for each in actions if isinstance(each, PutAttribute)]
    return marked, [(each.instance_id, each.status) for each in actions if isinstance(each, SetStatus)]


def test_in_a_renewal_those_are_old_that_registered_before_it_started():
    old, new = registered("i-old", registered_at=ago(601)), registered("i-new", registered_at=ago(600))
    assert renewing(old, new) == ([("old", "1")], [("i-old", "DRAINING")])


def test_while_no_new_one_serves_nothing_is_drained():
    assert renewing(registered("i-old", registered_at=ago(601)), registered("i-two", registered_at=ago(999))) == (
        [],
        [],
    )


def test_in_a_refresh_that_skips_what_matches_nothing_of_the_version_is_old():
    old, new = registered("i-old", registered_at=ago(601)), registered("i-new", registered_at=ago(600))
    assert renewing(old, new, refresh=a_refresh("1", "InProgress")) == ([], [])


@pytest.mark.parametrize("status", ["Failed", "Cancelled", "Cancelling"])
def test_what_a_renewal_has_drained_takes_tasks_again_when_it_fails(status):
    marked = {OLD_GENERATION: "1"}
    old = registered("i-old", "DRAINING", attributes=marked, registered_at=ago(999))
    assert renewing(old, status=status) == ([], [("i-old", "ACTIVE")])


@given(
    ages=st.lists(st.integers(0, 60 * DAY), min_size=1, max_size=4),
    days=st.integers(1, 40),
    minute=st.integers(0, 7 * 24 * 60),
)
def test_a_renewal_begins_exactly_when_the_oldest_is_due_and_the_time_is_not_quiet(ages, days, minute):
    now = NOW + timedelta(minutes=minute)
    budget = Disruption(quiet=("Mon-Fri 07:00-19:00", "Sat 20:00-04:00"))
    group = a_group(*(an_instance(f"i-{number}") for number in range(len(ages))))
    begun = aged(group, *ages, given=settings(renewal=Renewal(max_age_days=days), disruption=budget), now=now)
    age = timedelta(seconds=max(ages)) + (now - NOW)
    assert bool(begun) == (age >= timedelta(days=days) + spread(group.name) and not budget.is_quiet(now))
