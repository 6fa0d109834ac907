"""Looks that AWS may throttle: the next one tells more, and comes later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from botocore.config import Config

from lambdas.cluster.clients import CONFIG

from .errors import Exit, OperatorError, explained

T = TypeVar("T")

READS_PER_S: Final = 10
"""Reads of ECS a second, however short the pauses are that were asked for: half of the 20 that AWS gives an account and
Region for good (ECS developer guide, "Request throttling": bursts of 100). The controllers need the others. Each status
keeps to it by itself: two at once may take all."""
ONCE: Final = CONFIG.merge(Config(retries={"mode": "standard", "total_max_attempts": 1}))
"""Of clients for looks that are repeated: a call that AWS throttles is told and not tried again at once, which would be
more reads than are counted; the next look comes later instead."""
LONGEST_S: Final = 60
"""Seconds between two looks at most that throttling alone brings about."""
_DOUBLED: Final = 6
"""Times that a pause is doubled: a second is LONGEST_S then."""


def patient(look: Callable[[], T], otherwise: Callable[[OperatorError], T]) -> T:
    """What a look tells, or something else when AWS throttles it or fails; raises all other errors."""
    try:
        return look()
    except Exception as error:
        known = explained(error)
        if known is None or known.code != Exit.LATER:
            raise
        return otherwise(known)


def pause_s(every_s: int, *, reads: int = 0, throttled: int = 0) -> float:
    """Seconds until the next look, where each makes so many reads of ECS; doubled for each one throttled in a row."""
    within_limits = max(float(every_s), reads / READS_PER_S)
    return min(within_limits * 2 ** min(throttled, _DOUBLED), max(within_limits, LONGEST_S))
