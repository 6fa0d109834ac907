"""Looks that AWS may throttle: the next one tells more."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from .errors import Exit, OperatorError, explained

T = TypeVar("T")


def patient(look: Callable[[], T], otherwise: Callable[[OperatorError], T]) -> T:
    """What a look tells, or something else when AWS throttles it or fails; raises all other errors."""
    try:
        return look()
    except Exception as error:
        known = explained(error)
        if known is None or known.code != Exit.LATER:
            raise
        return otherwise(known)
