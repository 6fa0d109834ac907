"""Durations as Go, the real provider's language, reads and writes them."""

from __future__ import annotations

import re
from typing import Final

from sandbox.refusal import Refusal

_SECONDS: Final = {"h": 3600, "m": 60, "s": 1}


def seconds(name: str, duration: str) -> float:
    """The property of this name, a Go duration such as `10m` or `1h30m`, in seconds; `0` waits for nothing."""
    if duration == "0":
        return 0
    found = re.findall(r"(\d+(?:\.\d+)?)(h|m|s)", duration)
    if not found or "".join(number + unit for number, unit in found) != duration:
        raise Refusal(f"{name}: expected a duration such as 10m, got {duration!r}")
    return sum(float(number) * _SECONDS[unit] for number, unit in found)


def duration(length_s: float) -> str:
    """Seconds as Go writes them: 15m0s, 1h0m5s."""
    minutes, rest = divmod(length_s, 60)
    hours, minutes = divmod(int(minutes), 60)
    whole = f"{hours}h{minutes}m" if hours else f"{minutes}m" if minutes else ""
    return f"{whole}{rest:g}s"
