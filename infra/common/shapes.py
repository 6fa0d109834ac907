"""Whether a value has the shape that an annotation says, as a sentence with what to write instead. Pure."""

from __future__ import annotations

import re
import shlex
import types
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import is_dataclass
from difflib import get_close_matches
from typing import Any, Final, ForwardRef, Literal, Union, get_args, get_origin

import pulumi

from .inputs import said

_UNITS: Final[Mapping[str, tuple[str, Mapping[str, int]]]] = {
    "_mib": (" of MiB", {"": 1, "m": 1, "mb": 1, "mib": 1, "g": 1024, "gb": 1024, "gib": 1024}),
    "_gib": (" of GiB", {"": 1, "g": 1, "gb": 1, "gib": 1, "t": 1024, "tb": 1024, "tib": 1024}),
    "_units": (" of CPU units", {"": 1, "vcpu": 1024, "vcpus": 1024, "cpu": 1024}),
    "_minutes": (" of minutes", {"": 1, "m": 1, "min": 1, "minutes": 1, "h": 60, "hours": 60}),
    "_s": (" of seconds", {"": 1, "s": 1, "sec": 1, "seconds": 1, "m": 60, "min": 60, "minutes": 60, "h": 3600}),
    "_days": (" of days", {"": 1, "d": 1, "days": 1, "w": 7, "weeks": 7}),
    "_percent": (" of percent", {"": 1, "%": 1}),
    "": ("", {"": 1}),
}
"""End of a field's name → its unit in words, and how many of it are in each unit that people write."""

_AMOUNT: Final = re.compile(r"\s*(?P<number>\d+(\.\d+)?)\s*(?P<unit>[a-z%]*)\s*", re.ASCII | re.IGNORECASE)
_COMMANDS: Final = ("command", "entry_point")
_FOR_A_SHELL: Final = re.compile(r"[|&;<>$`*?()]")

_SECRET: Final = ("secrets", "registry_credentials", "client_secret", "value")
"""Fields whose values are not said: somebody may have put the secret itself there."""

_LISTS: Final = (list, tuple, Sequence)
_PLAIN_WORDS: Final = {str: "a text", bool: "True or False", float: "a number"}


def shape_problem(name: str, value: Any, shape: Any) -> str | None:
    """Whether a value is something else than its annotation says; the sentence starts with `name`.

    An annotation is made of texts, numbers, flags, literals, classes, lists and mappings of them, `pulumi.Input`, None.
    """
    return _problem(f"{name}:", name, value, _choices(shape))


def _problem(subject: str, name: str, value: Any, choices: Sequence[Any]) -> str | None:
    """The same for all that a value may be; `subject` is what stands before `must`, `name` the field's."""
    if Any in choices or (value is None and type(None) in choices):
        return None
    words = " or ".join(dict.fromkeys(filter(None, (_words(name, one) for one in _known(choices)))))
    if isinstance(value, pulumi.Output | Awaitable):
        is_late = any(get_origin(one) is pulumi.Output for one in choices)
        return None if is_late else f"{subject} must {_be(words)} that the program knows, got an Output"
    kinds = [one for one in _known(choices) if _is_of_kind(value, one)]
    if not kinds:
        return f"{subject} must {_be(words)}, got {_got(name, value)}{_hint(name, value, _known(choices))}"
    if isinstance(value, Mapping):
        return _mapping_problem(name, value, kinds[0])
    return _list_problem(name, value, kinds, words) if isinstance(value, list | tuple) else None


def _list_problem(name: str, value: Sequence[Any], kinds: Sequence[Any], words: str) -> str | None:
    allowed = [choice for kind in kinds for choice in _choices(get_args(kind)[0])]
    for item in value:
        if _problem("", name, item, allowed):
            hint = _hint("", item, _known(allowed)) or ("; write the text" if isinstance(item, pulumi.Output) else "")
            late = " that the program knows" if isinstance(item, pulumi.Output) else ""
            return f"{name}: must be {words}{late}, got {said(item)} among them{hint}"
    return None


def _mapping_problem(name: str, value: Mapping[Any, Any], kind: Any) -> str | None:
    for key, item in value.items():
        if not (isinstance(key, str) and key):
            return f"{name}: a name must be a text, got {said(key)}"
        if problem := _problem(f"{name}: a name", name, key, _choices(get_args(kind)[0])):
            return problem
        if problem := _problem(f"{name}: {key}", name, item, _choices(get_args(kind)[1])):
            return problem
    return None


def _choices(shape: Any) -> tuple[Any, ...]:
    """The members of a union, or the one shape itself; unions in unions are one union."""
    if get_origin(shape) in (Union, types.UnionType):
        return tuple(choice for member in get_args(shape) for choice in _choices(member))
    # pulumi.Input names its Output by a text, which stays one where nobody resolves it.
    return (pulumi.Output[Any],) if isinstance(shape, ForwardRef) else (shape,)


