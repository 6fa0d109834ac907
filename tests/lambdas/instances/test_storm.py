"""Storms of a thousand instances, with the token buckets of a real account.

However many leave, an instance is told to drain within seconds of its event, and within a minute and a little when
every event is lost; no run fails, none is throttled for good, and no instance is released with a task that serves.
"""

import pytest

from tests.model.storm import Storm

ALARMING = ("FailedActions", "UnreadParts", "DrainDeadlines", "InstancesUnplanned", "SwitchUnknown")


@pytest.mark.parametrize(
    ("leave", "events", "told_within_s", "minutes"),
    [(100, True, 15, 3), (300, True, 15, 3), (450, True, 15, 6), (450, False, 70, 6)],
)
def test_however_many_leave_each_is_told_to_drain_in_time_and_released_when_it_is_empty(
    leave, events, told_within_s, minutes
):
    seen = Storm(leave, events=events, minutes=minutes)
    assert (len(seen.api.told), len(seen.released)) == (leave, leave)
    assert max(seen.api.told.values()) <= told_within_s
    assert seen.world.wrong == []
    assert ([each.error for each in seen.runs.failed], seen.runs.given_up) == ([], 0)
    assert max(seen.passes_a_minute) <= 10
    assert {name: seen.api.measured[name] for name in ALARMING} == dict.fromkeys(ALARMING, 0)
    assert seen.api.measured["CompletedPasses"] == len(seen.api.passes)


def test_without_the_agreement_this_storm_shows_what_it_costs():
    seen = Storm(15, agree=False, minutes=1)
    assert seen.runs.buckets.refused["ecs reads"] > 0
    assert max(seen.passes_a_minute) > 10
