"""The disruption budget: what may be moved for convenience at a time, and when.

Convenience is what could wait: rebalancing, the removal of a surplus, the renewal of old instances. What cannot wait
asks for no budget: tasks without room, drains that have begun, instances that fail, versions that somebody wants. Each
controller keeps to the budget for itself, and none begins while it sees the work of another one.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

MINUTES: Final = 24 * 60

_WINDOW: Final = re.compile(
    r"((?P<first>[A-Z][a-z]{2})(-(?P<last>[A-Z][a-z]{2}))? )?(?P<h1>\d\d):(?P<m1>\d\d)-(?P<h2>\d\d):(?P<m2>\d\d)"
)


@dataclass(frozen=True, kw_only=True)
class Disruption:
    """The same part of the settings of every controller."""

    percent: int = 10
    """Percent of the instances that may leave, and of the tasks that may be moved, at once; at least one. 1 to 100."""
    quiet: tuple[str, ...] = ()
    """Times in which nothing is moved for convenience, in UTC, like `Mon-Fri 07:00-19:00`, `Sat 20:00-04:00` or
    `22:00-06:00`. One that ends before it begins ends on the next day."""

    def problems(self) -> list[str]:
        """A sentence for each value that cannot be."""
        found = [] if 1 <= self.percent <= 100 else [f"disruption percent: must be 1 to 100, got {self.percent}"]  # noqa: PLR2004
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
    match = _WINDOW.fullmatch(window)
    days = [match[each] for each in ("first", "last") if match[each]] if match else []
    times = [(int(match[h]), int(match[m])) for h, m in (("h1", "m1"), ("h2", "m2"))] if match else []
    valid = all(each in DAYS for each in days) and all(h * 60 + m <= MINUTES and m < 60 for h, m in times)  # noqa: PLR2004
    if match and valid and times[0] != times[1]:
        return None
    return f"quiet time: write it like Mon-Fri 07:00-19:00 or 22:00-06:00, in UTC, got {window!r}"


def _covers(window: str, now: datetime) -> bool:
    match = _WINDOW.fullmatch(window)
    if match is None:
        return False
    begin, end = int(match["h1"]) * 60 + int(match["m1"]), int(match["h2"]) * 60 + int(match["m2"])
    minute = now.hour * 60 + now.minute
    today, yesterday = _on(match, now.weekday()), _on(match, (now.weekday() - 1) % 7)
    if begin < end:
        return today and begin <= minute < end
    return (today and minute >= begin) or (yesterday and minute < end)


def _on(match: re.Match[str], day: int) -> bool:
    if not match["first"]:
        return True
    first = DAYS.index(match["first"])
    last = DAYS.index(match["last"]) if match["last"] else first
    return (day - first) % 7 <= (last - first) % 7
