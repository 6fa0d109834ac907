"""The record of an update tells the same story again."""

import json

import pytest

from tests.support.update_stories import LINES, LOOKED, a_bad_image, a_line, a_zone_loss, an_update
from tools.update_record import from_text, to_text
from tools.update_verdict import judge


@pytest.mark.parametrize("story", [an_update(rebalances=True, lines=[*LINES, LOOKED]), a_bad_image(), a_zone_loss()])
def test_a_record_tells_the_same_story_with_the_same_verdict(story):
    again = from_text(to_text(story))
    assert again.frames == story.frames
    assert judge(again) == judge(story)
    assert again.phases() == story.phases()
    assert again.timeline() == story.timeline()
    assert again.over() == story.over()
    assert to_text(again) == to_text(story)


def test_a_look_is_written_as_what_it_changes():
    last = json.loads(to_text(an_update()))["looks"][-1]
    assert set(last) == {"at", "refresh"}


def test_a_log_line_keeps_what_is_told_of_it_and_no_more():
    story = an_update(lines=[a_line(5, "Raise", service="drill", misplaced=0, action={"seen": None}, level="INFO")])
    (line,) = json.loads(to_text(story))["lines"]
    assert line == {
        "timestamp": "1970-01-01T00:00:05+00:00", "controller": "instances", "event": "Raise", "outcome": "done",
        "service": "drill", "misplaced": 0,
    }  # fmt: skip


def test_a_record_of_another_format_is_refused():
    text = to_text(an_update()).replace('"format": 1', '"format": 2')
    with pytest.raises(ValueError, match="format 1"):
        from_text(text)
