"""A canary: the first instance of a new version serves for a while before anything of the old generation is drained."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.cluster.snapshot import Checkpoint, Resources
from lambdas.instances.act import CANARY_PERCENT
from lambdas.instances.actions import SetStatus, StartRefresh
from lambdas.instances.attributes import OLD_GENERATION
from lambdas.instances.generations import candidates
from lambdas.instances.plan import plan
from lambdas.instances.settings import Rollout, Settings
from tests.lambdas.instances.builders import (
    NOW,
    a_group,
    a_refresh,
    a_snapshot,
    ago,
    an_instance,
    registered,
    rolling_with,
    settings,
)

HOUR = rolling_with(canary_minutes=60)
ONE = Checkpoint(percent=CANARY_PERCENT, wait_s=3600)


def started(group, given=HOUR):
    return [each for each in plan(a_snapshot(group), given, NOW) if isinstance(each, StartRefresh)]


def members(count, **changes):
    return [an_instance(f"i-{number}", **changes) for number in range(count)]


@pytest.mark.parametrize(("count", "seconds"), [(0, 0), (1, 0), (2, 3600), (200, 3600)])
def test_a_rollout_of_more_than_one_instance_has_a_canary(count, seconds):
    (action,) = started(a_group(*members(count), wanted="2"))
    assert (action.canary_s, action.skip_matching) == (seconds, True)


def test_without_the_setting_it_has_none():
    (action,) = started(a_group(*members(9), wanted="2"), settings())
    assert action.canary_s == 0


@pytest.mark.parametrize(
    ("percent", "desired", "count"),
    [(1, 2, 1), (1, 99, 1), (1, 100, 1), (1, 101, 2), (1, 201, 3), (33, 3, 1), (34, 3, 2), (50, 4, 2), (51, 4, 3)],
)
def test_a_checkpoint_is_reached_by_the_next_whole_instance(percent, desired, count):
    assert Checkpoint(percent=percent, wait_s=0).instances(desired) == count


@given(percent=st.integers(1, 99), desired=st.integers(1, 1000))
def test_fewer_instances_are_below_the_percentage_and_so_many_are_not(percent, desired):
    count = Checkpoint(percent=percent, wait_s=0).instances(desired)
    assert (count - 1) * 100 < percent * desired <= count * 100
    assert 1 <= count <= desired


@given(desired=st.integers(1, 100), grown=st.integers(0, 99))
def test_the_canary_is_one_instance_however_the_group_grows_below_a_hundred(desired, grown):
    checkpoint = Checkpoint(percent=CANARY_PERCENT, wait_s=0)
    assert checkpoint.instances(desired) == checkpoint.instances(min(100, desired + grown)) == 1


def drained(*new_for, checkpoint: Checkpoint | None = ONE, since=7200, old=3, desired=None, mark=None, given=HOUR):
    """Whom a pass drains while new instances have been registered for so many seconds; all are empty, so all fit."""
    olds = [registered(f"i-old{n}", attributes=mark, registered_at=ago(99999)) for n in range(old)]
    news = [
        registered(f"i-new{n}", registered_at=None if seconds is None else ago(seconds))
        for n, seconds in enumerate(new_for)
    ]
    group = a_group(
        *(an_instance(each.instance_id) for each in olds),
        *(an_instance(each.instance_id, version="2") for each in news),
        wanted="2",
        refreshes=(replace(a_refresh("2", "InProgress", since), checkpoint=checkpoint),),
    )
    group = group if desired is None else replace(group, desired_capacity=desired)
    seen = a_snapshot(group, *olds, *news)
    found = [each.instance_id for each in plan(seen, given, NOW) if isinstance(each, SetStatus)]
    assert bool(candidates(group, seen, given, NOW)) == bool(found) or mark, "no task is read in vain"
    return len(found)


def test_while_the_canary_serves_alone_nothing_is_drained():
    assert drained(60) == 0
    assert drained(3599) == 0


def test_when_its_time_is_over_and_the_refresh_has_gone_on_the_old_generation_is_drained():
    assert drained(3600, 30) == 3
    assert drained(3599, 30) == 0
    assert drained(4000) == 0, "the refresh has not gone on yet"


def test_new_instances_of_a_group_that_grows_meanwhile_do_not_end_its_time():
    assert drained(600, 500, 400) == 0


def test_without_a_checkpoint_nobody_waits():
    assert drained(60, checkpoint=None) == 3


def test_what_the_refresh_was_started_with_counts_not_the_settings_of_today():
    assert drained(60, given=settings()) == 0
    assert drained(60, checkpoint=None, given=rolling_with(canary_minutes=2880)) == 3


def test_the_time_begins_with_the_instance_that_reaches_the_checkpoint():
    """Two of 150 are one percent of them and more."""
    assert drained(9000, 3000, 10, desired=150) == 0
    assert drained(9000, 3600, 10, desired=150) == 3
    assert drained(9000, 3600, desired=150) == 0


def test_an_instance_that_ran_the_version_before_counts_from_the_start_of_the_refresh():
    assert drained(99999, 30, since=3599) == 0
    assert drained(99999, 30, since=3600) == 3


def test_nothing_is_drained_again_either_that_an_earlier_rollout_had_marked():
    assert drained(60, mark={OLD_GENERATION: "2"}) == 0
    assert drained(3600, 30, mark={OLD_GENERATION: "2"}) == 3


def test_an_unknown_age_is_no_time_that_is_over():
    assert drained(None, None) == 0


def test_each_group_waits_for_its_own_canary():
    def of(name, seconds):
        ids = [f"i-{name}-old", f"i-{name}-new", f"i-{name}-next"]
        refresh = replace(a_refresh("2", "InProgress", 9000), checkpoint=ONE)
        group = a_group(
            an_instance(ids[0]), *(an_instance(each, version="2") for each in ids[1:]),
            name=name, wanted="2", refreshes=(refresh,),
        )  # fmt: skip
        ages = dict(zip(ids, (99999, seconds, 5), strict=True))
        return group, [registered(each, registered_at=ago(age)) for each, age in ages.items()]

    (early, first), (late, second) = of("a", 60), of("b", 4000)
    seen = replace(a_snapshot(early, *first, *second), groups=(early, late))
    assert [each.instance_id for each in plan(seen, HOUR, NOW) if isinstance(each, SetStatus)] == ["i-b-old"]


def test_a_rollback_at_the_checkpoint_leaves_the_old_generation_as_it_is():
    group = a_group(
        an_instance("i-old"), an_instance("i-new", version="2"), wanted="2",
        refreshes=(replace(a_refresh("2", "RollbackInProgress"), checkpoint=ONE),),
    )  # fmt: skip
    assert plan(a_snapshot(group, registered("i-old"), registered("i-new", remaining=Resources())), HOUR, NOW) == ()


@given(minutes=st.integers(0, 2880), most=st.integers(101, 200))
def test_a_rollout_may_take_as_much_longer_as_its_canary_serves_alone(minutes, most):
    def rollout_s(**changes) -> int:
        given: Settings = settings(rollout=Rollout(max_healthy_percent=most, **changes))
        return given.rollout_s()

    assert rollout_s(canary_minutes=minutes) - rollout_s() == timedelta(minutes=minutes).total_seconds()
