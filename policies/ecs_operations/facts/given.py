"""Values in the shapes in which programs give them: numbers and flags as text, one item where a list is expected."""

from __future__ import annotations

from typing import Any

from ecs_operations.facts.values import Unknown


def number(value: Any) -> float | None:
    """Return a value as a number, None where it is none. Raises UnknownInputError when it is not known."""
    if isinstance(known(value), bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def switched_on(value: Any) -> bool:
    """Return whether a flag is on, as a boolean or as text. Raises UnknownInputError when it is not known."""
    return value is True or str(known(value)).lower() == "true"


def blocks(value: Any) -> list[Any]:
    """Return the blocks of a property, one that is given alone as a list of one; what is no block is left out.

    Unknown blocks are kept. Raises UnknownInputError when the whole is not known.
    """
    if isinstance(known(value), dict):
        return [value]
    return [item for item in value if isinstance(item, (dict, Unknown))] if isinstance(value, list) else []


def listed(value: Any) -> list[Any]:
    """Return a list as it is, and a single value as a list of one. Raises UnknownInputError when it is not known."""
    return value if isinstance(known(value), list) else [] if value is None else [value]


def known(value: Any) -> Any:
    """Return a value; raises UnknownInputError when it is not known."""
    if isinstance(value, Unknown):
        bool(value)  # raises, with its path
    return value
