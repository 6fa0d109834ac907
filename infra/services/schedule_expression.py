"""When a schedule of EventBridge Scheduler runs: what it takes for an expression, and how long it pauses. Pure.

Source: EventBridge Scheduler user guide, "Schedule types in EventBridge Scheduler".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

DAY_S: Final = 86_400

FORMS: Final = "cron(0 3 * * ? *), rate(12 hours) or at(2030-01-31T03:00:00)"
"""One expression of each kind, for sentences."""

_UNITS: Final = {"minute": 60, "hour": 3600, "day": DAY_S}
_RATE: Final = re.compile(r"rate\((?P<value>\d+) (?P<unit>minute|hour|day)s?\)")
_CRON: Final = re.compile(r"cron\((?P<fields>[^()]*)\)")
_AT: Final = re.compile(r"at\((?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
_PART: Final = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>[1-9]\d*))?", re.ASCII)
_FIRST_DAY, _LAST_DAY = date(2024, 1, 1), date(2031, 12, 31)
"""Two leap years and every weekday for every date: what runs at all runs within them."""


@dataclass(frozen=True)
class _Field:
    """One of the six fields of a cron expression."""

    name: str
    values: range
    names: tuple[str, ...] = ()
    """Words for the values, from the first one on."""
    special: str = r"(?!)"
    """What else it may be, which runs once a month or once a week. By default nothing."""

    def chosen(self, text: str) -> set[int] | None:
        """The values that a text stands for; None for one that Scheduler does not take."""
        found = set[int]()
        for part in text.split(","):
            values = self._values_of(part)
            if not values:
                return None
            found.update(values)
        return found

    def is_special(self, text: str) -> bool:
        """Whether it names a day by its place in the month."""
        return re.fullmatch(self.special, text) is not None

    def _values_of(self, part: str) -> range | None:
        found = _PART.fullmatch(part)
        if not found:
            return None
        first = self._value(found["first"]) if found["first"] else self.values[0]
        last = self._value(found["last"]) if found["last"] else first
        if first is None or last is None:
            return None
        if not found["last"] and (found["step"] or not found["first"]):
            last = self.values[-1]  # 5/10 goes on to the end
        return range(first, last + 1, int(found["step"] or 1))

    def _value(self, word: str) -> int | None:
        if word in self.names:
            return self.values[self.names.index(word)]
        return int(word) if word.isdigit() and int(word) in self.values else None


_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS: Final = (
    _Field("minutes", range(60)),
    _Field("hours", range(24)),
    _Field("day-of-month", range(1, 32), special=r"L|LW|([1-9]|[12]\d|3[01])W"),
    _Field("month", range(1, 13), _MONTHS),
    _Field("day-of-week", range(1, 8), _WEEKDAYS, special=rf"([1-7]|{'|'.join(_WEEKDAYS)})?L|[1-7]#[1-5]"),
    _Field("year", range(1970, 2200)),
)
_DAY, _WEEKDAY, _YEAR = 2, 4, 5
"""Places of the fields that others depend on."""


def expression_problem(name: str, expression: str) -> str | None:
    """Whether Scheduler does not take an expression; `name` is the field's."""
    if found := _RATE.fullmatch(expression):
        return None if int(found["value"]) else f"{name}: must be every minute at most, got {expression}"
    if found := _AT.fullmatch(expression):
        return _time_problem(name, found["time"])
    found = _CRON.fullmatch(expression)
    if not found:
        return f"{name}: must be {FORMS}, got {expression!r}"
    return _cron_problem(name, expression, found["fields"].upper().split())


def longest_pause_s(expression: str) -> int | None:
    """Seconds between two runs at most; None where it is more than some days, or where there is no next run at all."""
    if found := _RATE.fullmatch(expression):
        return int(found["value"]) * _UNITS[found["unit"]]
    found = _CRON.fullmatch(expression)
    if not found:
        return None
    fields = found["fields"].upper().split()
    if fields[_YEAR] != "*" or _is_special(fields):
        return None
    minutes, hours = _FIELDS[0].chosen(fields[0]) or set[int](), _FIELDS[1].chosen(fields[1]) or set[int]()
    times = sorted(hour * 3600 + minute * 60 for hour in hours for minute in minutes)
    within = max((after - before for before, after in pairwise(times)), default=0)
    days = max((after - before).days for before, after in pairwise(_days(fields)))
    return max(within, days * DAY_S - times[-1] + times[0])


def _time_problem(name: str, time: str) -> str | None:
    try:
        datetime.fromisoformat(time)
    except ValueError:
        return f"{name}: must be a time that exists, got at({time})"
    return None


def _cron_problem(name: str, expression: str, fields: list[str]) -> str | None:
    if len(fields) != len(_FIELDS):
        return (
            f"{name}: a cron expression has the {len(_FIELDS)} fields {', '.join(one.name for one in _FIELDS)}, "
            f"got {len(fields)} in {expression}"
        )
    if (fields[_DAY] == "?") == (fields[_WEEKDAY] == "?"):
        return f"{name}: one of day-of-month and day-of-week must be ?, and only one, got {expression}"
    for field, text in zip(_FIELDS, fields, strict=True):
        if not _is_taken(field, text):
            bounds = f"{field.values[0]} to {field.values[-1]}"
            return f"{name}: {field.name} must be of {bounds}, with , - * and /; got {text!r} in {expression}"
    if not _is_special(fields) and next(_days(fields), None) is None:
        return f"{name}: there is no such day, got {expression}"
    return None


def _is_taken(field: _Field, text: str) -> bool:
    if text == "?":
        return field in (_FIELDS[_DAY], _FIELDS[_WEEKDAY])
    return field.is_special(text) or field.chosen(text) is not None


def _is_special(fields: list[str]) -> bool:
    return any(field.is_special(text) for field, text in zip(_FIELDS, fields, strict=True))


def _days(fields: list[str]) -> Iterator[date]:
    """The days of some years on which it runs, whatever its own years are."""
    days, months, weekdays = (
        None if text == "?" else field.chosen(text) for field, text in list(zip(_FIELDS, fields, strict=True))[2:5]
    )
    day = _FIRST_DAY
    while day <= _LAST_DAY:
        sunday_first = day.isoweekday() % 7 + 1
        if (
            (days is None or day.day in days)
            and (months is None or day.month in months)
            and (weekdays is None or sunday_first in weekdays)
        ):
            yield day
        day += timedelta(days=1)
