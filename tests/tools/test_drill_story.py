"""The verdict of a drill, on stories that somebody made up."""

from datetime import UTC, datetime

import pytest

from tools.drill_frames import Frame, Machine, Task, changes, logged, when
from tools.drill_story import Story

OLD, OTHER, NEW = "i-old", "i-other", "i-new"


def a_machine(instance_id, lifecycle="InService", registration="ACTIVE"):
    return Machine(instance_id=instance_id, zone="a", lifecycle=lifecycle, registration=registration)


def a_task(task_id, instance_id, status="RUNNING", stopped_at=None):
    return Task(task_id=task_id, instance_id=instance_id, status=status, stopped_at=stopped_at)


def a_frame(at, machines, tasks):
    return Frame(at=at, machines=tuple(machines), tasks=tuple(tasks))


def released(at, **changes):
    line = {
        "timestamp": datetime.fromtimestamp(at, UTC).isoformat(), "event": "Complete", "outcome": "done",
        "instance_id": OLD, "hook": "drain", "result": "CONTINUE", "reason": "empty",
    }  # fmt: skip
    return line | changes


BEFORE = a_frame(0, [a_machine(OLD), a_machine(OTHER)], [a_task("a", OLD), a_task("b", OTHER)])
DRAINS = a_frame(
    5,
    [a_machine(OLD, "Terminating:Wait", "DRAINING"), a_machine(OTHER), a_machine(NEW, "Pending:Wait")],
    [a_task("a", OLD, "STOPPING"), a_task("b", OTHER), a_task("c", OTHER)],
)
AFTER = a_frame(
    20,
    [a_machine(OTHER), a_machine(NEW)],
    [a_task("a", OLD, "STOPPED", 10.0), a_task("b", OTHER), a_task("c", OTHER)],
)


def a_story(*frames, lines=None):
    return Story(victim=OLD, desired=2, frames=[BEFORE, *frames], lines=[released(12)] if lines is None else lines)


def broken(story):
    return [check.says for check in story.verdict() if not check.holds]


def test_a_drain_that_kept_its_promise_breaks_no_rule_and_is_over():
    story = a_story(DRAINS, AFTER)
    assert broken(story) == []
    assert story.over()


@pytest.mark.parametrize(
    ("story", "says"),
    [
        (a_story(DRAINS, AFTER, lines=[released(9)]), "released 1.0 s BEFORE its last task"),
        (a_story(DRAINS, AFTER, lines=[]), "the controller did not release the instance"),
        (a_story(DRAINS, AFTER, lines=[released(12, outcome="paused")]), "the controller did not release the instance"),
        (a_story(DRAINS, AFTER, lines=[released(12, hook="ready")]), "the controller did not release the instance"),
        (
            a_story(a_frame(6, [a_machine(OLD, "Terminating:Proceed")], DRAINS.tasks), AFTER),
            "it left its hook with ['a'] on it",
        ),
        (a_story(a_frame(6, [a_machine(OTHER)], DRAINS.tasks), AFTER), "it left its hook with ['a'] on it"),
        (a_story(DRAINS, a_frame(20, [a_machine(OTHER)], AFTER.tasks)), "in its place is in service: nothing"),
        (a_story(DRAINS, a_frame(20, AFTER.machines, AFTER.tasks[:2])), "the service runs 1 of 2 tasks"),
        (
            a_story(a_frame(6, DRAINS.machines, DRAINS.tasks[:2]), AFTER),
            "at no look fewer than 1 of 2 tasks were running",
        ),
        (
            a_story(DRAINS, a_frame(20, AFTER.machines, [a_task("a", OLD, "STOPPING"), *AFTER.tasks[1:]])),
            "not every task on it had stopped",
        ),
    ],
)
def test_each_broken_promise_is_said(story, says):
    assert [text for text in broken(story) if says in text] != []


@pytest.mark.parametrize(
    "story",
    [
        a_story(DRAINS),
        a_story(DRAINS, AFTER, lines=[]),
        a_story(DRAINS, a_frame(20, [a_machine(OTHER), a_machine(NEW, "Pending:Wait")], AFTER.tasks)),
        a_story(DRAINS, a_frame(20, AFTER.machines, AFTER.tasks[:2])),
        a_story(DRAINS, a_frame(20, AFTER.machines, [*AFTER.tasks, a_task("d", OTHER, "STOPPING")])),
    ],
)
def test_a_story_goes_on_while_something_moves(story):
    assert not story.over()


def test_what_differs_between_two_looks_is_told_once():
    assert [(moment.who, moment.what) for moment in changes(BEFORE, DRAINS)] == [
        (OLD, "is Terminating:Wait"),
        (OLD, "container instance is DRAINING"),
        (NEW, "is Pending:Wait"),
        ("task a", f"STOPPING on {OLD}"),
        ("task c", f"RUNNING on {OTHER}"),
    ]
    assert list(changes(DRAINS, DRAINS)) == []
    assert (OLD, "has left the group") in [(moment.who, moment.what) for moment in changes(DRAINS, AFTER)]


def test_the_timeline_puts_looks_and_log_lines_in_one_order():
    moments = a_story(DRAINS, AFTER).timeline()
    assert [moment.at for moment in moments] == sorted(moment.at for moment in moments)
    assert [moment.what for moment in moments if moment.who == "controller"] == [f"Complete {OLD} CONTINUE done: empty"]


def test_a_finished_run_says_how_often_it_looked_and_what_woke_it():
    line = {"timestamp": "2026-01-01T00:00:00+00:00", "event": "finished", "passes": 3, "hint": "none"}
    assert logged(line).what == "finished after 3 passes (none)"
    assert when(line) == datetime(2026, 1, 1, tzinfo=UTC).timestamp()
