"""`cron(…)` of EventBridge: six fields, one of the two for days is `?`. Pure.

Source: EventBridge Scheduler User Guide, "Cron-based schedules": values, wildcards, and the ranges of each field.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

_MONTHS: Final = {name: n for n, name in enumerate("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(), 1)}  # noqa: SIM905
_DAYS: Final = {name: n for n, name in enumerate("SUN MON TUE WED THU FRI SAT".split(), 1)}  # noqa: SIM905
_PART: Final = re.compile(r"(?P<first>\*|\w+)(-(?P<last>\w+))?(/(?P<step>\d+))?")
_SATURDAY: Final = 7
_FIELDS: Final = 6


@dataclass(frozen=True)
class Cron:
    """A parsed expression."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days_of_month: str
    months: frozenset[int]
    days_of_week: str
    years: frozenset[int]

    def matches(self, moment: datetime) -> bool:
        """Whether it fires in the minute of this local time."""
        return (
            moment.minute in self.minutes
            and moment.hour in self.hours
            and moment.month in self.months
            and moment.year in self.years
            and _is_day_of_month(self.days_of_month, moment.date())
            and _is_day_of_week(self.days_of_week, moment.date())
        )


def parse(expression: str) -> Cron:
    """Read `cron(…)`; ValueError for one that AWS refuses."""
    found = re.fullmatch(r"cron\((.+)\)", expression)
    fields = found[1].split() if found else []
    if len(fields) != _FIELDS:
        raise ValueError(f"{expression} is not cron(minutes hours day-of-month month day-of-week year)")
    minutes, hours, month_days, months, week_days, years = fields
    if (month_days == "?") == (week_days == "?"):
        raise ValueError(f"{expression}: one of day-of-month and day-of-week must be ?, and only one")
    _check_days(month_days, week_days)
    return Cron(
        _numbers(minutes, 0, 59),
        _numbers(hours, 0, 23),
        month_days,
        _numbers(months, 1, 12, _MONTHS),
        week_days,
        _numbers(years, 1970, 2199),
    )


def _check_days(month_days: str, week_days: str) -> None:
    if month_days not in {"?", "L"} and not re.fullmatch(r"([12]?[1-9]|[123]0|31|L)W", month_days):
        _numbers(month_days, 1, 31)
    if week_days not in {"?", "L"}:
        found = re.fullmatch(r"(\w+?)(L|#[1-5])", week_days)
        _numbers(found[1] if found else week_days, 1, 7, _DAYS)


def _numbers(field: str, least: int, most: int, names: Mapping[str, int] | None = None) -> frozenset[int]:
    """The numbers that a field allows: lists of `*`, `a`, `a-b`, each with `/step`."""
    found: set[int] = set()
    for part in field.upper().split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise ValueError(f"cannot read {part!r} in a cron expression")
        first = least if match["first"] == "*" else _number(match["first"], names)
        open_ended = match["first"] == "*" or match["step"]
        last = _number(match["last"], names) if match["last"] else most if open_ended else first
        step = int(match["step"] or 1)
        if not least <= first <= last <= most or step < 1:
            raise ValueError(f"{part!r} in a cron expression is not within {least} to {most}")
        found |= set(range(first, last + 1, step))
    return frozenset(found)


def _number(text: str, names: Mapping[str, int] | None) -> int:
    return (names or {}).get(text) or int(text)


def _is_day_of_month(field: str, day: date) -> bool:
    last = calendar.monthrange(day.year, day.month)[1]
    if field == "?":
        return True
    if field == "L":
        return day.day == last
    if field.endswith("W"):
        wanted = last if field == "LW" else int(field[:-1])
        return wanted <= last and day.day == _nearest_weekday(day.replace(day=wanted), last)
    return day.day in _numbers(field, 1, 31)


def _nearest_weekday(day: date, last: int) -> int:
    """The weekday that is nearest, within the month."""
    match day.weekday():
        case 5:  # Saturday
            return day.day - 1 if day.day > 1 else day.day + 2
        case 6:  # Sunday
            return day.day + 1 if day.day < last else day.day - 2
        case _:
            return day.day


def _is_day_of_week(field: str, day: date) -> bool:
    own, last = day.isoweekday() % 7 + 1, calendar.monthrange(day.year, day.month)[1]
    if field == "?":
        return True
    if field == "L":
        return own == _SATURDAY
    if found := re.fullmatch(r"(\w+?)L", field):
        return own in _numbers(found[1], 1, 7, _DAYS) and day.day > last - 7
    if found := re.fullmatch(r"(\w+)#([1-5])", field):
        return own in _numbers(found[1], 1, 7, _DAYS) and (day.day - 1) // 7 + 1 == int(found[2])
    return own in _numbers(field, 1, 7, _DAYS)
