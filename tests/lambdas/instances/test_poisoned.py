"""Poisoned input: whatever text stands where the controller remembers, one odd instance costs itself and no pass."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.cluster import tags
from lambdas.instances import attributes, guard, plan, ready
from lambdas.instances.act import Result
from lambdas.instances.actions import Complete, SetStatus, Unplanned
from lambdas.instances.passes import tally
from tests.lambdas.instances.builders import (
    NOW,
    a_group,
    a_refresh,
    a_snapshot,
    an_ec2_instance,
    an_instance,
    registered,
    settings,
)
from tests.lambdas.instances.stage import Stage

REMEMBERED = (
    attributes.DRAINING_SINCE,
    attributes.HEARTBEAT_AT,
    attributes.AGENT_MISSING,
    attributes.OLD_GENERATION,
    attributes.RELEASED,
    "ecs.instance-type",
    "ecs.availability-zone",
    tags.TRUNK_ATTRIBUTE,
)
WORDS = st.one_of(
    st.text(max_size=40),
    st.from_regex(r"[0-9]{1,20}(/[0-9]{1,20}){0,3}", fullmatch=True),
    st.sampled_from(
        [
            "3/1700000000000/1700000000000",
            "\u00b2/\u00b2/\u00b2",
            "-1/-1/-1",
            "drain/",
            "drain/99999999999999",
            "none",
            "",
        ]
    ),
)
STATES = st.sampled_from(["InService", "Terminating:Wait", "Pending:Wait", "Terminating:Retained", "nonsense"])


@given(
    odd=st.dictionaries(st.sampled_from(REMEMBERED), WORDS),
    state=STATES,
    status=st.sampled_from(["ACTIVE", "DRAINING", "REGISTERING", "nonsense"]),
    connected=st.booleans(),
    wanted=WORDS,
    version=WORDS,
)
def test_whatever_is_remembered_the_others_are_looked_after(odd, state, status, connected, wanted, version):
    poisoned = registered("i-0000000000000bad", status, connected=connected, attributes=odd)
    members = (an_instance("i-0000000000000bad", state, version=version), an_instance(state="Terminating:Wait"))
    group = a_group(*members, wanted=wanted, refreshes=(a_refresh("2"),))
    group = replace(group, tags={**group.tags, tags.FORGIVEN_REFRESH: wanted})
    seen = a_snapshot(group, poisoned, registered(), ec2_instances=[an_ec2_instance("i-0000000000000bad")])
    actions = plan.plan(seen, settings(), NOW)
    assert not [each for each in actions if isinstance(each, Unplanned)]
    assert [each.instance_id for each in actions if isinstance(each, SetStatus)].count(members[1].instance_id) == 1
    plan.measure(seen, settings(), NOW)
    json.dumps([repr(each) for each in actions])


@given(st.dictionaries(st.sampled_from(REMEMBERED), WORDS), STATES)
def test_a_pass_over_poisoned_attributes_ends(odd, state):
    stage = Stage()
    member = stage.world.serving("service:web")
    member.attributes, member.state = odd, state
    leaving = stage.world.serving("service:web")
    stage.world.terminate(leaving)
    stage.one()
    assert leaving.status == "DRAINING"
    assert stage.metrics()["CompletedPasses"] == 1


def test_what_breaks_a_plan_all_the_same_costs_the_one_instance_and_is_counted(monkeypatch):
    def broken(instance, *_):
        if instance.instance_id == "i-bad":
            raise LookupError("odd")
        return "not registered"

    monkeypatch.setattr(ready, "_lack", broken)
    group = a_group(an_instance("i-bad", "Pending:Wait"), an_instance("i-good", "Pending:Wait"))
    both = [an_ec2_instance(each, launched=9999) for each in ("i-bad", "i-good")]
    actions = plan.plan(a_snapshot(group, ec2_instances=both), settings(), NOW)
    ours = [each for each in actions if isinstance(each, (Complete, Unplanned))]
    assert [(type(each).__name__, each.instance_id) for each in ours] == [
        ("Unplanned", "i-bad"),
        ("Complete", "i-good"),
    ]
    assert tally([Result(action=each, outcome="done") for each in actions])["InstancesUnplanned"] == 1


def test_a_step_that_breaks_half_way_is_not_half_done():
    def steps():
        yield Unplanned(instance_id="i-1", reason="first")
        raise ValueError("second")

    (left,) = guard.guarded("i-1", steps())
    assert left == Unplanned(instance_id="i-1", reason="ValueError: second")


@pytest.mark.parametrize("future_s", [121, 10**9])
def test_a_moment_in_the_future_is_none_of_ours(future_s):
    later = attributes.moment_text(NOW) if future_s < 0 else str(int(NOW.timestamp()) + future_s)
    assert (
        attributes.moment(registered(attributes={attributes.DRAINING_SINCE: later}), attributes.DRAINING_SINCE, NOW)
        is None
    )
