"""How often schedules run."""

from __future__ import annotations

from datetime import date

import pytest

from ecs_operations.facts.schedules import DAY_S, HOUR_S, MINUTE_S, NEVER, gaps


@pytest.mark.parametrize(
    ("expression", "gap"),
    [
        ("rate(1 minute)", MINUTE_S), ("rate(5 minutes)", 5 * MINUTE_S), ("rate(2 hours)", 2 * HOUR_S),
        ("rate(1 day)", DAY_S), ("rate(0 minutes)", None), ("rate(1 week)", None), ("every minute", None), ("", None),
        ("at(2030-01-01T00:00:00)", NEVER),
        ("cron(* * * * ? *)", MINUTE_S), ("cron(0/5 * * * ? *)", 5 * MINUTE_S), ("cron(*/15 * * * ? *)", 15 * MINUTE_S),
        ("cron(0,10 * * * ? *)", 50 * MINUTE_S), ("cron(0 * * * ? *)", HOUR_S), ("cron(0 9-17 * * ? *)", 16 * HOUR_S),
        ("cron(* * ? * SUN-SAT *)", MINUTE_S), ("cron(* * * JAN-DEC ? *)", MINUTE_S),
        ("cron(* * ? * MON-FRI *)", DAY_S), ("cron(* * 1 * ? *)", DAY_S), ("cron(* * L * ? *)", DAY_S),
        ("cron(* * * 6 ? *)", DAY_S), ("cron(* * * * ? 2020)", NEVER), ("cron(* * * * ? 2020-2199)", MINUTE_S),
        ("cron(x * * * ? *)", None), ("cron(* * * * *)", None),
    ],
)  # fmt: skip
def test_the_longest_time_between_two_runs(expression, gap):
    found = gaps(expression, date(2026, 11, 27))
    assert (found.longest if found else None) == gap


@pytest.mark.parametrize(
    ("expression", "gap"),
    [
        ("rate(5 minutes)", 5 * MINUTE_S), ("cron(0,10 * * * ? *)", 10 * MINUTE_S), ("cron(0 3 * * ? *)", DAY_S),
        ("cron(0 9-17 * * ? *)", HOUR_S), ("cron(* * ? * MON-FRI *)", MINUTE_S), ("at(2030-01-01T00:00:00)", NEVER),
    ],
)  # fmt: skip
def test_the_shortest_time_between_two_runs(expression, gap):
    found = gaps(expression, date(2026, 11, 27))
    assert found
    assert found.shortest == gap
