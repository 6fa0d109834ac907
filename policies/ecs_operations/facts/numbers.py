"""Numbers, in whatever dress they come."""

from __future__ import annotations


def number(value: object) -> float | None:
    """Return a number that is given as one or as a text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except ValueError:
        return None
