"""Time as a value, so that tests can own it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Clock:
    """What a run takes the time from."""

    now: Callable[[], datetime] = _now
    monotonic: Callable[[], float] = time.monotonic
    """Seconds from any moment on."""
    sleep: Callable[[float], None] = time.sleep
    """Wait some seconds."""
