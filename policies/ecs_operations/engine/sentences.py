"""Words that the sentences of several rules share."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, as `1 task` and `2 tasks`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
