"""How numbers and moments are said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

_UNITS: Final = (("d", 86_400), ("h", 3600), ("min", 60))


def span(seconds: float) -> str:
    """`45 s`, `12 min`, `3 h`, `16 d`: the largest unit that there is one of."""
    whole = max(0, int(seconds))
    for word, length in _UNITS:
        if whole >= length:
            return f"{whole // length} {word}"
    return f"{whole} s"


def ago(moment: datetime | None, now: datetime) -> str:
    """The time since a moment; `?` where it is not known."""
    return "?" if moment is None else span((now - moment) / timedelta(seconds=1))


def counted(number: int, one: str, many: str = "") -> str:
    """`1 task`, `2 tasks`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def joined(words: Sequence[str], most: int = 4) -> str:
    """Some words, and how many more there are."""
    more = len(words) - most
    return ", ".join(words[:most]) + (f" and {more} more" if more > 0 else "")


def short_arn(arn: str) -> str:
    """The last part of an ARN."""
    return arn.rpartition("/")[2]
