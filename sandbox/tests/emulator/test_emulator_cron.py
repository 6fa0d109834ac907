"""`cron(…)`: which minutes it means."""

from __future__ import annotations

from datetime import datetime

import pytest

from sandbox.emulator.cron import parse


@pytest.mark.parametrize(
    ("expression", "fires", "silent"),
    [
        ("cron(30 3 * * ? *)", "2026-11-28T03:30", "2026-11-28T03:31"),
        ("cron(0/15 8-18 ? * MON-FRI *)", "2026-11-27T08:45", "2026-11-28T08:45"),
        ("cron(0 0 L * ? *)", "2026-02-28T00:00", "2026-02-27T00:00"),
        ("cron(0 0 ? * 6L *)", "2026-11-27T00:00", "2026-11-20T00:00"),
        ("cron(0 0 ? * 2#1 *)", "2026-11-02T00:00", "2026-11-09T00:00"),
        ("cron(0 0 1W * ? *)", "2026-11-02T00:00", "2026-11-01T00:00"),
        ("cron(0 0 28W * ? *)", "2026-11-27T00:00", "2026-11-28T00:00"),
        ("cron(0 0 LW * ? *)", "2026-10-30T00:00", "2026-10-31T00:00"),
        ("cron(0 0 1,15 JAN,DEC ? 2027)", "2027-12-15T00:00", "2026-12-15T00:00"),
        ("cron(0 0 ? * SUN *)", "2026-11-29T00:00", "2026-11-28T00:00"),
        ("cron(0 0 ? * L *)", "2026-11-28T00:00", "2026-11-29T00:00"),
    ],
)
def test_an_expression_fires_in_its_minutes_alone(expression, fires, silent):
    assert parse(expression).matches(datetime.fromisoformat(fires))
    assert not parse(expression).matches(datetime.fromisoformat(silent))
