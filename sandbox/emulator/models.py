"""What the service models of AWS refuse: enums, patterns, lengths, ranges and sizes of lists. Pure.

boto3 holds a request against types, required members and minima alone; AWS holds it against all of the model. The
sentences are those of AWS's own framework.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

from moto.core.utils import get_service_model

Check = Callable[[Any, str], Iterator[str]]
"""The problems of a value that stands at a path."""

_TOO_STRICT: Final = {
    ("ssm", "OpsAggregatorType"): "its pattern is the beginning of a value, no whole value",
    ("iam", "policyDocumentType"): "IAM counts without blanks, and the model does not say it",
}
"""Service and shape whose constraints AWS does not hold a request against, with the reason."""

_BLANKS: Final = r"\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_JAVA: Final = (
    (r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF"),  # one character in Python, two in Java
    (r"\p{L}", r"\w"),
    (r"\p{N}", r"\w"),
    (r"\p{Z}", _BLANKS),
    (r"\p{Print}", r"[\x20-\x7e]"),
    (r"\p{ASCII}", r"[\x00-\x7f]"),
    (r"\w-", r"\w\-"),
)
"""Where patterns of the models are Java's, and how Python writes them; `\\w` lets an underscore through as well."""


@cache
def python_pattern(pattern: str) -> re.Pattern[str] | None:
    """A pattern of a model for Python; None for one with classes of characters that Python lacks."""
    flags = 0 if r"\p{" in pattern else re.ASCII
    for java, python in _JAVA:
        pattern = pattern.replace(java, python)
    try:
        return re.compile(pattern, flags)
    except re.error:
        return None


def problems(service: str, operation: str, params: dict[str, Any]) -> list[str]:
    """What is wrong with the parameters of a request, a sentence each."""
    check = _of_operation(service, operation)
    return [*check(params, "")] if check else []


@cache
def _of_operation(service: str, operation: str) -> Check | None:
    shape = get_service_model(service).operation_model(operation).input_shape
    return _Checks(service).of(shape) if shape else None


class _Checks:
    """The checks of one service's shapes; a shape without any constraint in it has none."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._made: dict[str, Check | None] = {}

    def of(self, shape: Any) -> Check | None:
        """The check of a shape. One that contains itself finds its own check when a value is there."""
        if shape.name in self._made:
            return self._made[shape.name]
        self._made[shape.name] = lambda value, path: self._late(shape.name, value, path)
        checks = [*self._own(shape), *filter(None, [self._inner(shape)])]
        self._made[shape.name] = made = _together(checks)
        return made

    def _late(self, name: str, value: Any, path: str) -> Iterator[str]:
        check = self._made[name]
        if check:
            yield from check(value, path)

    def _own(self, shape: Any) -> list[Check]:
        if (self._service, shape.name) in _TOO_STRICT:
            return []
        constraints = _constraints(shape)
        return [lambda value, path: _violated(constraints, value, path)] if constraints else []

    def _inner(self, shape: Any) -> Check | None:
        match shape.type_name:
            case "structure":
                return _members({name: check for name, each in shape.members.items() if (check := self.of(each))})
            case "list":
                return _items(self.of(shape.member))
            case "map":
                return _entries(self.of(shape.key), self.of(shape.value))
            case _:
                return None


def _together(checks: list[Check]) -> Check | None:
    def check(value: Any, path: str) -> Iterator[str]:
        for each in checks:
            yield from each(value, path)

    return check if len(checks) > 1 else next(iter(checks), None)


def _members(checks: dict[str, Check]) -> Check | None:
    def check(value: Any, path: str) -> Iterator[str]:
        for name, each in checks.items() if isinstance(value, dict) else ():
            if (held := value.get(name)) is not None:
                yield from each(held, f"{path}.{_small(name)}" if path else _small(name))

    return check if checks else None


def _items(member: Check | None) -> Check | None:
    def check(value: Any, path: str) -> Iterator[str]:
        for number, item in enumerate(value if isinstance(value, list) else (), 1):
            yield from member(item, f"{path}.{number}.member") if member else ()

    return check if member else None


def _entries(key: Check | None, entry: Check | None) -> Check | None:
    def check(value: Any, path: str) -> Iterator[str]:
        for name, held in value.items() if isinstance(value, dict) else ():
            yield from key(name, path) if key else ()
            yield from entry(held, f"{path}.{name}.member") if entry and held is not None else ()

    return check if key or entry else None


def _small(name: str) -> str:
    return name[:1].lower() + name[1:]


Constraint = tuple[Callable[[Any], bool], str]
"""Whether a value keeps it, and what AWS says otherwise."""


def _violated(constraints: list[Constraint], value: Any, path: str) -> Iterator[str]:
    for keeps, sentence in constraints:
        if not keeps(value):
            yield f"Value '{value}' at '{path}' failed to satisfy constraint: Member must {sentence}"


def _constraints(shape: Any) -> list[Constraint]:
    match shape.type_name:
        case "string":
            return [*_enum(shape), *_pattern(shape), *_bounds(shape, "have length", len)]
        case "blob" | "list" | "map":
            return [*_bounds(shape, "have length", len)]
        case "integer" | "long" | "float" | "double":
            return [*_bounds(shape, "have value", lambda value: value)]
        case _:
            return []


def _enum(shape: Any) -> Iterator[Constraint]:
    values = shape.metadata.get("enum")
    if values:
        yield (lambda value: value in values), f"satisfy enum value set: [{', '.join(values)}]"


def _pattern(shape: Any) -> Iterator[Constraint]:
    text = shape.metadata.get("pattern")
    found = python_pattern(text) if text else None
    if found:
        yield (lambda value: bool(found.fullmatch(value))), f"satisfy regular expression pattern: {text}"


def _bounds(shape: Any, what: str, size: Callable[[Any], Any]) -> Iterator[Constraint]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None:
        yield (lambda value: size(value) >= least), f"{what} greater than or equal to {least}"
    if most is not None:
        yield (lambda value: size(value) <= most), f"{what} less than or equal to {most}"
