"""Cleaning up: only what EC2 says is terminated is deregistered."""

import pytest

from lambdas.instances.act import Result
from lambdas.instances.actions import Deregister
from lambdas.instances.passes import tally
from lambdas.instances.plan import plan
from tests.lambdas.instances.action_examples import DEREGISTER
from tests.lambdas.instances.builders import (
    ID,
    NOW,
    a_group,
    a_snapshot,
    ago,
    an_ec2_instance,
    an_instance,
    registered,
    settings,
)

GHOST = "i-00000000000000ff"


def deregistered(ghost, member=None, **seen):
    snapshot = a_snapshot(a_group(member or an_instance()), registered(), ghost, **seen)
    return [each.instance_id for each in plan(snapshot, settings(), NOW) if isinstance(each, Deregister)]


def test_a_terminated_instance_that_is_still_registered_is_deregistered():
    ghost = registered(GHOST, connected=False)
    assert deregistered(ghost, ec2_instances=[an_ec2_instance(GHOST, "terminated")]) == [GHOST]


def test_an_instance_that_ec2_has_forgotten_is_deregistered():
    assert deregistered(registered(GHOST, connected=False), forgotten=[GHOST]) == [GHOST]


@pytest.mark.parametrize("state", ["running", "stopped", "stopping", "shutting-down", "pending"])
def test_an_instance_that_ec2_still_has_is_left_alone(state):
    assert deregistered(registered(GHOST, connected=False), ec2_instances=[an_ec2_instance(GHOST, state)]) == []


def test_nothing_is_deregistered_without_the_word_of_ec2():
    assert deregistered(registered(GHOST, connected=False)) == []


def test_a_connected_instance_of_no_group_is_left_alone():
    assert deregistered(registered(GHOST), ec2_instances=[an_ec2_instance(GHOST, "terminated")]) == []


def test_an_external_instance_is_none_of_ours():
    assert deregistered(registered("mi-0123", connected=False), forgotten=["mi-0123"]) == []


@pytest.mark.parametrize("status", ["DEREGISTERING", "INACTIVE"])
def test_an_instance_that_leaves_by_itself_is_left_alone(status):
    ghost = registered(GHOST, status, connected=False)
    assert deregistered(ghost, ec2_instances=[an_ec2_instance(GHOST, "terminated")]) == []


def test_a_member_of_a_group_is_the_business_of_its_hook():
    ghost = registered(GHOST, connected=False)
    member = an_instance(GHOST, "Terminating:Proceed")
    assert deregistered(ghost, member=member, ec2_instances=[an_ec2_instance(GHOST, "terminated")]) == []


def twice(*, since_s: int | None = 600, first_connected=False, second_connected=True, status="ACTIVE", member=ID):
    """A living member that has registered a second time, `since_s` seconds ago."""
    first = registered(arn="arn:first", connected=first_connected, status=status, registered_at=ago(9000))
    second = registered(connected=second_connected, registered_at=None if since_s is None else ago(since_s))
    actions = plan(a_snapshot(a_group(an_instance(member)), first, second), settings(), NOW)
    return [each.container_instance_arn for each in actions if isinstance(each, Deregister)]


def test_the_first_registration_of_an_instance_that_registered_again_goes_after_a_while():
    assert twice() == ["arn:first"]
    assert twice(since_s=599) == []
    assert twice(second_connected=False) == [], "nobody knows which one lives"
    assert twice(status="DEREGISTERING") == []
    assert twice(status="INACTIVE") == []
    assert twice(since_s=None) == [], "nobody knows since when"
    assert twice(member="i-another") == [], "it is of no group"


def test_what_is_removed_is_counted():
    done = [Result(action=each, outcome="done") for each in (DEREGISTER, DEREGISTER)]
    assert tally(done)["RegistrationsRemoved"] == 2
