"""Tags, in every operation that writes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from .relation import Params, Relation

_HOLDERS: Final = {"tags", "tagset", "taglist", "addtags"}
_MOST: Final = 50
_SOURCE: Final = "Tagging AWS Resources User Guide, tag naming limits and requirements"


def tag_lists(params: Any) -> Iterator[list[tuple[str, str]]]:
    """Every set of tags in the parameters of a request: whose they are (empty but for groups) and their keys."""
    if isinstance(params, list):
        for item in cast("list[Any]", params):
            yield from tag_lists(item)
    elif isinstance(params, Mapping):
        for name, value in cast("Mapping[str, Any]", params).items():
            if name.lower() in _HOLDERS and (found := _pairs(value)):
                yield found
            elif name.lower() not in _HOLDERS:
                yield from tag_lists(value)


def _pairs(value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [("", str(key)) for key in cast("Mapping[str, Any]", value)]
    found: list[tuple[str, str]] = []
    for item in cast("list[Any]", value if isinstance(value, list) else []):
        held = {str(name).lower(): each for name, each in item.items()} if isinstance(item, Mapping) else {}
        key = held.get("key", held.get("tagkey"))
        if isinstance(key, str):
            found.append((str(held.get("resourceid", "")), key))
    return found


def _reserved(params: Params) -> Iterator[str]:
    for tags in tag_lists(params):
        for _, key in tags:
            if key.lower().startswith("aws:"):
                yield f"Tag keys starting with 'aws:' are reserved for internal use, got '{key}'"


def _twice(params: Params) -> Iterator[str]:
    for tags in tag_lists(params):
        yield from (f"Duplicate tag key '{key}' specified." for (_, key), number in Counter(tags).items() if number > 1)


def _twice_without_case(params: Params) -> Iterator[str]:
    for tags in tag_lists(params):
        if len({key.lower() for _, key in tags}) < len(tags):
            yield "Duplicate tag keys found. Please note that Tag keys are case insensitive."


def _too_many(params: Params) -> Iterator[str]:
    for tags in tag_lists(params):
        if max(Counter(owner for owner, _ in tags).values()) > _MOST:
            yield f"Tag count exceeds the limit of {_MOST}"


RELATIONS: Final = (
    Relation(service="*", operations=("*",), problems=_reserved, source=_SOURCE),
    Relation(service="*", operations=("*",), problems=_twice, source=_SOURCE),
    Relation(service="*", operations=("*",), problems=_too_many, source=_SOURCE),
    Relation(
        service="iam",
        operations=("*",),
        problems=_twice_without_case,
        source="IAM User Guide, rules for tagging: tag keys are not case sensitive",
        code="InvalidInput",
    ),
)
