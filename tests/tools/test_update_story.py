"""The verdict of an update, on stories that somebody made up."""

import pytest

from tests.support.update_stories import (
    ABANDONED,
    AFTER,
    BACK,
    BAKES,
    BEFORE,
    BOTH,
    GONE,
    IN_ONE,
    LINES,
    LOOKED,
    MOVES,
    NEW,
    NEWER,
    OLD,
    RAN,
    SHORT,
    STARTS,
    TASKS,
    TURNED,
    a_bad_image,
    a_frame,
    a_line,
    a_machine,
    a_task,
    a_zone_loss,
    an_update,
)
from tools.update_story import EVENING_OUT_S
from tools.update_verdict import fewest_moves, judge, misplaced, moves, task_seconds_below

RELEASED_BUSY = a_frame(55, BOTH, [a_task("a", OLD, "STOPPING"), *TASKS[1:]], "InProgress", 50)
LACKS = a_frame(55, MOVES.machines, [*GONE, a_task("c", NEW)], "InProgress", 50)
LEAVES = (a_machine(NEW, registration="DRAINING"), a_machine(NEWER))
TWICE = [*GONE, a_task("c", NEW, "STOPPED"), a_task("d", NEWER), a_task("e", NEW)]
UNEVEN = a_frame(80, [*BOTH, a_machine(OLD)], [*GONE, a_task("c", NEW), a_task("d", NEW)], "Successful", 100)
MOVED = a_frame(95, BOTH, [*GONE, a_task("c", NEW, "STOPPED"), a_task("d", NEWER), a_task("e", NEW)], "Successful", 100)


def says(story):
    return [check.says for check in judge(story)]


def broken(story):
    return [check.says for check in judge(story) if not check.holds]


@pytest.mark.parametrize("story", [an_update(), a_bad_image(), a_zone_loss()])
def test_a_story_that_kept_its_promises_breaks_none_and_is_over(story):
    assert broken(story) == []
    assert story.over()


@pytest.mark.parametrize(
    ("story", "text"),
    [
        (an_update(MOVES), "the instance refresh ended InProgress"),
        (an_update(a_frame(80, BOTH, TASKS)), "no instance refresh was started"),
        (an_update(BACK), "0 of 2 instances run the wanted version, 2"),
        (an_update(STARTS, RELEASED_BUSY, AFTER), f"released with tasks on them: {OLD} with a"),
        (
            an_update(lines=[a_line(59, "Complete", hook="drain", instance_id=OLD, remaining=["x", "y"])]),
            f"{OLD} with 2 tasks, as its log line says",
        ),
        (an_update(STARTS, LACKS, AFTER), "at no look fewer than 1 of 2 tasks were running: 25.0 task-seconds below"),
        (an_update(a_frame(80, BOTH, TASKS[:3], "Successful")), "in the end 1 of 2 tasks run"),
        (
            an_update(MOVES, a_frame(60, LEAVES, TWICE, "InProgress"), a_frame(80, BOTH, TWICE, "Successful")),
            "moved 2 of 2 tasks once, and 1 a second time",
        ),
        (an_update(STARTS, MOVES, AFTER, MOVED, rebalances=True), "0 tasks were misplaced, and rebalancing moved 1"),
        (an_update(STARTS, MOVES, AFTER, MOVED), "no rebalancing controller is deployed: 0 tasks were misplaced"),
        (an_update(UNEVEN, rebalances=True), "between two instances of a zone in the end: 2"),
    ],
)
def test_each_broken_promise_of_an_update_is_said(story, text):
    assert [each for each in broken(story) if text in each] != []


@pytest.mark.parametrize(
    ("story", "text"),
    [
        (a_bad_image(STARTS, ABANDONED), "the instance refresh ended RollbackInProgress"),
        (a_bad_image(STARTS, ABANDONED, AFTER), "0 of 2 instances run the old version, 1"),
        (a_bad_image(STARTS, MOVES, BACK), "2 instances of version 2 entered service"),
        (a_bad_image(STARTS, MOVES, BACK), "1 tasks were moved"),
        (a_bad_image(lines=[*TURNED, a_line(99, "StartRefresh")]), "the rollout was tried 2 times"),
        (a_bad_image(blocked=0.0), "RolloutsBlocked is 0.0"),
        (a_bad_image(blocked=None), "RolloutsBlocked is None"),
        (a_bad_image(STARTS, a_frame(95, BEFORE.machines, BEFORE.tasks[:1], "Failed")), "at no look fewer than 1 of 2"),
    ],
)
def test_each_broken_promise_after_a_bad_image_is_said(story, text):
    assert [each for each in broken(story) if text in each] != []


