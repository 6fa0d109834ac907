"""Patterns with `*` and `?`, and texts of which a part is not known."""

from __future__ import annotations

import re
from functools import cache, lru_cache

ANY_SUFFIX = "\N{REPLACEMENT CHARACTER}"
"""Stands for the random end of a name that is made from a prefix: only a wildcard covers it."""
UNSAID = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for a part that is not known before the deployment: any text without a colon."""
GIVEN_END = "\N{SYMBOL FOR NULL}"
"""Stands for what Pulumi or AWS adds to a name: any text without a colon and a slash."""

_STOPS = {UNSAID: ":", GIVEN_END: ":/"}


def covers(pattern: str, value: str) -> bool:
    """Return whether a pattern with `*` and `?` covers a value."""
    return _expression(pattern).fullmatch(value) is not None


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in pattern), re.DOTALL)


@lru_cache(maxsize=4096)
def may_cover(pattern: str, text: str) -> bool:
    """Return whether a pattern covers a text for some values of what is not known of it."""
    places = _past_stars(pattern, {0})
    for char in text:
        if char in _STOPS:
            places = {end for at in places for end in range(at, _part_end(pattern, at, _STOPS[char]) + 1)}
        else:
            stays = {at for at in places if pattern[at : at + 1] == "*"}
            steps = {at + 1 for at in places if pattern[at : at + 1] in (char, "?")}
            places = _past_stars(pattern, stays | steps)
        if not places:
            return False
    return len(pattern) in places


def _part_end(pattern: str, at: int, stops: str) -> int:
    """Return the next place that an unknown text cannot pass."""
    return next((end for end in range(at, len(pattern)) if pattern[end] in stops), len(pattern))


def is_open(text: str) -> bool:
    """Return whether a part of a text is not known."""
    return any(part in text for part in _STOPS)


def _past_stars(pattern: str, places: set[int]) -> set[int]:
    found = set(places)
    for at in places:
        step = at
        while pattern[step : step + 1] == "*":
            step += 1
            found.add(step)
    return found
