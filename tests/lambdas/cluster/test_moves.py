"""Moves: what a service's tag tells of one, and which of its tasks stand in room that they give back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.cluster.moves import LONGEST, Move, Phase, move_of, moving, surge, surge_of
from lambdas.cluster.services import Service
from lambdas.cluster.tags import MOVE
from tests.lambdas.cluster.moved import a_move, moved

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
COUNTS = st.integers(0, 999_999_999)
MOMENTS = st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
MOVES = st.builds(
    Move, phase=st.sampled_from(Phase), at=MOMENTS, before=COUNTS, during=COUNTS, misplaced=COUNTS, in_vain=COUNTS
)


def tagged(text: str, desired=6) -> Service:
    return Service(name="web", desired=desired, tags={MOVE: text})


@given(MOVES)
def test_a_move_is_read_as_it_was_written_to_the_second(move):
    text = move.text()
    assert move_of(tagged(text)) == replace(move, at=move.at.replace(microsecond=0))
    assert len(text) <= 256
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyzTZ0123456789:- ")


def test_a_service_without_the_tag_has_no_move():
    assert move_of(Service(name="web", desired=1, tags={"team": "shop"})) is None


GOOD = "raised at:2026-03-01T12:00:00Z before:4 during:6 misplaced:2 in-vain:0"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "off",
        "raised",
        GOOD.upper(),
        GOOD.replace("raised", "begun"),
        GOOD.replace(" before:4", ""),
        GOOD.replace("before:4", "before:"),
        GOOD.replace("before:4", "before:-4"),
        GOOD.replace("before:4", "before:+4"),
        GOOD.replace("before:4", "before:4.0"),
        GOOD.replace("during:6", "during:1_0"),
        GOOD.replace("during:6", "during:٦"),
        GOOD.replace("during:6", "during:" + "9" * 10_000),
        GOOD.replace("2026", "٢٠٢٦"),
        GOOD.replace("2026-03-01", "2026-02-30"),
        GOOD.replace("2026-03-01", "0000-03-01"),
        GOOD.replace("12:00:00", "24:00:00"),
        GOOD.replace("Z", "+00:00"),
        GOOD.replace(" ", "  "),
        GOOD + " ",
        GOOD + "\n",
        GOOD + " in-vain:1",
        "ended " + GOOD,
    ],
)
def test_a_text_of_another_shape_is_refused_and_counts_as_no_move(text):
    with pytest.raises(ValueError, match="web: the tag ecs-platform:move is not understood: "):
        move_of(tagged(text))
    assert moving([tagged(text)], NOW) == ()
    assert surge([tagged(text)], NOW) == 0


@given(st.text())
def test_no_text_breaks_those_who_only_count(text):
    assert surge([tagged(text)], NOW) == 0
    assert moving([tagged(text)], NOW) == ()


def test_a_raised_service_gives_back_the_tasks_by_which_it_was_raised():
    assert move_of(tagged(GOOD)).surge == 2
    assert surge_of(moved("web", NOW, 4, 6), NOW) == 2
    assert surge([moved("web", NOW, 4, 6), moved("api", NOW, 10, 13), Service(name="plain", desired=3)], NOW) == 5


@pytest.mark.parametrize("phase", [Phase.LOWERED, Phase.ENDED])
def test_a_lowered_service_gives_nothing_back(phase):
    assert surge_of(moved("web", NOW, 4, 6, phase=phase), NOW) == 0


@pytest.mark.parametrize("desired", [4, 5, 7, 0])
def test_a_count_that_somebody_else_has_changed_is_theirs(desired):
    assert surge_of(replace(moved("web", NOW, 4, 6), desired=desired), NOW) == 0


def test_a_move_that_lowers_gives_nothing_back():
    assert surge_of(moved("web", NOW, 6, 4), NOW) == 0


@pytest.mark.parametrize(
    ("age", "counts"),
    [
        (timedelta(0), True),
        (LONGEST, True),
        (LONGEST + SECOND, False),
        (-LONGEST, True),  # clocks differ
        (-LONGEST - SECOND, False),
    ],
)
def test_a_move_counts_for_half_an_hour(age, counts):
    service = moved("web", NOW - age, 4, 6)
    assert (surge_of(service, NOW), moving([service], NOW)) == ((2, ("web",)) if counts else (0, ()))
    assert surge_of(moved("web", NOW - age, 4, 6, phase=Phase.LOWERING), NOW) == (2 if counts else 0)
    assert moving([moved("web", NOW - age, 4, 6, phase=Phase.LOWERED)], NOW) == (("web",) if counts else ())


def test_a_move_goes_on_until_it_has_ended():
    services = [moved(phase.value, NOW, 4, 6, phase=phase) for phase in Phase]
    assert moving(services, NOW) == ("raised", "lowering", "lowered")
    assert [a_move(NOW, 4, 6, phase=phase).going_on for phase in Phase] == [True, True, True, False]


def test_a_move_goes_on_whoever_has_changed_the_count():
    assert moving([replace(moved("web", NOW, 4, 6), desired=9)], NOW) == ("web",)
