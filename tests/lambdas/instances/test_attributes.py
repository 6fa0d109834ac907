"""What the controller remembers, as the text that stands in the attributes: running clusters hold it, too."""

from datetime import timedelta

import pytest

from lambdas.instances import attributes
from tests.lambdas.instances.builders import NOW, ago, registered

AT = int(NOW.timestamp())


def remembered(name, value):
    return registered(attributes={name: value})


def test_missed_observations_are_their_number_the_first_and_the_last():
    missed = attributes.MissedObservations(count=3, first=ago(120), last=ago(5))
    assert missed.text() == f"3/{AT - 120}/{AT - 5}"
    assert attributes.missed_observations(remembered(attributes.AGENT_MISSING, missed.text()), NOW) == missed


@pytest.mark.parametrize(
    "value",
    ["none", "", "3", f"3/{AT}", f"x/{AT}/{AT}", f"3/{AT}/{AT}/1", f"3/{AT}/{AT + 121}", f"3/{AT + 121}/{AT}"],
)
def test_what_is_no_row_of_missed_observations_counts_as_none(value):
    assert attributes.missed_observations(remembered(attributes.AGENT_MISSING, value), NOW) is None


def test_a_wait_that_was_over_is_its_hook_and_the_moment():
    assert attributes.released_text("drain", ago(7)) == f"drain/{AT - 7}"
    instance = remembered(attributes.RELEASED, f"drain/{AT - 7}")
    assert attributes.released(instance, "drain", NOW) == ago(7)
    assert attributes.released(instance, "ready", NOW) is None


def test_clocks_may_differ_by_two_minutes_and_no_more():
    at = NOW + timedelta(seconds=120)
    assert attributes.moment(remembered(attributes.HEARTBEAT_AT, str(AT + 120)), attributes.HEARTBEAT_AT, NOW) == at
    assert attributes.moment(remembered(attributes.HEARTBEAT_AT, str(AT + 121)), attributes.HEARTBEAT_AT, NOW) is None
