"""Time budgets: each inequality at its edge, and that a run observing again always ends in time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.cluster import budgets


def drain(**changes):
    given_ = {"deadline_s": 420, "deregistration_delay_s": 300, "stop_timeout_s": 60, "heartbeat_timeout_s": 900}
    return budgets.drain_problems(**(given_ | changes))


def test_a_drain_deadline_holds_the_slowest_task():
    assert drain() == []
    (problem,) = drain(deadline_s=419)
    assert (
        "419 s is less than deregistration delay 300 s + stop timeout 60 s + margin 60 s, raise it to 420 s" in problem
    )


@pytest.mark.parametrize(("timeout_s", "limit_s"), [(30, 3000), (900, 90_000), (1728, 172_800), (7200, 172_800)])
def test_the_longest_wait_is_48_hours_or_100_heartbeats(timeout_s, limit_s):
    assert budgets.global_limit_s(timeout_s) == limit_s
    assert drain(deadline_s=limit_s - budgets.LATENESS_S, heartbeat_timeout_s=timeout_s) == []
    assert len(drain(deadline_s=limit_s - budgets.LATENESS_S + 1, heartbeat_timeout_s=timeout_s)) == 1


@pytest.mark.parametrize(("timeout_s", "problems"), [(29, 1), (30, 0), (7200, 0), (7201, 1)])
def test_a_heartbeat_timeout_is_30_seconds_to_two_hours(timeout_s, problems):
    assert len(budgets.hook_problems(name="hook", heartbeat_timeout_s=timeout_s)) == problems


def test_a_broken_instance_is_abandoned_before_the_hook_lets_it_in():
    assert budgets.ready_problems(deadline_s=780, heartbeat_timeout_s=900) == []
    (problem,) = budgets.ready_problems(deadline_s=781, heartbeat_timeout_s=900)
    assert "would let a broken instance into service" in problem


@pytest.mark.parametrize(("deadline_s", "needed"), [(780, False), (781, True)])
def test_heartbeats_are_needed_when_the_deadline_outlasts_the_hook(deadline_s, needed):
    assert budgets.needs_heartbeats(deadline_s=deadline_s, heartbeat_timeout_s=900) is needed


def pace(**changes):
    given_ = {"poll_s": 5, "observe_for_s": 50, "pass_s": 8, "function_timeout_s": 58}
    return budgets.pace_problems(**(given_ | changes))


def test_an_invocation_ends_before_the_next_and_before_it_is_cut_off():
    assert pace() == []
    assert pace(observe_for_s=0) == []
    assert pace(function_timeout_s=None) == []
    assert len(pace(function_timeout_s=57)) == 1
    assert len(pace(observe_for_s=60, function_timeout_s=100)) == 1
    assert len(pace(observe_for_s=-1)) == 1
    assert len(pace(poll_s=0)) == 1
    assert len(pace(pass_s=0)) == 1


@given(st.integers(1, 20), st.integers(0, 59), st.integers(1, 20), st.floats(0, 60), st.integers(1, 60))
def test_observing_again_always_ends_in_time(poll_s, observe_for_s, pass_s, elapsed_s, timeout_s):
    pace_ = {"poll_s": poll_s, "observe_for_s": observe_for_s, "pass_s": pass_s}
    while budgets.observes_again(elapsed_s=elapsed_s, remaining_s=timeout_s - elapsed_s, **pace_):
        elapsed_s += poll_s + pass_s
        assert elapsed_s <= observe_for_s
        assert elapsed_s <= timeout_s