@pytest.mark.parametrize(
    ("story", "text"),
    [
        (a_zone_loss(LACKS, a_frame(61, SHORT.machines, SHORT.tasks, "Successful")), "in the end 1 of 2 tasks run"),
        (
            a_zone_loss(a_frame(35, BEFORE.machines, BEFORE.tasks[:1]), SHORT, IN_ONE),
            "before the zone was lost at no look fewer than 1 of 2",
        ),
        (
            a_zone_loss(SHORT, a_frame(60, LEAVES[:1], [*TWICE[:2], a_task("c", NEW, "STOPPED"),
            a_task("d", NEW, "STOPPED"), a_task("e", NEW), a_task("f", NEW)], "InProgress"),
            a_frame(80, [a_machine(NEW)], [a_task("e", NEW), a_task("f", NEW)], "Successful")),
            "moved 1 of 2 tasks once, and 2 a second time; the zone took 1 tasks",
        ),
    ],
)  # fmt: skip
def test_each_broken_promise_after_the_loss_of_a_zone_is_said(story, text):
    assert [each for each in broken(story) if text in each] != []


def test_what_the_zone_took_counts_neither_as_moved_nor_as_released():
    story = a_zone_loss()
    assert moves(story).lost == ("b",)
    assert moves(story).once == ("a",)
    assert [each for each in says(story) if "1 were released" in each] != []
    assert [each for each in says(story) if "after it down to 1: 39.0 task-seconds below" in each] == []
    assert task_seconds_below(story) == pytest.approx(38 + 0)


def test_without_a_rebalancing_controller_the_difference_is_said_and_not_judged():
    story = an_update(UNEVEN)
    assert [each for each in says(story) if "in the end: 2; not judged, for no rebalancing controller" in each] != []
    assert [each for each in broken(story) if "difference" in each] == []


@pytest.mark.parametrize(
    "story",
    [
        an_update(STARTS),
        an_update(STARTS, MOVES, BAKES),
        an_update(a_frame(80, [*BOTH, a_machine(OLD, "Terminating:Wait", "DRAINING")], TASKS, "Successful")),
        an_update(a_frame(80, BOTH, TASKS[:3], "Successful")),
        an_update(a_frame(80, BOTH, [*TASKS, a_task("e", NEW, "DEPROVISIONING")], "Successful")),
        an_update(rebalances=True),
        an_update(rebalances=True, lines=[*LINES, {**LOOKED, "services": {"instances are starting": 1}}]),
        a_bad_image(STARTS, ABANDONED),
        a_bad_image(lines=TURNED),
        a_bad_image(blocked=None),
        a_bad_image(lines=[*TURNED, {**RAN, "passes": 0}]),
    ],
)
def test_a_story_goes_on_while_something_moves_or_is_still_to_be_seen(story):
    assert not story.over()


def test_a_rebalancing_controller_that_has_looked_ends_the_story_and_so_does_its_time():
    assert an_update(rebalances=True, lines=[*LINES, LOOKED]).over()
    assert not an_update(UNEVEN, rebalances=True, lines=[*LINES, LOOKED]).over()
    assert an_update(rebalances=True, until=AFTER.at + EVENING_OUT_S + 1).over()


def test_the_phases_follow_each_other_to_the_last_look():
    found = [(phase.name, phase.seconds) for phase in an_update().phases()]
    assert found == [
        ("pulumi up", 10), ("the controller notices", 19), ("instances are replaced", 30), ("bake time", 20),
        ("coming to rest", 5),
    ]  # fmt: skip
    names = [phase.name for phase in a_bad_image().phases()]
    assert names[2:] == ["new instances are waited for", "rollback", "coming to rest"]
    assert an_update(rebalances=True).phases()[-1].name == "tasks are evened out"


def test_no_phase_is_shorter_than_nothing_where_the_controller_is_quicker_than_the_engine():
    found = [phase.seconds for phase in an_update(wanted_at=32.0).phases()]
    assert found == [29, 0, 30, 20, 5]


def test_a_look_that_shows_nothing_new_moves_only_the_end():
    story = an_update()
    frames = list(story.frames)
    story.see(a_frame(99, AFTER.machines, AFTER.tasks, "Successful", 100))
    assert (story.frames, story.until) == (frames, 99)
    story.see(MOVED)
    assert story.now is MOVED


def test_the_timeline_is_in_order_and_leaves_out_what_was_only_looked_at():
    moments = an_update(lines=[*LINES, LOOKED]).timeline()
    assert [moment.at for moment in moments] == sorted(moment.at for moment in moments)
    told = [f"{moment.who} {moment.what}" for moment in moments]
    assert "pulumi up has ended: version 2 is wanted" in told
    assert "instance refresh is Baking (100 %)" in told
    assert not [each for each in told if "looked" in each]
    assert f"zb {'is lost, with 2 instances'}" in [f"{each.who} {each.what}" for each in a_zone_loss().timeline()]


@pytest.mark.parametrize(
    ("zones", "least"),
    [
        ([], 0),
        ([[3, 3], [3, 3]], 0),
        ([[4, 2], [3, 3]], 1),
        ([[4, 4], [2, 2]], 2),
        ([[4, 0], [0]], 3),
        ([[2, 1], [2]], 0),
    ],
)
def test_the_fewest_moves_to_an_even_spread(zones, least):
    assert fewest_moves(zones) == least


def test_misplaced_is_what_stood_wrong_when_the_refresh_was_over_not_later():
    assert misplaced(an_update(STARTS, UNEVEN, MOVED)) == 1
    assert misplaced(an_update()) == 0
