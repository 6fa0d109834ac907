"""Simple patterns: the regular expressions that are matched, in time linear in pattern and text.

Whoever writes a placement constraint writes its pattern, and Python's `re` takes time exponential in some of them. A
pattern is a sequence of characters, each with `*`, `+`, `?` or nothing behind it, or several such sequences with `|`
between them. No groups, repeats in braces, look-around, lazy or possessive quantifiers.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

Part = tuple[re.Pattern[str], bool, bool]
"""One character; whether it may be missing; whether it may repeat."""

_PART: Final = re.compile(r"(\\[dDwWsS]|\\[^\w\s]|\[\^?[\w.-]+\]|[^\\\[\](){}*+?|^$])([*+?]?)")

LONGEST: Final = 2000
"""Characters of a pattern: those of a constraint's expression (ECS API reference, PlacementConstraint)."""


def understood(pattern: str) -> bool:
    """Whether the pattern is such a one."""
    return _parsed(pattern) is not None


@lru_cache(maxsize=4096)
def matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches. A pattern that is not understood matches nothing."""
    return any(_matches(parts, text) for parts in _parsed(pattern) or ())


@lru_cache(maxsize=1024)
def _parsed(pattern: str) -> tuple[tuple[Part, ...], ...] | None:
    if len(pattern) > LONGEST:
        return None
    branches = [_branch(each.removeprefix("^").removesuffix("$")) for each in pattern.split("|")]
    found = tuple(each for each in branches if each is not None)
    return found if len(found) == len(branches) else None


def _branch(pattern: str) -> tuple[Part, ...] | None:
    parts: list[Part] = []
    end = 0
    while end < len(pattern):
        match = _PART.match(pattern, end)
        if not match:
            return None
        try:
            one = re.compile(match[1])
        except re.error:
            return None
        parts.append((one, match[2] in {"*", "?"}, match[2] in {"*", "+"}))
        end = match.end()
    return tuple(parts)


def _matches(parts: tuple[Part, ...], text: str) -> bool:
    reached = _skipped(parts, {0})
    for character in text:
        reached = _skipped(parts, _step(parts, reached, character))
    return len(parts) in reached


def _step(parts: tuple[Part, ...], reached: Iterable[int], character: str) -> set[int]:
    """The parts that may come next; an index behind the last part is the end."""
    after: set[int] = set()
    for index in reached:
        if index < len(parts) and parts[index][0].fullmatch(character):
            after |= {index, index + 1} if parts[index][2] else {index + 1}
    return after


def _skipped(parts: tuple[Part, ...], reached: set[int]) -> set[int]:
    """With those behind what may be missing."""
    for index, (_, missing, _) in enumerate(parts):
        if missing and index in reached:
            reached.add(index + 1)
    return reached
