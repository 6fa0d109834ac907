"""What can be wrong with one input, as a sentence. Pure."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
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


def texts_problem(name: str, value: Any) -> str | None:
    """Whether something else than a list or tuple of texts was given, which all are known now."""
    if problem := input_texts_problem(name, value):
        return problem
    if any(not isinstance(item, str) for item in value):
        return f"{name}: must be a list of texts that the program knows, got an Output among them; write the text"
    return None


def input_texts_problem(name: str, value: Any) -> str | None:
    """Whether something else than a list or tuple of texts or Outputs was given."""
    if not isinstance(value, list | tuple):
        return f"{name}: must be a list of texts, got {said(value)}; write a list, with a text for each part"
    for item in value:
        if not _is_input(item):
            return f"{name}: must be a list of texts, got {said(item)} among them; write {str(item)!r}"
    return None


def input_text_map_problem(name: str, value: Any) -> str | None:
    """Whether something else than a mapping of names to texts or Outputs was given."""
    if not isinstance(value, Mapping):
        return f"{name}: must map names to texts, got {said(value)}"
    for key, item in value.items():
        if not (isinstance(key, str) and key and "=" not in key):
            return f"{name}: a name must be a text without '=', got {said(key)}"
        if not _is_input(item):
            return f"{name}: {key} must be a text, got {said(item)}; write {str(item)!r}"
    return None


def known_text_problem(name: str, value: Any) -> str | None:
    """Whether an Output turned out to be something else than a text; `name` is all that stands before `must`."""
    if isinstance(value, str):
        return None
    kind = type(value).__name__  # not the value: it may be secret
    return f"{name} must be a text, got an Output of {kind}; make it a text: output.apply(lambda value: f'{{value}}')"


def text_problem(name: str, value: Any) -> str | None:
    """Whether something else than a text was given."""
    return None if isinstance(value, str) else f"{name}: must be a text, got {said(value)}"


def flag_problem(name: str, value: Any) -> str | None:
    """Whether something else than True or False was given; the text "false" would count as true."""
    return None if isinstance(value, bool) else f"{name}: must be True or False, got {said(value)}"


def instance_problem(name: str, value: Any, kind: type) -> str | None:
    """Whether something else than an object of a class was given."""
    return None if isinstance(value, kind) else f"{name}: must be a {kind.__name__}, got {said(value)}"


def said(value: Any) -> str:
    """A value in a sentence."""
    return "an Output" if isinstance(value, pulumi.Output) else repr(value)


def _is_input(value: Any) -> bool:
    return isinstance(value, str | pulumi.Output | Awaitable)
