"""The picture of an update: what it counts, and that a record gives it again."""

from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from tests.support.update_stories import (
    LINES,
    NEW,
    OLD,
    TURNED,
    a_bad_image,
    a_frame,
    a_line,
    a_machine,
    a_task,
    a_zone_loss,
    an_update,
)
from tools.update_picture import acts, draw, instances, main, tasks, times
from tools.update_record import from_text, to_text
from tools.update_verdict import judge

ROOT = Path(__file__).parents[2]
RECORDS = [ROOT / "docs" / "update.json", ROOT / "docs" / "update-zone-loss.json"]
MOVE = [a_line(84, "Raise"), a_line(88, "Lower"), a_line(89, "Lower", outcome="paused")]


def test_every_instance_is_counted_once_by_generation_and_state():
    layers = {layer.name: layer.counts for layer in instances(an_update())}
    assert layers == {
        "version 1: in service": (2, 2, 1, 0, 0),
        "version 1: drains or leaves": (0, 0, 1, 0, 0),
        "version 2: in service": (0, 0, 2, 2, 2),
        "version 2: starts": (0, 1, 0, 0, 0),
    }
    assert [layer.name for layer in instances(a_bad_image())][-1] == "version 2: leaves"


def test_every_task_that_has_not_stopped_is_counted_once():
    starting = a_frame(50, [a_machine(NEW)], [a_task("a", OLD, "DEACTIVATING"), a_task("c", NEW, "PENDING")])
    layers = {layer.name: layer.counts for layer in tasks(an_update(starting))}
    assert layers == {
        "run on version 1": (2, 0), "start": (0, 1), "stop": (0, 1), "wait for a place": (0, 2),
    }  # fmt: skip
    assert [layer.name for layer in tasks(an_update())] == ["run on version 1", "run on version 2", "stop"]


def test_what_was_done_is_marked_when_it_was_and_by_whom():
    moves = [{**line, "controller": "rebalancing"} for line in MOVE]
    found = {(each.who, each.what): each.times for each in acts(an_update(lines=[*LINES, *moves]))}
    assert found == {
        ("instances", "refresh started"): (28,),
        ("instances", "let into service"): (37,),
        ("instances", "set to DRAINING"): (38,),
        ("instances", "released"): (58,),
        ("rebalancing", "rebalancing: count raised"): (83,),
        ("rebalancing", "rebalancing: count lowered"): (87,),
    }
    assert "never ready: abandoned" in {each.what for each in acts(a_bad_image(lines=TURNED))}


def test_the_times_end_with_the_last_look():
    assert times(an_update()) == [0, 29, 39, 59, 79, 84]


@pytest.mark.parametrize("story", [an_update(), an_update(rebalances=True), a_bad_image(), a_zone_loss()])
def test_every_story_is_drawn_and_a_record_gives_the_same_picture_twice(story, tmp_path):
    record, first, second = tmp_path / "record.json", tmp_path / "first.png", tmp_path / "second.png"
    record.write_text(to_text(story))
    draw(story, first)
    assert main([str(record), str(second)]) == 0
    assert first.read_bytes() == second.read_bytes()
    with Image.open(first) as picture:
        assert picture.width > picture.height > 300


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_the_pictures_of_the_page_are_those_of_their_records(record, tmp_path):
    again, picture = tmp_path / "again.png", record.with_suffix(".png")
    draw(from_text(record.read_text()), again)
    with Image.open(again) as new, Image.open(picture) as old:
        assert new.size == old.size
        difference = ImageStat.Stat(ImageChops.difference(new.convert("L"), old.convert("L"))).mean[0]
    assert difference < 0.5, f"draw it anew: tools/update_picture.py {record.name} {picture.name}"


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_the_records_of_the_page_keep_their_promises_and_are_small(record):
    assert [check.says for check in judge(from_text(record.read_text())) if not check.holds] == []
    assert record.stat().st_size < 30_000


def test_without_a_record_it_says_so(tmp_path, capsys):
    assert main([]) == 2
    assert main([str(tmp_path / "none.json"), str(tmp_path / "x.png")]) == 2
    assert "none.json" in capsys.readouterr().err
