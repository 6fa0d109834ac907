"""What Scheduler takes for an expression, and how long a schedule pauses."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.services.schedule_expression import DAY_S, expression_problem, longest_pause_s

TAKEN = {
    "cron(0 3 * * ? *)": DAY_S,
    "cron(0,30 3 * * ? *)": DAY_S - 1800,
    "cron(0/15 * * * ? *)": 900,
    "cron(5/10 * * * ? *)": 600,
    "cron(0 9-17 * * ? *)": 16 * 3600,
    "cron(0 3 ? * MON-FRI *)": 3 * DAY_S,
    "cron(0 3 ? * mon-fri *)": 3 * DAY_S,
    "cron(0 3 ? * 1 *)": 7 * DAY_S,
    "cron(0 3 ? * SUN,WED *)": 4 * DAY_S,
    "cron(0 3 1 * ? *)": 31 * DAY_S,
    "cron(0 3 31 * ? *)": 61 * DAY_S,
    "cron(0 3 29 2 ? *)": 1461 * DAY_S,
    "cron(0 3 L * ? *)": None,
    "cron(0 3 15W * ? *)": None,
    "cron(0 3 ? * 6L *)": None,
    "cron(0 3 ? * 2#1 *)": None,
    "cron(0 3 * * ? 2030)": None,
    "rate(1 minute)": 60,
    "rate(90 minutes)": 5400,
    "rate(7 days)": 7 * DAY_S,
    "at(2030-01-31T03:00:00)": None,
}


@pytest.mark.parametrize(("expression", "pause_s"), TAKEN.items())
def test_an_expression_is_taken_and_pauses_so_long(expression, pause_s):
    assert expression_problem("schedule", expression) is None
    assert longest_pause_s(expression) == pause_s


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("every day", "must be cron(0 3 * * ? *), rate(12 hours) or at(2030-01-31T03:00:00), got 'every day'"),
        ("0 3 * * *", "must be cron(0 3 * * ? *), "),
        ("rate(1 week)", "must be cron(0 3 * * ? *), "),
        ("rate(0 minutes)", "must be every minute at most, got rate(0 minutes)"),
        ("at(2030-02-30T03:00:00)", "must be a time that exists, got at(2030-02-30T03:00:00)"),
        ("at(2030-02-01)", "must be cron(0 3 * * ? *), "),
        ("cron(0 3 * * ?)", "a cron expression has the 6 fields minutes, hours, day-of-month, month, day-of-week, "),
        ("cron(0 3 * * * *)", "one of day-of-month and day-of-week must be ?, and only one, got cron(0 3 * * * *)"),
        ("cron(0 3 ? * ? *)", "one of day-of-month and day-of-week must be ?, and only one"),
        ("cron(60 3 * * ? *)", "minutes must be of 0 to 59, with , - * and /; got '60' in cron(60 3 * * ? *)"),
        ("cron(0 24 * * ? *)", "hours must be of 0 to 23"),
        ("cron(0 3 0 * ? *)", "day-of-month must be of 1 to 31"),
        ("cron(0 3 * 13 ? *)", "month must be of 1 to 12"),
        ("cron(0 3 ? * FRI-MON *)", "day-of-week must be of 1 to 7"),
        ("cron(0 3 ? * 2#6 *)", "day-of-week must be of 1 to 7"),
        ("cron(0 3 * * ? 1969)", "year must be of 1970 to 2199"),
        ("cron(0/0 3 * * ? *)", "minutes must be of 0 to 59"),
        ("cron(? 3 * * ? *)", "minutes must be of 0 to 59"),
        ("cron(0 3 30 2 ? *)", "there is no such day, got cron(0 3 30 2 ? *)"),
    ],
)
def test_what_scheduler_does_not_take_is_a_sentence(expression, says):
    assert (expression_problem("schedule", expression) or "").startswith(f"schedule: {says}")


@given(minutes=st.sets(st.integers(0, 59), min_size=1), hours=st.sets(st.integers(0, 23), min_size=1))
def test_the_pauses_of_a_day_are_all_shorter_than_the_longest_and_one_is_as_long(minutes, hours):
    def listed(values):
        return ",".join(str(value) for value in values)

    longest = longest_pause_s(f"cron({listed(minutes)} {listed(hours)} * * ? *)")
    runs = sorted(day * 1440 + hour * 60 + minute for day in (0, 1) for hour in hours for minute in minutes)
    assert longest == max(after - before for before, after in pairwise(runs)) * 60
