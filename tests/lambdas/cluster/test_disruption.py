"""The disruption budget: how many at once, and when nothing is moved. 2026-03-02 is a Monday."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.cluster.disruption import BUDGET, DAYS, Disruption, quiet_until, window_problem

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
WEEK = 7 * 24 * 60


def at(day: str, time: str) -> datetime:
    hours, minutes = map(int, time.split(":"))
    return MONDAY + timedelta(days=DAYS.index(day), hours=hours, minutes=minutes)


def quiet(window: str, day: str, time: str) -> bool:
    return Disruption(quiet=(window,)).is_quiet(at(day, time))


@pytest.mark.parametrize(
    ("window", "inside", "outside"),
    [
        ("Mon-Fri 07:00-19:00", ["Mon 07:00", "Fri 18:59"], ["Mon 06:59", "Mon 19:00", "Sat 12:00", "Sun 12:00"]),
        ("22:00-06:00", ["Mon 22:00", "Tue 05:59", "Sun 23:59", "Mon 00:00"], ["Mon 06:00", "Mon 21:59"]),
        ("Sat 20:00-04:00", ["Sat 20:00", "Sun 03:59"], ["Sat 03:59", "Sat 19:59", "Sun 04:00", "Sun 20:00"]),
        ("Sun 20:00-04:00", ["Sun 23:59", "Mon 03:59"], ["Mon 04:00", "Mon 20:00", "Sun 03:59"]),
        ("Fri-Mon 08:00-09:00", ["Fri 08:00", "Sat 08:00", "Sun 08:00", "Mon 08:59"], ["Tue 08:00", "Thu 08:00"]),
        ("Mon-Mon 08:00-09:00", ["Mon 08:30"], ["Tue 08:30", "Sun 08:30"]),
        ("Tue 18:00-24:00", ["Tue 18:00", "Tue 23:59"], ["Wed 00:00", "Tue 17:59"]),
        ("Tue 18:00-00:00", ["Tue 18:00", "Tue 23:59"], ["Wed 00:00", "Tue 00:00"]),
        ("00:00-24:00", ["Mon 00:00", "Sun 23:59"], []),
    ],
)
def test_a_window_holds_from_the_minute_of_its_begin_to_the_one_before_its_end(window, inside, outside):
    assert window_problem(window) is None
    assert [each for each in inside if not quiet(window, *each.split())] == []
    assert [each for each in outside if quiet(window, *each.split())] == []


MINUTE = st.integers(0, 24 * 60 - 1)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@given(st.integers(0, 6), st.integers(0, 6), MINUTE, st.integers(0, 24 * 60), st.integers(0, WEEK - 1))
def test_a_window_is_what_its_days_and_its_length_say(first, last, begin, end, minute):
    text = f"{DAYS[first]}-{DAYS[last]} {clock(begin)}-{clock(end)}"
    if begin == end:
        assert window_problem(text)
        return
    length = end - begin if end > begin else end + 24 * 60 - begin
    days = [(first + each) % 7 for each in range((last - first) % 7 + 1)]
    expected = any((minute - day * 24 * 60 - begin) % WEEK < length for day in days)
    assert window_problem(text) is None
    assert Disruption(quiet=(text,)).is_quiet(MONDAY + timedelta(minutes=minute, seconds=59)) is expected


@pytest.mark.parametrize(
    "window",
    [
        "",
        " ",
        "Mon",
        "mon 07:00-19:00",
        "MON 07:00-19:00",
        "Mon-Fri",
        "Mon-Fri 07:00",
        "Mon-Fri  07:00-19:00",
        " 07:00-19:00",
        "07:00-19:00 ",
        "07:00-19:00\n",
        "7:00-19:00",
        "07:00 - 19:00",
        "07:00-25:00",
        "25:00-07:00",
        "24:01-07:00",
        "07:00-24:01",
        "07:60-19:00",
        "07:00-19:60",
        "24:00-06:00",  # of which day?
        "24:00-00:00",
        "07:00-07:00",
        "00:00-00:00",
        "Abc 07:00-19:00",
        "Mon-Abc 07:00-19:00",
        "Montag 07:00-19:00",
        "Mon,Tue 07:00-19:00",
        "07:00-12:00,13:00-19:00",
        "٠٧:٠٠-١٩:٠٠",
        "07:00-19:00Z",
        "07:00–19:00",
        "Mon-Fri 07:00-19:00 Europe/Berlin",
        "0" * 100_000,
    ],
)
def test_what_is_no_window_is_a_problem_and_quiet_at_no_time(window):
    problem = window_problem(window)
    assert problem is not None
    assert problem.startswith("quiet time: write it like Mon-Fri 07:00-19:00 or 22:00-06:00, in UTC, got '")
    assert len(problem) < 200
    assert Disruption(quiet=(window,)).problems() == [problem]
    assert not any(Disruption(quiet=(window,)).is_quiet(MONDAY + timedelta(minutes=each)) for each in range(1440))


@given(st.text())
def test_any_text_is_a_window_or_a_problem(text):
    assert window_problem(text) is None or not Disruption(quiet=(text,)).is_quiet(MONDAY)


def test_every_problem_is_told():
    found = Disruption(percent=101, quiet=("07:00-08:00", "x", "y")).problems()
    assert [each.split(",")[0] for each in found] == [
        "disruption percent: must be 1 to 100",
        *["quiet time: write it like Mon-Fri 07:00-19:00 or 22:00-06:00"] * 2,
    ]
    assert Disruption(percent=0).problems() == ["disruption percent: must be 1 to 100, got 0"]
    assert [Disruption(percent=each).problems() for each in (1, 100)] == [[], []]
    assert BUDGET.problems() == []
    assert Disruption(quiet=("22:00-06:00",) * 20).problems() == []
    assert Disruption(quiet=("22:00-06:00",) * 21).problems() == ["quiet times: must be 20 or fewer, got 21"]


@pytest.mark.parametrize(
    ("percent", "number", "most"), [(10, 0, 1), (10, 9, 1), (10, 19, 1), (10, 20, 2), (100, 7, 7), (1, 99, 1)]
)
def test_a_share_at_once_and_at_least_one(percent, number, most):
    assert Disruption(percent=percent).most(number) == most


def test_nothing_is_quiet_where_nobody_says_so():
    assert not any(BUDGET.is_quiet(MONDAY + timedelta(minutes=each)) for each in range(WEEK))


@pytest.mark.parametrize(
    ("windows", "now", "until"),
    [
        (("Mon-Fri 07:00-19:00",), "Mon 06:59", None),
        (("Mon-Fri 07:00-19:00",), "Mon 07:00", "Mon 19:00"),
        (("Mon-Fri 07:00-19:00",), "Mon 18:59", "Mon 19:00"),
        (("Mon-Fri 07:00-19:00",), "Mon 19:00", None),
        (("22:00-06:00",), "Mon 23:00", "Tue 06:00"),
        (("Mon 07:00-12:00", "Mon 12:00-15:00", "Mon 14:00-17:30"), "Mon 08:00", "Mon 17:30"),
        (("Mon 07:00-12:00", "Mon 12:01-15:00"), "Mon 08:00", "Mon 12:00"),
        (("Mon-Sun 00:00-24:00",), "Mon 08:00", None),
        (("00:00-12:00", "12:00-00:00"), "Wed 08:00", None),
    ],
)
def test_until_when_it_is_quiet(windows, now, until):
    moment = at(*now.split()) + timedelta(seconds=31, microseconds=5)
    assert quiet_until(Disruption(quiet=windows), moment) == (until and at(*until.split()))


def test_quiet_times_may_last_for_nearly_a_week():
    nearly = Disruption(quiet=("Mon-Sat 00:00-24:00", "Sun 00:00-23:59"))
    assert quiet_until(nearly, MONDAY) == at("Sun", "23:59")
    assert quiet_until(nearly, at("Sun", "23:59")) is None
    after = at("Sun", "23:59") + timedelta(minutes=1)
    assert quiet_until(nearly, after) == at("Sun", "23:59") + timedelta(days=7)
