"""Sentences for what is wrong with settings: path, problem, value, remedy."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel


def nearest(word: str, known: Sequence[str]) -> str:
    """Which known word was meant, or else all of them."""
    if close := difflib.get_close_matches(word, known, n=1):
        return f"did you mean {close[0]}?"
    return f"known are {', '.join(sorted(known))}"


def keys(model: type[BaseModel]) -> list[str]:
    """The names of a section's settings, as they stand in a stack file."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_at(root: type[BaseModel], path: Sequence[Any]) -> tuple[type[BaseModel], Any]:
    """The section that holds the last step of a path, and that step's field where it is known."""
    model = root
    field = None
    for step in path:
        field = next((f for name, f in model.model_fields.items() if step in (f.alias, name)), None)
        inner = [
            t
            for t in (*get_args(getattr(field, "annotation", None)), getattr(field, "annotation", None))
            if isinstance(t, type) and issubclass(t, BaseModel)
        ]
        if field is None or not inner:
            break
        model = inner[0]
    return model, field


def sentence(error: Mapping[str, Any], root: type[BaseModel], namespace: str) -> str:
    """One line for one error of pydantic: the key as it stands in the stack file, the problem, the remedy."""
    path: tuple[Any, ...] = tuple(error["loc"])
    where = ".".join(str(step) for step in path)
    kind, key = error["type"], where if ":" in where else f"{namespace}:{where}"
    if kind == "extra_forbidden":
        return f"{key}: no such setting; {nearest(str(path[-1]), keys(_model_at(root, path[:-1])[0]))}"
    message = str(error["msg"]).removeprefix("Value error, ")
    if kind == "value_error":
        return f"{key}: {message}"
    _, field = _model_at(root, path)
    remedy = getattr(field, "description", None) or "see docs/configuration.md"
    if kind == "missing":
        return f"{key}: not set; {remedy}"
    return f"{key}: {message[:1].lower()}{message[1:]}, got {json.dumps(error['input'])}; {remedy}"
