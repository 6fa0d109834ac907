"""Values of the shapes that programs give them: numbers and flags as text, lists with nothing in an item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from ecs_operations.facts.values import Unknown

_ON, _OFF = ("true", "1", "yes", "enabled"), ("false", "0", "no", "disabled")


def number(value: Any) -> float | None:
    """Return a number, also one that is given as text; None for everything else. Raises as every use of an Unknown."""
    if value is None or isinstance(value, bool):
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return int(found) if found.is_integer() else found


def is_true(value: Any) -> bool:
    """Return whether a flag is on, also one that is given as text."""
    return _flag(value) in _ON


def is_false(value: Any) -> bool:
    """Return whether a flag is off on purpose; one that is not given is not."""
    return _flag(value) in _OFF


def _flag(value: Any) -> str:
    return str(value).strip().lower()


def texts(value: Any) -> list[str]:
    """Return the texts of a list; raises UnknownInputError when one of them is not known."""
    items = value if isinstance(value, list) else []
    return [str(item) for item in items if isinstance(item, (str, Unknown))]


def fields(value: Any) -> Mapping[str, Any]:
    """Return an object, an empty one for everything else."""
    return next(iter(rows(value)), {})


def entries(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list, or the only one.

    Raises UnknownInputError when the whole is not known, and after the last object when an item is not.
    """
    items = listed(value)
    yield from (cast("dict[str, Any]", item) for item in items if isinstance(item, dict))
    for item in items:
        known(item)


def rows(value: Any) -> list[dict[str, Any]]:
    """Return what `entries` yields, if all of it is known."""
    return list(entries(value))


def blocks(value: Any) -> list[Any]:
    """Return the objects of a list as `rows` does, but unknown ones as they are.

    Raises UnknownInputError when the whole is not known.
    """
    if isinstance(known(value), dict):
        return [value]
    return [item for item in value if isinstance(item, (dict, Unknown))] if isinstance(value, list) else []


def listed(value: Any) -> list[Any]:
    """Return a list, or what stands for one: nothing, or its only item. Raises UnknownInputError when not known."""
    given = known(value) or []
    return given if isinstance(given, list) else [given]


def known(value: Any) -> Any:
    """Return a value; raises UnknownInputError when it is not known."""
    if isinstance(value, Unknown):
        bool(value)  # raises, with its path
    return value
