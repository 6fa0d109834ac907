"""How often a schedule expression of EventBridge runs, as far as it can be told exactly."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400
NEVER = math.inf

_UNITS = {"minute": MINUTE_S, "hour": HOUR_S, "day": DAY_S}
_RATE = re.compile(r"rate\(\s*(\d+)\s+(minute|hour|day)s?\s*\)")
_CRON = re.compile(r"cron\(([^)]*)\)")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


@dataclass(frozen=True)
class Gaps:
    """Times between two runs, in seconds."""

    shortest: float
    longest: float


ONCE = Gaps(NEVER, NEVER)
"""Of what has no second run."""


def gaps(expression: str, today: date | None = None) -> Gaps | None:
    """Return the shortest and the longest time between two runs; None for an expression that is not understood.

    One whose years are over on this day has no second run. A cron expression that does not run every day has gaps of a
    day at least, which is what is returned. Source: EventBridge Scheduler user guide, Schedule types.
    """
    text = expression.strip()
    if found := _RATE.fullmatch(text):
        every = int(found[1]) * _UNITS[found[2]]
        return Gaps(every, every) if every else None
    if found := _CRON.fullmatch(text):
        return _cron_gaps(found[1].split(), today)
    return ONCE if text.startswith("at(") else None


def _cron_gaps(fields: list[str], today: date | None) -> Gaps | None:
    if len(fields) != len(("minute", "hour", "day", "month", "weekday", "year")):
        return None
    minutes, hours = _chosen(fields[0], range(60)), _chosen(fields[1], range(24))
    if not minutes or not hours:
        return None
    years = _chosen(fields[5], range(1970, 2200))
    if years and today and max(years) < today.year:
        return ONCE
    runs = sorted(hour * HOUR_S + minute * MINUTE_S for hour in hours for minute in minutes)
    between = [after - before for before, after in pairwise([*runs, runs[0] + DAY_S])]
    return Gaps(min(between), max(between) if _daily(fields) else max(*between, DAY_S))


def _daily(fields: list[str]) -> bool:
    """Return whether it runs on every day of every month."""
    days, months = _chosen(fields[2], range(1, 32)), _chosen(fields[3], range(1, 13), _MONTHS)
    weekdays = _chosen(fields[4], range(1, 8), _WEEKDAYS)
    return (days, months, weekdays) == (set(range(1, 32)), set(range(1, 13)), set(range(1, 8)))


def _chosen(field: str, all_values: range, names: tuple[str, ...] = ()) -> set[int]:
    """Return the values that a field of a cron expression stands for; none if it is not understood."""
    text = field.upper()
    for name, value in zip(names, all_values, strict=False):
        text = text.replace(name, str(value))
    found = set[int]()
    for part in text.split(","):
        one = re.fullmatch(r"(?:\*|\?|(\d+)(?:-(\d+))?)(?:/(\d+))?", part)
        if one is None:
            return set()
        first = int(one[1]) if one[1] else all_values.start
        last = int(one[2]) if one[2] else first if one[1] and not one[3] else all_values.stop - 1
        found.update(range(first, last + 1, max(1, int(one[3] or 1))))
    return found.intersection(all_values)
