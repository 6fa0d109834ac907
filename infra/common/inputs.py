"""What can be wrong with one input, as a sentence. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import pulumi

Texts: TypeAlias = list[str] | tuple[str, ...]
"""Several texts. Not Sequence[str], which a single text is, too: its letters."""

InputTexts: TypeAlias = list[str] | list[pulumi.Output[str]] | list[pulumi.Input[str]] | tuple[pulumi.Input[str], ...]
"""The same, where each may be an Output."""


def range_problem(name: str, value: Any, least: int, most: int | None = None, unit: str = "") -> str | None:
    """Whether a number lies outside of its range; `most` is part of it, None for no end."""
    if problem := number_problem(name, value):
        return problem
    if value >= least and (most is None or value <= most):
        return None
    return f"{name}: must be {least} {'or more' if most is None else f'to {most}'}{unit}, got {value}"


def number_problem(name: str, value: Any) -> str | None:
    """Whether something else than a whole number was given; True counts as one."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return None if is_number else f"{name}: must be a whole number, got {said(value)}"


def known_text_problem(name: str, value: Any) -> str | None:
    """Whether an Output turned out to be something else than a text; `name` is all that stands before `must`."""
    if isinstance(value, str):
        return None
    kind = type(value).__name__  # not the value: it may be secret
    return f"{name} must be a text, got an Output of {kind}; make it a text: output.apply(lambda value: f'{{value}}')"


def instance_problem(name: str, value: Any, kind: type) -> str | None:
    """Whether something else than an object of a class was given."""
    return None if isinstance(value, kind) else f"{name}: must be a {kind.__name__}, got {said(value)}"


def said(value: Any) -> str:
    """A value in a sentence."""
    if isinstance(value, Mapping | tuple | set) or (
        isinstance(value, list) and any(isinstance(one, Mapping) for one in value)
    ):
        return f"a {type(value).__name__}"  # not what is in it: it may be secret
    return "an Output" if isinstance(value, pulumi.Output) else repr(value)
