"""What a resource type takes and gives, read from the installed pulumi_aws: nothing here is written by hand."""

from __future__ import annotations

import importlib
import inspect
import json
import re
import threading
import typing
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, cast

import pulumi
import pulumi_aws
from pulumi import _types as pulumi_types  # pyright: ignore[reportPrivateUsage] - the SDK's only home of types
from pulumi.runtime import rpc

from sandbox.wire import UNKNOWN, AssetOrArchive

IMPORTS: Final = threading.RLock()
"""pulumi_aws imports its modules lazily, and two threads that do so at once see half a module."""

_FORCES_NEW: Final = re.compile(
    r"forces? (a |the )?(new resource|replacement|recreat|creation of a new)", re.IGNORECASE
)

_BOOLEANS: Final = {"true": True, "1": True, "false": False, "0": False}

Problem = tuple[str, str]
"""A property path and what is wrong with it."""


@dataclass(frozen=True)
class Schema:
    """One resource type: names are the engine's (camel case)."""

    token: str
    inputs: Mapping[str, Any]
    required: frozenset[str]
    outputs: Mapping[str, Any]
    certain: frozenset[str]
    """Outputs that AWS always gives: unknown in a preview unless the program sets them."""
    forces_new: frozenset[str]
    """Inputs whose documentation says that a change replaces the resource."""


@cache
def schema_of(token: str) -> Schema | None:
    """The schema of a type token, None if pulumi_aws has no such type."""
    with IMPORTS:
        resource = _class_of(token)
        if resource is None:
            return None
        args = _args_of(resource)
        inputs = dict(pulumi_types.input_type_types(args))
        outputs = dict(pulumi_types.resource_types(resource))
        return Schema(
            token=token,
            inputs=inputs,
            required=_required(args),
            outputs=outputs,
            certain=frozenset(_certain(resource)),
            forces_new=frozenset(_forces_new(args)) & inputs.keys(),
        )


def _class_of(token: str) -> type | None:
    assert pulumi_aws.Provider  # its import registers the modules
    package, module, _ = token.split(":")
    modules = rpc._RESOURCE_MODULES  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the SDK's only list
    for known in modules.get(f"{package}:{module}", []):
        info = cast("dict[str, Any]", vars(known)["mod_info"])
        name = info["classes"].get(token)
        if name:
            return getattr(importlib.import_module(info["fqn"]), name)
    return None


def _args_of(resource: type) -> type:
    module = importlib.import_module(resource.__module__)
    found = getattr(module, f"{resource.__name__}InitArgs", None) or getattr(module, f"{resource.__name__}Args")
    return cast("type", found)


def _required(args: type) -> frozenset[str]:
    names = pulumi_types.input_type_py_to_pulumi_names(args)
    parameters = inspect.signature(args).parameters.values()
    return frozenset(names[p.name] for p in parameters if p.default is inspect.Parameter.empty and p.name in names)


def _certain(resource: type) -> Iterator[str]:
    getters = pulumi_types._py_properties  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - its twin hides Optional
    for _, name, getter in getters(resource):
        hint: Any = cast("Any", getter.fget).__annotations__.get("return")
        value = typing.get_args(hint)[0] if typing.get_args(hint) else hint
        if NoneType not in typing.get_args(value):
            yield name


def _forces_new(args: type) -> Iterator[str]:
    names = pulumi_types.input_type_py_to_pulumi_names(args)
    for part in re.split(r":param ", args.__init__.__doc__ or "")[1:]:
        head, _, text = part.partition(": ")
        if _FORCES_NEW.search(text):
            yield names.get(head.split()[-1], "")


