"""Writes a Pulumi program without components: the resources of a preview, with their inputs and links, one by one.

Benchmarks compare it with the program that the resources came from, and repeat it to any size.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count, islice
from typing import Any, cast

import pulumi_aws as aws

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What a preview prints for a value that it does not know (source: pulumi SDK, runtime/rpc.py)."""
PROVIDER = "pulumi:providers:aws"

HEAD = '''"""Generated: the resources of a preview without components."""

import pulumi
import pulumi_aws as aws

provider = aws.Provider("aws", region={region!r}, default_tags={{"tags": {tags!r}}})
child_opts = pulumi.ResourceOptions(provider=provider)
code = pulumi.AssetArchive({{"lambdas": pulumi.FileArchive("lambdas")}})
made = {{}}
'''


@dataclass(frozen=True)
class Recorded:
    """One custom resource as a preview shows it."""

    urn: str
    type: str
    name: str
    inputs: Mapping[str, Any]
    links: Mapping[str, Sequence[str]]
    """Input → URNs of the resources that it is made from."""


def recorded(preview: str) -> list[Recorded]:
    """The custom resources in the output of `pulumi preview --json`, in an order in which they can be made."""
    steps = json.JSONDecoder().raw_decode(preview[preview.index("{\n") :])[0]["steps"]
    states = [step["newState"] for step in steps]
    found = {
        state["urn"]: Recorded(
            urn=state["urn"],
            type=state["type"],
            name=state["urn"].rpartition("::")[2],
            inputs=state.get("inputs") or {},
            links={key: urns or () for key, urns in (state.get("propertyDependencies") or {}).items()},
        )
        for state in states
        if state.get("custom")
    }
    return list(_ordered(found))


def _ordered(found: Mapping[str, Recorded]) -> Iterator[Recorded]:
    placed: set[str] = set()

    def place(one: Recorded) -> Iterator[Recorded]:
        if one.urn not in placed:
            placed.add(one.urn)
            for urns in one.links.values():
                for urn in urns:
                    if urn in found:
                        yield from place(found[urn])
            yield one

    for one in found.values():
        yield from place(one)


def program(resources: Sequence[Recorded], total: int) -> str:
    """The source of a program with `total` resources: those given, again and again under other names."""
    provider = next(one for one in resources if one.type == PROVIDER)
    rest = [one for one in resources if one.type.startswith("aws:")]
    tags = json.loads(provider.inputs.get("defaultTags") or "{}").get("tags", {})
    head = HEAD.format(region=provider.inputs["region"], tags=tags)
    lines = (_line(one, copy, rest[0].urn) for copy in count() for one in rest)
    return head + "".join(islice(lines, total))


def _line(one: Recorded, copy: int, fallback: str) -> str:
    names = parameters(one.type)
    automatic = one.inputs.get("__defaults") or ()  # names that the provider made up
    given = ", ".join(
        f"{names[key]}={_source(value, one.links.get(key) or (fallback,), copy)}"
        for key, value in one.inputs.items()
        if key in names and key not in automatic
    )
    key = f"{one.urn} {copy}"
    return f"made[{key!r}] = {_class_path(one.type)}({f'{one.name}-{copy}'!r}, {given}, opts=child_opts)\n"


def _source(value: Any, urns: Sequence[str], copy: int) -> str:
    """A value as Python source; what a preview does not know is the id of a resource that it was made from."""
    turn = count()

    def written(part: Any) -> str:
        if isinstance(part, dict):
            items = cast("dict[str, Any]", part).items()
            if any(key == "assets" for key, _ in items):
                return "code"
            return "{" + ", ".join(f"{key!r}: {written(item)}" for key, item in items) + "}"
        if isinstance(part, list):
            return "[" + ", ".join(written(item) for item in cast("list[Any]", part)) + "]"
        if part == UNKNOWN:
            return f"made[{f'{urns[next(turn) % len(urns)]} {copy}'!r}].id"
        return repr(part)

    return written(value)


@cache
def parameters(token: str) -> Mapping[str, str]:
    """Input as the engine names it → parameter of the class."""
    signature = inspect.signature(cast("Any", _class(token))._internal_init)  # noqa: SLF001  the overloads hide the names
    return {camel(name): name for name in signature.parameters if name not in ("__self__", "resource_name", "opts")}


def camel(name: str) -> str:
    """A Python parameter as the engine names it."""
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)


def _class_path(token: str) -> str:
    _, module, name = token.split(":")
    module = module.split("/")[0]
    return f"aws.{'lambda_' if module == 'lambda' else module}.{name}"


def _class(token: str) -> type:
    found: Any = aws
    for part in _class_path(token).split(".")[1:]:
        found = getattr(found, part)
    return found
