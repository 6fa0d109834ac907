"""What can be wrong with one input, as a sentence. Pure."""

from __future__ import annotations

from typing import Any, TypeAlias

import pulumi

Texts: TypeAlias = list[str] | tuple[str, ...]
"""Several texts. Not Sequence[str], which a single text is, too: its letters."""

InputTexts: TypeAlias = list[str] | list[pulumi.Output[str]] | list[pulumi.Input[str]] | tuple[pulumi.Input[str], ...]
"""The same, where each may be an Output."""


def range_problem(name: str, value: Any, least: int, most: int | None = None, unit: str = "") -> str | None:
    """Whether a number lies outside of its range; `most` is part of it, None for no end."""
    if not isinstance(value, int):
        return f"{name}: must be a number, got {value!r}"
    if value >= least and (most is None or value <= most):
        return None
    return f"{name}: must be {least} {'or more' if most is None else f'to {most}'}{unit}, got {value}"


def texts_problem(name: str, value: Any) -> str | None:
    """Whether something else than a list or tuple of texts (or Outputs) was given."""
    if not isinstance(value, list | tuple):
        return f"{name}: must be a list of texts, got {value!r}; write a list, with a text for each part"
    for item in value:
        if not isinstance(item, str | pulumi.Output):
            return f"{name}: must be a list of texts, got {item!r} among them; write {str(item)!r}"
    return None


def text_problem(name: str, value: Any) -> str | None:
    """Whether something else than a text was given."""
    return None if isinstance(value, str) else f"{name}: must be a text, got {value!r}"


def instance_problem(name: str, value: Any, kind: type) -> str | None:
    """Whether something else than an object of a class was given."""
    return None if isinstance(value, kind) else f"{name}: must be a {kind.__name__}, got {value!r}"