def _known(choices: Sequence[Any]) -> list[Any]:
    """What a value may be that the program knows."""
    return [one for one in choices if one is not type(None) and get_origin(one) not in (pulumi.Output, Awaitable)]


def _is_of_kind(value: Any, shape: Any) -> bool:
    """Whether a value is a list where one is meant, a mapping, a class: what lies in it is not looked at."""
    origin = get_origin(shape)
    if origin is Literal:
        return isinstance(value, str) and value in get_args(shape)
    if origin in _LISTS:
        return isinstance(value, list | tuple)
    if shape in (int, float):
        return isinstance(value, int if shape is int else (int, float)) and not isinstance(value, bool)
    return isinstance(value, origin or shape)


def _words(name: str, shape: Any) -> str:
    origin = get_origin(shape)
    if origin is Literal:
        return " or ".join(get_args(shape))
    if origin in _LISTS:
        items = _plural(_choices(get_args(shape)[0]))
        return f"a list of {items}" if items else ""
    if origin is Mapping:
        return f"map names to {_plural(_choices(get_args(shape)[1]))}"
    if origin is Callable:
        return "a function"
    if shape is int:
        return f"a whole number{_unit(name)[0]}"
    return _PLAIN_WORDS.get(shape) or f"{'an' if shape.__name__[0] in 'AEIOU' else 'a'} {shape.__name__}"


def _plural(choices: Sequence[Any]) -> str:
    words = {
        str: "texts", int: "whole numbers", Mapping: "statements", Callable: "functions", list: "lists", tuple: "lists"
    }  # fmt: skip
    literals = [text for one in _known(choices) if get_origin(one) is Literal for text in get_args(one)]
    known = [get_origin(one) or one for one in _known(choices) if get_origin(one) is not Literal]
    kinds = dict.fromkeys(words.get(one) or f"{one.__name__.removesuffix('s')}s" for one in known)
    return " or ".join([*literals, *kinds])


def _be(words: str) -> str:
    return words if words.startswith("map ") else f"be {words}"


def _got(name: str, value: Any) -> str:
    return "something else" if name in _SECRET else said(value)


def _unit(name: str) -> tuple[str, Mapping[str, int]]:
    return next(unit for end, unit in _UNITS.items() if name.endswith(end))


def _hint(name: str, value: Any, known: Sequence[Any]) -> str:
    """What to write instead, where it is plain."""
    for shape in known if name not in _SECRET else ():
        if meant := _meant(name, value, shape):
            return f"; {meant}"
    return ""


def _meant(name: str, value: Any, shape: Any) -> str | None:
    origin = get_origin(shape)
    if origin in _LISTS:
        return _list_meant(name, value, _choices(get_args(shape)[0]))
    if origin is Literal and isinstance(value, str):
        near = get_close_matches(value.upper(), get_args(shape), n=1)
        return f"did you mean {near[0]!r}?" if near else None
    if shape is str and isinstance(value, int | float):
        return f"write {str(value)!r}"
    if shape is int and isinstance(value, str | float):
        return _number_meant(name, value)
    return _object_meant(value, shape) if isinstance(shape, type) else None


def _list_meant(name: str, value: Any, items: Sequence[Any]) -> str | None:
    if str in items and isinstance(value, str):
        return f"write {_parts(value) if name.endswith(_COMMANDS) else [value]}"
    if any(_is_of_kind(value, one) for one in _known(items)):
        if isinstance(value, str):
            return f"write {[value]}"
        return "write a list, [...]" if isinstance(value, Mapping) else f"write [{type(value).__name__}(...)]"
    return None


def _parts(command: str) -> list[str]:
    """A command line as a list: one for a shell goes to a shell."""
    if _FOR_A_SHELL.search(command):
        return ["sh", "-c", command]
    try:
        return shlex.split(command)
    except ValueError:
        return ["sh", "-c", command]


def _number_meant(name: str, value: str | float) -> str | None:
    found, units = _AMOUNT.fullmatch(str(value)), _unit(name)[1]
    if not found or found["unit"].lower() not in units:
        return None
    amount = float(found["number"]) * units[found["unit"].lower()]
    return f"write {int(amount)}" if amount.is_integer() else None


def _object_meant(value: Any, kind: type) -> str | None:
    """A class says what a text means for it by `written_for`."""
    if isinstance(value, str) and (written := getattr(kind, "written_for", None)):
        return f"write {written(value)}"
    if is_dataclass(kind) and isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return f"write {kind.__name__}({', '.join(f'{key}=...' for key in value)})"
    return None
