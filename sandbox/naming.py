"""Names for resources that the program does not name, as the real provider makes them."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any, Final

from sandbox.resource import Entry

_DIGITS: Final = 7
"""Random hexadecimal digits after the logical name (source: pulumi-terraform-bridge, AutoNameOptions)."""


def named(
    values: dict[str, Any], entry: Entry | None, *, name: str, olds: Mapping[str, Any], seed: bytes
) -> dict[str, Any]:
    """The inputs with a name; an automatic one stays as it was, and a prefix is left to creation."""
    if entry is None or entry.naming is None:
        return values
    key = entry.naming.property
    if key in values or f"{key}Prefix" in values:
        return values
    was_automatic = key in (olds.get("__defaults") or [])
    chosen = olds[key] if was_automatic and olds.get(key) else _fresh(entry, name, values, seed)
    return {**values, key: chosen, "__defaults": [key]}


def _fresh(entry: Entry, name: str, values: Mapping[str, Any], seed: bytes) -> str:
    naming = entry.naming
    assert naming is not None
    digits = (hashlib.sha256(seed).hexdigest() if seed else uuid.uuid4().hex)[:_DIGITS]
    ending = f"-{digits}" + (".fifo" if values.get("fifoQueue") or values.get("fifoTopic") else "")
    start = (naming.prefix + name)[: naming.longest - len(ending)]
    return (start.lower() if naming.lower else start) + ending


def with_prefix(values: Mapping[str, Any], entry: Entry) -> dict[str, Any]:
    """The inputs with a unique name made of the prefix, where the program gives one."""
    key = entry.naming.property if entry.naming else "name"
    prefix = values.get(f"{key}Prefix")
    if not prefix or values.get(key):
        return dict(values)
    return {**values, key: prefix + uuid.uuid4().hex[: min(26, (entry.naming.longest if entry.naming else 255) - 8)]}


def keeps_name(values: Mapping[str, Any], state: Mapping[str, Any], entry: Entry) -> dict[str, Any]:
    """The inputs with the name that a prefix led to at creation."""
    key = entry.naming.property if entry.naming else "name"
    given = key in values or not values.get(f"{key}Prefix")
    return dict(values) if given else {**values, key: state.get(key)}
