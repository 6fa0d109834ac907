"""What IAM policy documents allow: as much of IAM's logic as the documents of this program need, and no guess beyond.

A construct that is not modelled raises, so that no test passes by a misreading. Evaluated are identity policies: an
explicit Deny wins, otherwise one Allow suffices (IAM user guide, "Policy evaluation logic"; "IAM JSON policy elements:
Condition operators"; "Creating a condition with multiple keys or values").
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

NO_RESOURCE = "*"
"""The resource of a call whose action has no resource types: only a statement for every resource matches it."""

ContextValue = str | Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request, as IAM sees it."""

    action: str
    """For example ecs:ListTasks."""
    resource: str = NO_RESOURCE
    """An ARN. A `*` in it stands for any of its kind and is matched only by a pattern that covers all of them."""
    context: Mapping[str, ContextValue] = field(default_factory=dict)
    """Condition keys that AWS sends with the request."""

    def __str__(self) -> str:
        return f"{self.action} on {self.resource} with {dict(self.context)}"


def allowed(documents: Iterable[str], call: Call) -> bool:
    """Whether the documents of one role, taken together, allow a call."""
    effects = {one["Effect"] for one in _statements(documents) if _matches(one, call)}
    return effects == {"Allow"}


def refused(documents: Iterable[str], calls: Iterable[Call]) -> list[str]:
    """The calls that the documents do not allow."""
    documents = list(documents)
    return [str(call) for call in calls if not allowed(documents, call)]


def unused_grants(documents: Iterable[str], calls: Iterable[Call]) -> list[str]:
    """The granted actions, each with the resources of its statement, that none of the calls makes use of."""
    documents, calls = list(documents), list(calls)
    used = [call for call in calls if allowed(documents, call)]
    return [
        f"{pattern} on {', '.join(_listed(one['Resource']))}"
        for one in _statements(documents)
        if one["Effect"] == "Allow"
        for pattern in _listed(one["Action"])
        if not any(_matches({**one, "Action": pattern}, call) for call in used)
    ]


def _statements(documents: Iterable[str]) -> Iterator[dict[str, Any]]:
    for text in documents:
        document = json.loads(text)
        _no_others(document, {"Version", "Id", "Statement"})
        statements = document["Statement"]
        for one in [statements] if isinstance(statements, dict) else statements:
            _no_others(one, {"Sid", "Effect", "Action", "Resource", "Condition"})
            if one["Effect"] not in ("Allow", "Deny"):
                raise NotImplementedError(f"effect {one['Effect']}")
            if "${" in json.dumps(one):
                raise NotImplementedError(f"policy variables: {one}")
            yield one


def _no_others(element: Mapping[str, Any], known: set[str]) -> None:
    if unknown := element.keys() - known:
        raise NotImplementedError(f"policy elements {', '.join(sorted(unknown))}")


def _listed(value: ContextValue) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _matches(statement: Mapping[str, Any], call: Call) -> bool:
    return (
        any(_like(pattern.lower(), call.action.lower()) for pattern in _listed(statement["Action"]))
        and any(_like(pattern, call.resource) for pattern in _listed(statement["Resource"]))
        and _conditions_hold(statement.get("Condition", {}), call.context)
    )


def _like(pattern: str, text: str) -> bool:
    """`*` is any text, `?` one character; a `*` of the text is covered by a `*` of the pattern only."""
    parts = {"*": ".*", "?": "[^*]"}
    return re.fullmatch("".join(parts.get(char, re.escape(char)) for char in pattern), text, re.DOTALL) is not None


def _arn_like(pattern: str, text: str) -> bool:
    """Each of the six parts of an ARN on its own: a `*` does not reach over a colon."""
    return len(text.split(":", 5)) == len(pattern.split(":", 5)) and all(
        _like(*pair) for pair in zip(pattern.split(":", 5), text.split(":", 5), strict=True)
    )


_TESTS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, got: wanted == got,
    "StringEqualsIgnoreCase": lambda wanted, got: wanted.lower() == got.lower(),
    "StringLike": _like,
    "ArnEquals": _arn_like,  # the same as ArnLike (IAM user guide, "Amazon Resource Name (ARN) condition operators")
    "ArnLike": _arn_like,
    "Bool": lambda wanted, got: wanted.lower() == got.lower(),
}
_NEGATED = {name.replace("Equals", "NotEquals").replace("Like", "NotLike"): name for name in _TESTS if name != "Bool"}


def _conditions_hold(conditions: Mapping[str, Mapping[str, Any]], context: Mapping[str, ContextValue]) -> bool:
    by_key = {key.lower(): value for key, value in context.items()}
    return all(
        _holds(operator, _listed(_as_text(wanted)), by_key.get(key.lower()))
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _as_text(wanted: Any) -> ContextValue:
    return json.dumps(wanted) if isinstance(wanted, bool) else wanted


def _holds(operator: str, wanted: list[str], got: ContextValue | None) -> bool:
    if operator == "Null":
        return (got is None) == (wanted == ["true"])
    quantifier, _, plain = operator.rpartition(":")
    name = plain.removesuffix("IfExists")
    negated = name in _NEGATED
    test = _TESTS.get(_NEGATED.get(name, name))
    if test is None or quantifier not in ("", "ForAnyValue", "ForAllValues"):
        raise NotImplementedError(f"condition operator {operator}")
    if got is None:
        return negated or plain.endswith("IfExists") or quantifier == "ForAllValues"
    results = [any(test(one, value) for one in wanted) != negated for value in _listed(got)]
    if quantifier:
        return any(results) if quantifier == "ForAnyValue" else all(results)
    if not isinstance(got, str):
        raise NotImplementedError(f"{operator} on several values: say ForAnyValue or ForAllValues")
    return results[0]
