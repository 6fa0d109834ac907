"""Whether an event pattern lets an event pass: of EventBridge, of Lambda's event filters, of SNS's filter policies."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ecs_operations.facts.values import UnknownInputError

ANY_SUFFIX = "\N{REPLACEMENT CHARACTER}"
"""At the end of a value: a random end that only AWS knows."""
ANYTHING = frozenset[str]()
"""A field that events have, of a value that is not known."""

Field = str | Iterable[str] | Mapping[str, Any]
"""What a field of an event may hold: one text, one of several, ANYTHING, or further fields."""


def passes(pattern: object, event: Mapping[str, Field]) -> bool:
    """Return whether a pattern lets an event pass whose fields may have these values.

    Source: Amazon EventBridge user guide, Comparison operators. Raises UnknownInputError at an operator that is not
    read here, and at a value whose end is random where only the end decides.
    """
    if not isinstance(pattern, dict):
        return True
    return all(_field_passes(name, wanted, event) for name, wanted in pattern.items())


def _field_passes(name: str, wanted: Any, event: Mapping[str, Field]) -> bool:
    if name == "$or":
        return any(passes(one, event) for one in _listed(wanted))
    found = event.get(name)
    if isinstance(wanted, dict):
        return passes(wanted, found) if isinstance(found, Mapping) else found == ANYTHING
    filters = _listed(wanted)
    if found is None:
        return any(isinstance(item, dict) and item.get("exists") is False for item in filters)
    if isinstance(found, Mapping):
        return False
    if found == ANYTHING:
        return not all(isinstance(item, dict) and item.get("exists") is False for item in filters)
    values = [found] if isinstance(found, str) else list(found)
    return any(_passes(item, value) for item in filters for value in values)


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _passes(item: Any, value: str) -> bool:
    if not isinstance(item, dict):
        return item == value
    return all(_operator(name)(argument, value) for name, argument in item.items())


def _operator(name: str) -> Callable[[Any, str], bool]:
    if name not in _OPERATORS:
        raise UnknownInputError(f"eventPattern (the operator {name}, which this pack does not read)")
    return _OPERATORS[name]


def _prefix(wanted: Any, value: str) -> bool:
    if isinstance(wanted, dict):
        return value.lower().startswith(str(wanted.get("equals-ignore-case")).lower())
    return value.startswith(str(wanted))


def _suffix(wanted: Any, value: str) -> bool:
    if value.endswith(ANY_SUFFIX):
        raise UnknownInputError("eventPattern (a suffix of a name that only AWS knows)")
    if isinstance(wanted, dict):
        return value.lower().endswith(str(wanted.get("equals-ignore-case")).lower())
    return value.endswith(str(wanted))


def _wildcard(wanted: Any, value: str) -> bool:
    return re.fullmatch(".*".join(re.escape(part) for part in str(wanted).split("*")), value, re.DOTALL) is not None


def _same(wanted: Any, value: str) -> bool:
    return value.lower() == str(wanted).lower()


def _anything_but(refused: Any, value: str) -> bool:
    if isinstance(refused, dict):
        return not any(_operator(name)(one, value) for name, given in refused.items() for one in _listed(given))
    return value not in [str(one) for one in _listed(refused)]


def _exists(wanted: Any, _value: str) -> bool:
    return wanted is not False


_OPERATORS: dict[str, Callable[[Any, str], bool]] = {
    "prefix": _prefix, "suffix": _suffix, "wildcard": _wildcard, "equals-ignore-case": _same,
    "anything-but": _anything_but, "exists": _exists,
}  # fmt: skip
