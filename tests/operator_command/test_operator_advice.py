"""What `explain` says of what waits for the end of quiet times or of a move of tasks."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from lambdas.capacity.plan import plan
from lambdas.cluster.moves import Phase
from operator_command.shown.explanation import drawn, explanation_of
from operator_command.shown.what_if import from_nothing, settled, with_tasks
from tests.lambdas.capacity.clusters import (
    NOW,
    a_definition,
    a_history,
    a_service,
    a_snapshot,
    an_instance,
    nothing_more,
    some_settings,
    tasks_on,
)
from tests.lambdas.cluster.moved import moved
from tests.operator_command.golden import assert_golden, screen


def a_cluster(*services):
    """Three instances with a task each; one of them could go."""
    instances = [an_instance(number, cpu=1536, memory=7000, tasks=1) for number in range(3)]
    tasks = {each.arn: tasks_on(each, web=1) for each in instances}
    services = services or (a_service("web", 3, 3),)
    return a_snapshot(instances, services, surplus=a_history(), tasks=tasks)


def explained(snapshot, now=NOW, **changes):
    settings = some_settings(**changes)
    made = plan(snapshot, settings, now, nothing_more)
    assert made.assessment is not None
    return explanation_of("prod", now, made, made.assessment, settings, ())


@pytest.mark.parametrize(
    ("quiet", "advice"),
    [
        (("Sun 08:00-20:00",), "nothing to do: it is quiet until Sun 20:00 UTC, then the surplus goes; "),
        (
            ("Sat-Mon 00:00-24:00", "00:00-06:30"),
            "nothing to do: it is quiet until Tue 06:30 UTC, then the surplus goes; ",
        ),
        (("Mon-Sun 00:00-24:00",), "it is always quiet: Mon-Sun 00:00-24:00; "),
    ],
)
def test_until_when_it_is_quiet_and_how_to_end_it(quiet, advice):
    view = explained(a_cluster(), disruption={"quiet": quiet})  # a Sunday, 12:00
    assert (view.action, view.reason) == ("no change", "nothing is moved for convenience at this time")
    assert view.advice == advice + "to remove instances now, shorten disruption.quietTimes and run pulumi up"
    assert asdict(view)["advice"] == view.advice


def test_whose_tasks_are_being_moved():
    many = [moved(a_service(f"s{number}", 0, 0), NOW, 0, 1, phase=Phase.LOWERED) for number in range(5)]
    view = explained(a_cluster(a_service("web", 3, 3), *many))
    assert (view.action, view.reason) == ("no change", "tasks of a service are being moved")
    assert view.advice == (
        "nothing to do: tasks of s0, s1, s2, s3 and 1 more go to emptier instances; a move is not waited for longer "
        "than 30 min"
    )


def test_where_the_reason_says_all_there_is_no_line_for_it():
    view = explained(a_cluster())
    assert view.advice == ""
    assert not any(line.startswith("advice") for line in screen(drawn(view), 80))


@pytest.mark.parametrize("width", [80, 160])
def test_the_screen_in_quiet_times(width):
    assert_golden("explain-quiet", drawn(explained(a_cluster(), disruption={"quiet": ("Sun 08:00-20:00",)})), width)


def test_the_headroom_is_the_one_of_the_moment():
    assert explained(a_cluster()).headroom == 2
    assert explained(a_cluster(moved(a_service("web", 3, 3), NOW, 2, 3))).headroom == 1


def test_what_if_is_asked_of_the_count_that_is_wanted_without_the_move():
    raised = a_snapshot(
        services=[moved(a_service("web", 6, 6), NOW, 4, 6), a_service("api", 3, 3)],
        definitions=[a_definition("web", 2048, 2000), a_definition("api", 2048, 2000)],
    )
    usual = settled(raised, NOW)
    assert [(each.desired, each.deployments[0].desired) for each in usual.services] == [(4, 4), (3, 3)]
    assert usual.services[1] is raised.services[1]
    assert with_tasks(usual, "web=+1").by_name["web"].desired == 5
    settings = some_settings(grow={"headroom_tasks": 1})
    assert from_nothing(usual, raised.groups[0], settings, NOW).instances == 4 + 3 + 1
    late = NOW + timedelta(hours=1)
    assert settled(raised, late) == raised
    lowered = replace(raised, services=(moved(a_service("web", 6, 6), NOW, 4, 6, phase=Phase.LOWERED),))
    assert settled(lowered, NOW) == lowered
