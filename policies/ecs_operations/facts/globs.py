"""Patterns with `*` and `?`, and texts of which a part is not known."""

from __future__ import annotations

import re
from functools import cache, lru_cache

ANY_SUFFIX = "\N{REPLACEMENT CHARACTER}"
"""Stands for the random end of a name that is made from a prefix: only a wildcard covers it."""
UNSAID = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for a part that is not known before the deployment: it may be any text
without a colon."""


def covers(pattern: str, value: str) -> bool:
    """Return whether a pattern with `*` and `?` covers a value."""
    return _expression(pattern).fullmatch(value) is not None


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in pattern), re.DOTALL)


@lru_cache(maxsize=4096)
def may_cover(pattern: str, text: str) -> bool:
    """Return whether a pattern covers a text for some values of its UNSAID parts."""
    places = _past_stars(pattern, {0})
    for char in text:
        if char == UNSAID:
            places = {end for at in places for end in range(at, _part_end(pattern, at) + 1)}
        else:
            stays = {at for at in places if pattern[at : at + 1] == "*"}
            steps = {at + 1 for at in places if pattern[at : at + 1] in (char, "?")}
            places = _past_stars(pattern, stays | steps)
        if not places:
            return False
    return len(pattern) in places


def _part_end(pattern: str, at: int) -> int:
    """Return where the part of an ARN ends in which a place is: an unknown text holds no colon."""
    end = pattern.find(":", at)
    return len(pattern) if end < 0 else end


def _past_stars(pattern: str, places: set[int]) -> set[int]:
    found = set(places)
    for at in places:
        step = at
        while pattern[step : step + 1] == "*":
            step += 1
            found.add(step)
    return found
