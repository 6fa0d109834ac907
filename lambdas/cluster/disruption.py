"""The disruption budget: what may be moved for convenience at a time, and when.

Convenience is what could wait: rebalancing, the removal of a surplus, the renewal of old instances. What cannot wait
asks for no budget: tasks without room, drains that have begun, instances that fail, versions that somebody wants. Each
controller keeps to the budget for itself; a move and the removal of a surplus do not begin while the other is seen.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

MINUTES: Final = 24 * 60

MOST_QUIET_TIMES: Final = 20
"""Quiet times that a function is told: a day of the week has two or three, and its variables hold 4 KB in all."""

_DAY: Final = "|".join(DAYS)
_WINDOW: Final = re.compile(
    rf"((?P<first>{_DAY})(-(?P<last>{_DAY}))? )?"
    r"(?P<h1>[0-9]{2}):(?P<m1>[0-5][0-9])-(?P<h2>[0-9]{2}):(?P<m2>[0-5][0-9])"
)

_SHOWN: Final = 50
"""Characters of a wrong text that are shown."""


class _Window(NamedTuple):
    days: frozenset[int]
    """Days of the week on which it begins, 0 is Monday."""
    begin: int
    """Minute of the day."""
    end: int
    """Minute of the day, of the next one where it is before the begin."""


@dataclass(frozen=True, kw_only=True)
class Disruption:
    """The same part of the settings of every controller."""

    percent: int = 10
    """Percent of the instances that may leave, and of the tasks that may be moved, at once; at least one. 1 to 100."""
    quiet: tuple[str, ...] = ()
    """Times in which nothing is moved for convenience, in UTC, like `Mon-Fri 07:00-19:00`, `Sat 20:00-04:00` or
    `22:00-06:00`; the minute of the end is no longer quiet. One that ends before it begins ends on the next day."""

    def problems(self) -> list[str]:
        """A sentence for each value that cannot be."""
        found = [] if 1 <= self.percent <= 100 else [f"disruption percent: must be 1 to 100, got {self.percent}"]  # noqa: PLR2004 - percent
        if len(self.quiet) > MOST_QUIET_TIMES:
            found.append(f"quiet times: must be {MOST_QUIET_TIMES} or fewer, got {len(self.quiet)}")
        return found + [problem for each in self.quiet if (problem := window_problem(each))]

    def most(self, number: int) -> int:
        """How many of a number may be disturbed at once."""
        return max(1, number * self.percent // 100)

    def is_quiet(self, now: datetime) -> bool:
        """Whether nothing is to be moved at this moment; `now` in UTC."""
        return any(_covers(each, now) for each in self.quiet)


BUDGET: Final = Disruption()
"""Where nobody says otherwise."""


def window_problem(window: str) -> str | None:
    """Why a text names no time of the week; None when it does."""
    if _window(window):
        return None
    shown = window if len(window) <= _SHOWN else f"{window[:_SHOWN]}…"
    return f"quiet time: write it like Mon-Fri 07:00-19:00 or 22:00-06:00, in UTC, got {shown!r}"


def quiet_until(disruption: Disruption, now: datetime) -> datetime | None:
    """When things may be moved again; None when they may now, and when that does not come within a week."""
    if not disruption.is_quiet(now):
        return None
    minute = now.replace(second=0, microsecond=0)
    later = (minute + timedelta(minutes=each) for each in range(7 * MINUTES))
    return next((each for each in later if not disruption.is_quiet(each)), None)


def _covers(text: str, now: datetime) -> bool:
    window = _window(text)
    if window is None:
        return False
    minute, today = now.hour * 60 + now.minute, now.weekday()
    if window.begin < window.end:
        return today in window.days and window.begin <= minute < window.end
    late = today in window.days and minute >= window.begin
    return late or ((today - 1) % 7 in window.days and minute < window.end)


def _window(text: str) -> _Window | None:
    match = _WINDOW.fullmatch(text)
    if match is None:
        return None
    begin, end = int(match["h1"]) * 60 + int(match["m1"]), int(match["h2"]) * 60 + int(match["m2"])
    if begin == end or begin >= MINUTES or end > MINUTES:
        return None
    first = DAYS.index(match["first"] or DAYS[0])
    last = DAYS.index(match["last"] or match["first"] or DAYS[-1])
    days = frozenset((first + each) % 7 for each in range((last - first) % 7 + 1))
    return _Window(days, begin, end)
