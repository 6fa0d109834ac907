"""From the texts of a stack file to typed settings, or to all that is wrong with them."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ..conflict import Conflict
from .section import Section, section_of

T = TypeVar("T", bound=Section)

_TEXT: tuple[Any, ...] = (str, str | None)


def read(
    model: type[T], texts: Mapping[str, str], stand_ins: Mapping[str, str]
) -> tuple[T | None, list[ErrorDetails], list[Conflict]]:
    """The settings, or None; what is wrong with single ones; and which contradict each other.

    A wrong setting does not hide contradictions between the others: it is left out, and `stand_ins` take the place of
    required ones, before contradictions are looked for.
    """
    values = _values(model, texts)
    settings, errors = _validated(model, values)
    if settings is not None:
        return settings, [], list(settings.conflicts())
    rest, _ = _validated(model, {**stand_ins, **_without(values, [error["loc"] for error in errors])})
    wrong = [error["loc"] for error in errors]
    conflicts = rest.conflicts() if rest is not None else ()
    return None, errors, [one for one in conflicts if not _touches(one, wrong)]


def _values(model: type[Section], texts: Mapping[str, str]) -> dict[str, Any]:
    """The engine passes text as it is and all else as JSON; a key without a value comes as empty text."""
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    values: dict[str, Any] = {}
    for key, text in texts.items():
        field = fields.get(key)
        if field is None or field.annotation in _TEXT:
            values[key] = text
        elif text.strip():
            values[key] = _parsed(text)
        if field is not None and field.is_required() and not text.strip():
            del values[key]
    return _without_empty_sections(model, values)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _without_empty_sections(model: type[Section], values: Mapping[str, Any]) -> dict[str, Any]:
    """A section whose lines are all commented out is null in YAML, and means its defaults."""
    inner = {field.alias or name: section_of(field) for name, field in model.model_fields.items()}
    kept: dict[str, Any] = {}
    for key, value in values.items():
        section = inner.get(key)
        if section is None:
            kept[key] = value
        elif value is not None:
            kept[key] = _without_empty_sections(section, value) if isinstance(value, dict) else value
    return kept


def _validated(model: type[T], values: Mapping[str, Any]) -> tuple[T | None, list[ErrorDetails]]:
    try:
        return model.model_validate_json(json.dumps(values)), []
    except ValidationError as error:
        return None, error.errors()


def _without(values: Mapping[str, Any], paths: Sequence[tuple[int | str, ...]]) -> dict[str, Any]:
    left = copy.deepcopy(dict(values))
    for path in paths:
        at: Any = left
        for step, following in zip(path, (*path[1:], None), strict=True):
            below = cast("dict[Any, Any]", at).get(step)
            if following is None or not isinstance(below, dict):
                at.pop(step, None)
                break
            at = below
    return left


def _touches(conflict: Conflict, wrong: Sequence[tuple[int | str, ...]]) -> bool:
    named = [tuple(path.split(".")) for path in (conflict.path, *conflict.others)]
    return any(path[: len(bad)] == bad[: len(path)] for path in named for bad in wrong)