def checked(schema: Schema, news: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """The inputs in the types that the resource declares, and what is wrong with them."""
    problems: list[Problem] = []
    values = _object(schema.inputs, news, "", problems)
    problems.extend((name, "is required and missing") for name in sorted(schema.required - news.keys()))
    return values, problems


def _object(types: Mapping[str, Any], given: Mapping[str, Any], path: str, problems: list[Problem]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in given.items():
        here = f"{path}.{name}" if path else name
        if name in types:
            found[name] = _typed(types[name], value, here, problems)
        elif name.startswith("__"):
            continue
        else:
            near = get_close_matches(name, list(types), n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; it has {', '.join(sorted(types)[:12])}"
            problems.append((here, f"there is no property {name!r} here{hint}"))
    return found


def _typed(hint: Any, value: Any, path: str, problems: list[Problem]) -> Any:  # noqa: PLR0911 - one case per kind
    wanted = plain(hint)
    if wanted is str and isinstance(value, Mapping) and _takes_objects(hint):
        return UNKNOWN if _holds_unknown(cast("Any", value)) else json.dumps(value)
    if value is UNKNOWN or wanted is Any or isinstance(value, AssetOrArchive):
        return value
    if pulumi_types.is_input_type(wanted):
        if not isinstance(value, Mapping):
            problems.append((path, f"expected an object, got {_kind(value)}"))
            return value
        return _nested(wanted, cast("Mapping[str, Any]", value), path, problems)
    match typing.get_origin(wanted) or wanted:
        case origin if origin in (list, Sequence):
            return _list(wanted, value, path, problems)
        case origin if origin in (dict, Mapping):
            return _map(wanted, value, path, problems)
        case origin if origin in (pulumi.Archive, pulumi.Asset):
            problems.append((path, f"expected an archive or asset, got {_kind(value)}"))
            return value
        case _:
            return _scalar(wanted, value, path, problems)


def _nested(wanted: type, value: Mapping[str, Any], path: str, problems: list[Problem]) -> dict[str, Any]:
    with IMPORTS:
        types = pulumi_types.input_type_types(wanted)
        required = _required(wanted)
    found = _object(types, value, path, problems)
    problems.extend((f"{path}.{name}", "is required and missing") for name in sorted(required - value.keys()))
    return found


def _list(wanted: Any, value: Any, path: str, problems: list[Problem]) -> Any:
    if not isinstance(value, list):
        problems.append((path, f"expected a list, got {_kind(value)}"))
        return value
    inner = typing.get_args(wanted)[0]
    return [_typed(inner, item, f"{path}[{n}]", problems) for n, item in enumerate(cast("list[Any]", value))]


def _map(wanted: Any, value: Any, path: str, problems: list[Problem]) -> Any:
    if not isinstance(value, Mapping):
        problems.append((path, f"expected a map, got {_kind(value)}"))
        return value
    inner = typing.get_args(wanted)[1]
    items = cast("Mapping[str, Any]", value).items()
    return {key: _typed(inner, item, f"{path}.{key}", problems) for key, item in items}


def _scalar(wanted: Any, value: Any, path: str, problems: list[Problem]) -> Any:
    if not isinstance(value, (str, int, float, bool)):
        problems.append((path, f"expected {_kind_of_type(wanted)}, got {_kind(value)}"))
        return value
    try:
        return _converted(wanted, value)
    except (ValueError, KeyError):
        problems.append((path, f"expected {_kind_of_type(wanted)}, got {value!r}"))
        return value


def _converted(wanted: Any, value: str | float | bool) -> str | float | bool:
    if wanted is bool:
        return _BOOLEANS[str(value).lower()]
    if wanted is int or wanted is float:
        number = float(value)
        return int(number) if number.is_integer() else number
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def plain(hint: Any) -> Any:
    """The type itself, without Input, Output, Optional and the choice between an enumeration and its text."""
    if typing.get_origin(hint) not in (typing.Union, UnionType):
        return hint
    for choice in typing.get_args(hint):
        if choice is not NoneType and typing.get_origin(choice) not in (Awaitable, pulumi.Output):
            return plain(choice)
    return Any


def _takes_objects(hint: Any) -> bool:
    """Whether a text may be given as an object, too: a policy, which AWS takes as JSON."""
    return any(pulumi_types.is_input_type(choice) for choice in typing.get_args(hint))


def _holds_unknown(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_holds_unknown, cast("Mapping[str, Any]", value).values()))
    return any(map(_holds_unknown, cast("list[Any]", value))) if isinstance(value, list) else value is UNKNOWN


def is_object(hint: Any) -> bool:
    """Whether a type has properties of its own."""
    return pulumi_types.is_input_type(hint) or pulumi_types.is_output_type(hint)


def members(hint: type) -> Mapping[str, Any]:
    """The properties of a type that has its own."""
    with IMPORTS:
        if pulumi_types.is_output_type(hint):
            return pulumi_types.output_type_types(hint)
        return pulumi_types.input_type_types(hint)


def _kind_of_type(wanted: Any) -> str:
    return {bool: "true or false", int: "a number", float: "a number"}.get(wanted, "a text")


def _kind(value: Any) -> str:
    kinds: dict[type, str] = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return kinds.get(type(value), "a number")
