"""Classes of inputs: frozen dataclasses that refuse at the door what a type checker would, in one sentence each.

Not everybody has a type checker, and some values are known only when the program runs.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, TypeVar, dataclass_transform, get_type_hints

import pulumi

from .shapes import shape_problem

T = TypeVar("T")

_LIBRARY: Final = Path(__file__).resolve().parents[1]


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
def inputs(cls: type[T]) -> type[T]:
    """A frozen dataclass with keyword arguments, whose names and types are checked, and then its own `problem`.

    Its constructor raises pulumi.RunError, which the engine shows without a traceback. `problem`, a method without
    arguments, returns a sentence that starts with the name of a field, or None; a class may do without.
    """
    made = dataclass(frozen=True, kw_only=True)(cls)
    fill: Callable[..., None] = made.__init__
    own: Callable[[Any], str | None] | None = getattr(made, "problem", None)

    @functools.wraps(fill)
    def __init__(self: Any, *values: Any, **given: Any) -> None:  # noqa: N807  it replaces the dataclass's own
        if problem := _names_problem(made, values, given):
            raise refused(f"{made.__name__}{problem}")
        fill(self, **given)
        if problem := _fields_problem(self) or (own(self) if own else None):
            raise refused(f"{made.__name__}.{problem}")

    made.__init__ = __init__
    return made


def refused(problem: str) -> pulumi.RunError:
    """The error for a problem, with the line of the program that has it: there is no traceback to show it."""
    outer = next((frame for frame in inspect.stack(context=0) if not _is_inner(frame.filename)), None)
    return pulumi.RunError(f"{problem} ({Path(outer.filename).name}, line {outer.lineno})" if outer else problem)


def _is_inner(file: str) -> bool:
    return file.startswith("<") or _LIBRARY in Path(file).resolve().parents or Path(file).name == "dataclasses.py"


def _names_problem(cls: type, values: tuple[Any, ...], given: Mapping[str, Any]) -> str | None:
    known = {one.name: one for one in fields(cls)}
    if values:
        kind = type(values[0]).__name__  # not the value: it may be secret
        return f": inputs must be given by names, got a {kind} without one; write {next(iter(known))}=..."
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
            return f".{name}: there is no such input; {meant}"
    missing = [name for name, one in known.items() if name not in given and _is_required(one)]
    return f".{missing[0]}: is missing, and has no default" if missing else None


def _is_required(one: Any) -> bool:
    return one.default is MISSING and one.default_factory is MISSING


def _fields_problem(of: Any) -> str | None:
    for name, shape in _shapes(type(of)).items():
        if problem := shape_problem(name, getattr(of, name), shape):
            return problem if "; " in problem else f"{problem}{_example_of(type(of), name)}"
    return None


def example(text: str) -> Mapping[str, str]:
    """Metadata of a field: what to write where its shape alone does not say it."""
    return {"example": text}


def _example_of(cls: type[Any], name: str) -> str:
    metadata = next(one.metadata for one in fields(cls) if one.name == name)
    return f"; write {metadata['example']}" if "example" in metadata else ""


@functools.cache
def _shapes(cls: type) -> Mapping[str, Any]:
    hints = get_type_hints(cls, localns={"Output": pulumi.Output, "T": Any})  # pulumi.Input names them as texts
    return {one.name: hints[one.name] for one in fields(cls)}
