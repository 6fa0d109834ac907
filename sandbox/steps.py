"""The steps that entries are made of: calls, their parameters and how the resource is found in an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import jmespath

from sandbox.resource import Call, Given, Step, Tagging
from sandbox.wire import AssetOrArchive


def op(operation: str, at: str = "", /, **given: Given) -> Step:
    """A call with these parameters alone (functions get the Call); `at` picks from the answer (JMESPath)."""
    return lambda call: _picked(call.send(operation, **given), at)


def fill(operation: str, at: str = "", /, **given: Given) -> Step:
    """A call with every property that the operation knows, and these parameters."""
    return lambda call: _picked(call.fill(operation, **given), at)


def one_of(operation: str, at: str, where: Mapping[str, Given], /, **given: Given) -> Step:
    """Of what an operation lists, the item with these members; None where there is none.

    The first item would do on AWS, which filters by `given`. The emulator ignores some filters, and then the first item
    is another resource.
    """

    def look(call: Call) -> Any:
        wanted = {key: value(call) if callable(value) else value for key, value in where.items()}
        return next((item for item in call.each(operation, at, given) if _has(item, wanted)), None)

    return look


def _has(item: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return all(item.get(key) == value for key, value in wanted.items())


def steps(*each: Step) -> Step:
    """Several steps; the result is the last one's."""

    def run(call: Call) -> Any:
        result: Any = None
        for step in each:
            result = step(call)
        return result

    return run


def then(create: Step, *after: Step) -> Step:
    """Create, then steps that know the id."""

    def run(call: Call) -> str:
        made = str(create(call))
        for step in after:
            step(replace(call, id=made))
        return made

    return run


def upsert(step: Step, identity: Callable[[Call], str]) -> Step:
    """A creation by a call that answers nothing useful; the id is made of properties."""

    def run(call: Call) -> str:
        step(call)
        return identity(call)

    return run


def prop(name: str, default: Any = None) -> Callable[[Call], Any]:
    """The value of a property."""
    return lambda call: call.get(name, default)


def text(pattern: str) -> Callable[..., str]:
    """A text with `{id}`, `{region}`, `{account}`, `{partition}` and properties filled in."""

    class _Values(dict[str, Any]):
        def __init__(self, call: Call) -> None:
            super().__init__(id=call.id, region=call.region, account=call.account, partition=call.partition)
            self._call = call

        def __missing__(self, key: str) -> Any:
            return self._call.get(key, "")

    def fact(call: Call, _found: Any = None) -> str:
        return pattern.format_map(_Values(call))

    return fact


def whole(call: Call) -> str:
    """The id."""
    return call.id


def _one_id(call: Call) -> list[str]:
    """The id, where the API takes several."""
    return [call.id]


def part(number: int, separator: str = "/") -> Callable[[Call], str]:
    """A piece of an id that is made of several."""
    return lambda call: call.id.split(separator)[number]


def nothing(_call: Call) -> None:
    """No call at all."""


def among(*names: str) -> frozenset[str]:
    """Property names."""
    return frozenset(names)


def asset_or_archive(call: Call, name: str) -> AssetOrArchive | None:
    """The archive or asset of a property, if it came with its content."""
    found = call.new.get(name)
    return found if isinstance(found, AssetOrArchive) else None


def _picked(answer: dict[str, Any], at: str) -> Any:
    return jmespath.search(at, answer) if at else answer


ID: Final = whole


IDS: Final = _one_id


NAME: Final = prop("name")


ARN: Final = prop("arn")


TAGS_BY_ARN: Final = Tagging(
    add="tag_resource", remove="untag_resource", target={"ResourceARN": ARN}, look="list_tags_for_resource"
)
"""How most services take the tags of a resource."""
