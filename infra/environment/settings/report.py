"""Sentences for what is wrong with settings: path, problem, value, remedy."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from typing import get_args

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from .section import Section, section_of
from .words import likely, nearest

_RULES: Mapping[str, str] = {
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "int_type": "must be a whole number, without quotes",
    "bool_type": "must be true or false, without quotes",
    "string_type": "must be text, in quotes where it looks like something else",
    "string_too_short": "must have {min_length} or more characters",
    "string_too_long": "must have {max_length} or fewer characters",
    "string_pattern_mismatch": "has the wrong form",
    "too_short": "must have {min_length} or more entries",
    "too_long": "must have {max_length} or fewer entries",
    "tuple_type": "must be a list, like [a, b]",
    "dict_type": "must hold keys and values, like {{key: value}}",
}
"""Kind of error → the rule that the value breaks; sections have no types that give other kinds."""

MOVED: Mapping[tuple[int | str, ...], str] = {("capacity", "disruptionPercent"): "disruption.percent"}
"""Keys of earlier versions → what they are called now; docs/upgrading.md says what became of each."""

_CLOSE = 0.75
"""Likeness of two namespaces from which one is taken for the other: ecsplatform and ecs_platform, not aws."""

_LONGEST = 100
"""Characters of a wrong value that are shown."""


def keys(model: type[Section]) -> list[str]:
    """The names of a section's settings, as they stand in a stack file."""
    return [field.alias or name for name, field in model.model_fields.items()]


def unknown_keys(found: Sequence[str], model: type[Section], namespace: str, project: str) -> dict[str, str]:
    """Keys under a namespace that was meant to be the program's → what to write instead.

    That is the name of a project that was renamed, where the key is one of the program's, and a misspelled namespace.
    """
    meant: dict[str, str] = {}
    for key in found:
        space, _, name = key.partition(":")
        renamed = space == project and name in keys(model)
        misspelled = space != project and difflib.get_close_matches(space, [namespace], n=1, cutoff=_CLOSE)
        if space != namespace and (renamed or misspelled):
            meant[key] = f"{namespace}:{name}"
    return meant


def sentence(error: ErrorDetails, root: type[Section], namespace: str) -> str:
    """One line for one error of pydantic: the key as it stands in the stack file, the problem, the remedy."""
    path, kind = error["loc"], error["type"]
    return f"{_key(path, namespace)}: {_problem(kind, error, *_at(root, path))}"


def _problem(kind: str, error: ErrorDetails, section: type[Section], field: FieldInfo | None) -> str:
    about = (field.description if field else None) or "see docs/configuration.md"
    if kind == "extra_forbidden" and (now := MOVED.get(error["loc"])):
        return f"is called {now} now; write that instead (docs/upgrading.md)"
    if kind == "extra_forbidden":
        return f"no such setting; {nearest(str(error['loc'][-1]), keys(section))}"
    if kind == "value_error":
        return error["msg"].removeprefix("Value error, ")
    if kind == "missing":
        return f"not set; {about}"
    if error["input"] is None:
        return f"has no value; give it one, or leave the line out for the default; {about}"
    return f"{_rule(kind, error, field)}, got {_shown(error['input'])}; {_likely(error['input'], field) or about}"


def _rule(kind: str, error: ErrorDetails, field: FieldInfo | None) -> str:
    if field and (inner := section_of(field)):
        return f"must hold settings, indented below it ({', '.join(keys(inner))})"
    if kind == "literal_error" and field:
        return f"must be one of {', '.join(map(str, get_args(field.annotation)))}"
    return _RULES.get(kind, "cannot be used").format(**error.get("ctx", {}))


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _likely(value: object, field: FieldInfo | None) -> str | None:
    """Which of the words that a field takes was meant, where one is near."""
    choices = [choice for choice in get_args(field.annotation if field else None) if isinstance(choice, str)]
    return likely(value, choices) if isinstance(value, str) else None


def _at(root: type[Section], path: Sequence[int | str]) -> tuple[type[Section], FieldInfo | None]:
    """The section that holds the last step of a path, and that step's field where it is known."""
    section, field = root, None
    for step in path:
        inner = section_of(field) if field else None
        section = inner or section
        if field is not None and inner is None:
            break  # an entry of a list or a map: its field is the list
        field = next((one for name, one in section.model_fields.items() if step == (one.alias or name)), None)
    return section, field


def _key(path: Sequence[int | str], namespace: str) -> str:
    """The path as `pulumi config set --path` takes it."""
    text = ""
    for step in path:
        plain = isinstance(step, str) and not set(step) & set('.[]:" ')
        text += f".{step}" if plain else f"[{json.dumps(step)}]"
    whole = text.removeprefix(".")
    return "aws:region" if path[0] == "aws:region" else f"{namespace}:{whole}"
