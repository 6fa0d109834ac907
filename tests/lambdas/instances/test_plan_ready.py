"""Readiness: an instance enters service when it can run tasks, and is abandoned when it cannot."""

import pytest

from lambdas.cluster.snapshot import Ec2Instance
from lambdas.cluster.tags import TRUNK_ATTRIBUTE
from lambdas.instances.actions import Complete
from lambdas.instances.attributes import RELEASED, released_text
from lambdas.instances.plan import plan
from lambdas.instances.ready import overdue
from lambdas.instances.settings import Ready
from tests.lambdas.instances.builders import (
    HOOKS,
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


def endings(
    *container_instances, launched=60, trunked=False, hooks=HOOKS, ec2_instances=None, state="Pending:Wait", **kind
):
    seen = a_snapshot(
        a_group(an_instance(state=state, **kind), hooks=hooks),
        *container_instances,
        ec2_instances=[an_ec2_instance(launched=launched)] if ec2_instances is None else ec2_instances,
    )
    actions = plan(seen, settings(ready=Ready(trunked=trunked)), NOW)
    return [(each.ending, each.result, each.hook) for each in actions if isinstance(each, Complete)]


READY = [("ready", "CONTINUE", "ready")]
ABANDONED = [("not ready", "ABANDON", "ready")]
TRUNK = {TRUNK_ATTRIBUTE: "eni-1"}


def test_an_active_instance_with_a_connected_agent_enters_service():
    assert endings(registered()) == READY


def test_an_instance_that_is_ready_at_its_deadline_still_enters_service():
    assert endings(registered(), launched=9999) == READY


@pytest.mark.parametrize(
    "lacking",
    [
        (),
        (registered(connected=False),),
        (registered(status="REGISTERING"),),
        (registered(status="REGISTRATION_FAILED"),),
        (registered(status="DRAINING"),),
    ],
)
def test_an_instance_that_cannot_run_tasks_waits_until_its_deadline_and_is_abandoned_then(lacking):
    assert endings(*lacking, launched=599) == []
    assert endings(*lacking, launched=600) == ABANDONED


def test_where_density_counts_on_trunks_an_instance_waits_for_its_own():
    assert endings(registered(), trunked=True) == []
    assert endings(registered(), trunked=True, launched=600) == ABANDONED
    assert endings(registered(attributes=TRUNK), trunked=True) == READY


def test_a_type_that_cannot_trunk_is_not_asked_for_a_trunk_and_an_unknown_one_is():
    assert endings(registered(), trunked=True, instance_type="t3.large") == READY
    assert endings(registered(), trunked=True, instance_type="x9.large") == []


def test_an_instance_that_ec2_does_not_show_is_left_to_the_timeout_of_the_hook():
    assert endings(ec2_instances=[]) == []


@pytest.mark.parametrize("state", ["Pending", "Pending:Proceed", "InService", "Terminating"])
def test_only_an_instance_that_waits_is_completed(state):
    assert endings(registered(), state=state) == []


def test_without_our_hook_nothing_is_completed_at_launch():
    assert endings(registered(), hooks=HOOKS[1:]) == []


@pytest.mark.parametrize(("released", "expected"), [(61, READY), (60, []), (59, [])])
def test_a_wait_that_was_over_already_is_not_ended_again_and_a_later_one_is(released, expected):
    """The wait began 60 seconds ago; another hook may hold the instance since it was released."""
    assert endings(registered(attributes={RELEASED: released_text("ready", ago(released))}), launched=60) == expected


def test_an_instance_whose_launch_nobody_knows_is_not_overdue():
    unknown = Ec2Instance(instance_id=ID, state="pending")
    group = a_group(an_instance(state="Pending:Wait"))
    assert not overdue(ID, a_snapshot(group, ec2_instances=[unknown]), Ready(), NOW)
    assert not overdue(ID, a_snapshot(group), Ready(), NOW)


@pytest.mark.parametrize(("launched", "late"), [(599, False), (600, True)])
def test_an_instance_is_overdue_from_its_deadline_on(launched, late):
    seen = a_snapshot(a_group(an_instance(state="Pending:Wait")), ec2_instances=[an_ec2_instance(launched=launched)])
    assert overdue(ID, seen, Ready(), NOW) is late
