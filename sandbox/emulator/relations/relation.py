"""What a relation is, and the few ways in which one is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import jmespath

Params: TypeAlias = "dict[str, Any]"
Problems = Callable[[Params], Iterator[str]]
Keeps = Callable[[Any], bool]


@dataclass(frozen=True, kw_only=True)
class Relation:
    """Something that a service refuses in these operations and that its model does not say."""

    service: str
    operations: tuple[str, ...]
    """Their names; `*` is every operation that writes."""
    problems: Problems
    source: str
    """Where AWS says so."""
    code: str | None = None
    """The error; None: the one with which the service refuses any parameter."""


def values(at: str, keeps: Keeps, says: str) -> Problems:
    """Every value there (JMESPath; None is no value) keeps something, else a sentence that may name the {value}."""
    query = jmespath.compile(at)

    def problems(params: Params) -> Iterator[str]:
        found = query.search(params)
        for value in found if isinstance(found, list) else [found]:
            if value is not None and not keeps(value):
                yield says.format(value=value)

    return problems


def matches(pattern: str) -> Keeps:
    """Whether the whole of a text is like this."""
    compiled = re.compile(pattern)
    return lambda value: bool(compiled.fullmatch(str(value)))


def between(least: float, most: float) -> Keeps:
    """Whether a number, or a text of one, is in a range."""

    def keeps(value: Any) -> bool:
        try:
            return least <= float(value) <= most
        except ValueError:
            return False

    return keeps


def one_of(allowed: Collection[Any]) -> Keeps:
    """Whether a value is one of these."""
    return lambda value: value in allowed
