"""Amounts as programs write them: `512`, `"512"`, `"0.5 vCPU"`, `"1 GB"`, `"25m"`."""

from __future__ import annotations

import re
from typing import Any

_NUMBER = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z]*)", re.IGNORECASE)
_UNITS = {"": 1, "%": 1, "vcpu": 1024, "mb": 1, "mib": 1, "gb": 1024, "gib": 1024}
"""Of CPU units and MiB (source: Amazon ECS developer guide, Task definition parameters, Task size)."""
_BYTES = {"": 1, "b": 1, "k": 2**10, "m": 2**20, "g": 2**30}
"""Source: Docker documentation, log driver option max-buffer-size; kb, kib and so on mean the same."""


def number(value: Any, default: float = 0) -> float:
    """Return a number, whole ones as int; the default where there is none, or a text that names none.

    Raises UnknownInputError when it is not known, as all here.
    """
    return _read(value, _UNITS, default)


def size_in_bytes(value: Any, default: float = 0) -> float:
    """Return the bytes of a size like `25m`; the default where there is none."""
    text = re.sub(r"(?<=[kmg])i?b$", "", str(value).strip().lower())
    return _read(text, _BYTES, default)


def _read(value: Any, units: dict[str, int], default: float) -> float:
    if isinstance(value, bool) or value is None:
        return default
    found = _NUMBER.fullmatch(str(value).strip())
    if found is None or found[2].lower() not in units:
        return default
    amount = float(found[1]) * units[found[2].lower()]
    return int(amount) if amount.is_integer() else amount
