"""The statements of a policy document, whatever their shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ecs_operations.facts.documents import loaded
from ecs_operations.facts.globs import covers
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import Unknown, UnknownInputError

POSITIVE = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"})
"""Operators that hold when a value is equal or alike; each has a negation (IAM user guide, Condition operators)."""
NEGATIVE = frozenset(
    {"stringnotequals", "stringnotequalsignorecase", "stringnotlike", "arnnotequals", "arnnotlike"}
)  # fmt: skip
EVERYBODY = "*"


@dataclass(frozen=True)
class Condition:
    """One operator with one key, both in lower case."""

    operator: str
    """Without its quantifier and without IfExists."""
    key: str
    values: tuple[str, ...]
    if_exists: bool = False
    for_all: bool = False
    """Whether it is ForAllValues, which holds when the call has no value."""


@dataclass(frozen=True)
class Statement:
    """One statement."""

    denies: bool
    actions: tuple[str, ...]
    """Action patterns in lower case; of NotAction, `*`: it allows nearly everything."""
    resources: tuple[str, ...]
    """Resource patterns; of NotResource, `*`. Empty where there is none, as in trust policies."""
    conditions: tuple[Condition, ...] = ()
    not_actions: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    principals: tuple[tuple[str, str], ...] = ()
    """Kind (AWS, Service, Federated, CanonicalUser) and name; everybody is of the kind AWS and named `*`."""
    not_principals: tuple[tuple[str, str], ...] = ()

    def names(self, action: str) -> bool:
        """Return whether an action pattern covers this action, as `autoscaling:CompleteLifecycleAction`."""
        wanted = action.lower()
        excluded = any(covers(pattern, wanted) for pattern in self.not_actions)
        return not excluded and any(covers(pattern, wanted) for pattern in self.actions)


def statements_at(resource: Resource, *path: str | int) -> tuple[Statement, ...]:
    """Return the statements of the document in an input. Raises UnknownInputError when it is not known."""
    given = resource.get(*path)
    return _of_text(given) if isinstance(given, str) else statements(given)


@lru_cache(maxsize=2048)
def _of_text(text: str) -> tuple[Statement, ...]:
    try:
        return statements(loaded(text))
    except ValueError:
        return ()


def statements(document: object) -> tuple[Statement, ...]:
    """Return the statements of a parsed policy document; what is none is left out."""
    if isinstance(document, list):
        return tuple(statement for item in document for statement in statements(item))
    given = document.get("Statement") if isinstance(document, dict) else None
    return tuple(_statement(item) for item in _listed(given) if isinstance(item, dict) and _effect(item))


def _effect(item: Mapping[str, Any]) -> bool:
    return item.get("Effect") in ("Allow", "Deny")


def _statement(item: Mapping[str, Any]) -> Statement:
    return Statement(
        denies=item["Effect"] == "Deny",
        actions=("*",) if "NotAction" in item else _lower(item.get("Action")),
        not_actions=_lower(item.get("NotAction")),
        resources=("*",) if "NotResource" in item else _texts(item.get("Resource")),
        not_resources=_texts(item.get("NotResource")),
        conditions=tuple(_conditions(item.get("Condition"))),
        principals=(("AWS", EVERYBODY),) if "NotPrincipal" in item else tuple(_principals(item.get("Principal"))),
        not_principals=tuple(_principals(item.get("NotPrincipal"))),
    )


def _principals(given: object) -> Iterator[tuple[str, str]]:
    if isinstance(given, dict):
        yield from ((str(kind), name) for kind, names in given.items() for name in _texts(names))
    else:
        yield from (("AWS", name) for name in _texts(given))


def _conditions(given: object) -> Iterator[Condition]:
    for operator, keys in given.items() if isinstance(given, dict) else ():
        quantifier, _, name = str(operator).strip().lower().rpartition(":")
        for key, values in keys.items() if isinstance(keys, dict) else ():
            yield Condition(
                operator=name.removesuffix("ifexists"),
                key=str(key).lower(),
                values=_texts(values),
                if_exists=name.endswith("ifexists"),
                for_all=quantifier == "forallvalues",
            )


def _lower(value: object) -> tuple[str, ...]:
    return tuple(text.lower() for text in _texts(value))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(_text(item) for item in _listed(value) if item is not None)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _listed(value: object) -> list[Any]:
    if isinstance(value, Unknown):
        raise UnknownInputError("policy")
    return value if isinstance(value, list) else [value]
