"""Rolling out: when a refresh starts, when it must not, and how it is told what to do."""

import pytest

from lambdas.cluster.snapshot import REFRESH_FAILED, REFRESH_RUNNING, Template
from lambdas.cluster.wanted_version import matches
from lambdas.instances.actions import StartRefresh
from lambdas.instances.attributes import OLD_GENERATION
from lambdas.instances.plan import measure, plan
from lambdas.instances.settings import Image
from tests.lambdas.instances.builders import NOW, a_group, a_refresh, a_snapshot, an_instance, registered, settings


def started(group):
    actions = plan(a_snapshot(group, registered()), settings(), NOW)
    return [each.template.version for each in actions if isinstance(each, StartRefresh)]


def test_a_wanted_version_that_differs_from_the_group_is_rolled_out():
    assert started(a_group(an_instance(), wanted="2")) == ["2"]


def test_what_runs_already_is_not_rolled_out():
    assert started(a_group(an_instance(), wanted="1")) == []


def test_a_group_that_wants_nothing_is_left_alone():
    assert started(a_group(an_instance(), wanted=None)) == []


def test_a_symbolic_version_is_replaced_by_the_number():
    assert started(a_group(an_instance(), version="$Latest", wanted="1")) == ["1"]


@pytest.mark.parametrize("status", sorted(REFRESH_RUNNING))
def test_no_second_refresh_is_started_while_one_is_in_progress(status):
    assert started(a_group(an_instance(), wanted="3", refreshes=(a_refresh("2", status),))) == []


@pytest.mark.parametrize("status", sorted(REFRESH_FAILED))
def test_a_version_that_failed_is_not_tried_again(status):
    group = a_group(an_instance(), wanted="2", refreshes=(a_refresh("2", status, ended=99999),))
    assert started(group) == []
    assert measure(a_snapshot(group), settings(), NOW)["RolloutsBlocked"] == 1


@pytest.mark.parametrize("status", sorted(REFRESH_FAILED))
def test_a_failure_that_an_operator_forgives_is_tried_once_more_and_the_next_one_is_not(status):
    first = a_refresh("2", status, started=9000, ended=99)
    forgiven = a_group(an_instance(), wanted="2", refreshes=(first,), forgiven=first.refresh_id)
    assert started(forgiven) == ["2"]
    assert measure(a_snapshot(forgiven), settings(), NOW)["RolloutsBlocked"] == 0
    second = a_refresh("2", status, started=60, ended=9)
    assert started(a_group(an_instance(), wanted="2", refreshes=(second, first), forgiven=first.refresh_id)) == []


def test_another_version_is_tried_after_a_failure_and_so_is_the_failed_one_after_that():
    failed = a_refresh("2", "RollbackSuccessful", started=9000, ended=8000)
    assert started(a_group(an_instance(), wanted="3", refreshes=(failed,))) == ["3"]
    done = a_refresh("3", "Successful", started=5000, ended=4000)
    back = a_group(an_instance(version="3"), version="3", wanted="2", refreshes=(done, failed))
    assert started(back) == ["2"]
    assert measure(a_snapshot(back), settings(), NOW)["RolloutsBlocked"] == 0


def test_a_refresh_without_a_version_does_not_hide_an_earlier_failure():
    history = (a_refresh(None, "Successful", 100, ended=50), a_refresh("2", "Failed", 9000, ended=8000))
    assert started(a_group(an_instance(), wanted="2", refreshes=history)) == []


def test_a_success_that_the_group_does_not_show_yet_is_not_repeated():
    group = a_group(an_instance(version="2"), wanted="2", refreshes=(a_refresh("2", "Successful", 600, ended=299),))
    assert started(group) == []


def test_a_group_that_was_changed_by_hand_after_a_success_is_brought_back():
    group = a_group(an_instance(), wanted="2", refreshes=(a_refresh("2", "Successful", 9000, ended=300),))
    assert started(group) == ["2"]


def test_instances_that_run_another_version_than_the_group_are_replaced_once():
    stale = an_instance(version="1")
    assert started(a_group(stale, version="2", wanted="2")) == ["2"]
    done = a_refresh("2", "Successful", 9000, ended=8000)
    assert started(a_group(stale, version="2", wanted="2", refreshes=(done,))) == []


@pytest.mark.parametrize("process", ["InstanceRefresh", "Launch", "Terminate"])
def test_whoever_suspends_what_a_refresh_needs_gets_none(process):
    assert started(a_group(an_instance(), wanted="2", suspended_processes=frozenset({process}))) == []


def test_a_group_that_is_being_deleted_is_not_rolled():
    assert started(a_group(an_instance(), wanted="2", deleting=True)) == []


def waiting(group):
    return measure(a_snapshot(group), settings(), NOW)["RolloutsWaiting"]


def test_a_wanted_version_that_does_not_run_is_counted_whatever_holds_it_back():
    held = (
        a_group(an_instance(), wanted="2"),
        a_group(an_instance(), wanted="3", refreshes=(a_refresh("2"),)),
        a_group(an_instance(), wanted="2", suspended_processes=frozenset({"InstanceRefresh"})),
        a_group(an_instance(), an_instance("i-2", version="2"), wanted="2", version="2"),
    )
    assert [waiting(each) for each in held] == [1, 1, 1, 1]


def test_a_version_that_runs_everywhere_or_failed_is_not_counted_as_waiting():
    failed = a_refresh("2", "Failed", ended=9)
    settled = (
        a_group(an_instance(version="2"), wanted="2", version="2"),
        a_group(an_instance(), wanted="2", refreshes=(failed,)),
        a_group(an_instance(), wanted=None),
        a_group(an_instance(), wanted="2", deleting=True),
    )
    assert [waiting(each) for each in settled] == [0, 0, 0, 0]


def test_where_refreshes_could_not_be_read_none_is_started_and_nothing_is_undone():
    assert started(a_group(an_instance(), wanted="2", refreshes_known=False)) == []
    marked = registered(status="DRAINING", attributes={OLD_GENERATION: "2"})
    group = a_group(an_instance(), wanted="2", refreshes_known=False)
    assert plan(a_snapshot(group, marked), settings(), NOW) == ()


def test_a_template_known_by_name_only_is_compared_by_version_and_two_ids_are_compared():
    target = Template(template_id="lt-1", version="2")
    assert matches(Template(template_id="", version="2"), target)
    assert not matches(Template(template_id="", version="1"), target)
    assert not matches(Template(template_id="lt-2", version="2"), target)
    assert not matches(None, target)


def test_an_instance_without_a_template_runs_no_other_version():
    group = a_group(an_instance(template=None), wanted="1")
    assert started(group) == []
    assert measure(a_snapshot(group), settings(), NOW)["RolloutsWaiting"] == 0


@pytest.mark.parametrize(("released", "days"), [("2026-05-04", 0), ("2026-03-01", 64), ("2026-06-01", 0), ("", None)])
def test_the_age_of_the_wanted_image_is_measured_where_its_day_is_known(released, days):
    values = measure(a_snapshot(a_group()), settings(image=Image(released=released)), NOW)
    assert values.get("ImageAgeDays") == days


def test_a_day_that_is_none_ends_the_function_before_it_does_anything():
    with pytest.raises(ValueError, match="image released: must be a day like 2026-11-27, or empty, got 'March'"):
        settings(image=Image(released="March"))
