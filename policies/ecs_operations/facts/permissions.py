"""Reads IAM policy documents: who may do what to which resource."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.documents import parsed
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UnknownInputError


@dataclass(frozen=True)
class Statement:
    """One statement that allows something."""

    actions: tuple[str, ...]
    """Action patterns in lower case. NotAction counts as `*`: it allows nearly everything."""
    resources: tuple[str, ...]
    """Resource patterns. NotResource counts as `*`."""
    conditions: Mapping[str, tuple[str, ...]]
    """Condition key in lower case → values, whatever the operator; negated operators are left out."""

    def allows(self, action: str) -> bool:
        """Return whether an action pattern covers this action, as `autoscaling:CompleteLifecycleAction`."""
        return any(covers(pattern, action.lower()) for pattern in self.actions)


def covers(pattern: str, value: str) -> bool:
    """Return whether an IAM pattern with `*` and `?` covers a value."""
    return _expression(pattern).fullmatch(value) is not None


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in pattern), re.DOTALL)


def statements(document: object) -> list[Statement]:
    """Return the allowing statements of a parsed policy document."""
    given = document.get("Statement") if isinstance(document, dict) else None
    found = [given] if isinstance(given, dict) else given if isinstance(given, list) else []
    return [_statement(item) for item in found if isinstance(item, dict) and item.get("Effect") == "Allow"]


def _statement(item: Mapping[str, Any]) -> Statement:
    actions = _texts(item.get("Action")) if "Action" in item else ("*",)
    resources = _texts(item.get("Resource")) if "Resource" in item else ("*",)
    conditions = {
        key.lower(): _texts(value)
        for operator, keys in (item.get("Condition") or {}).items()
        if "Not" not in operator
        for key, value in keys.items()
    }
    return Statement(tuple(action.lower() for action in actions), resources, conditions)


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(item) for item in value or ())


def documents_of(resource: Resource) -> Iterator[Any]:
    """Yield the parsed policy documents that a policy or a role holds itself.

    Raises UnknownInputError when one is not known.
    """
    if resource.type == tokens.ROLE:
        for index in range(len(resource.get("inlinePolicies", default=[]))):
            yield parsed(resource, "inlinePolicies", index, "policy", default={})
    else:
        yield parsed(resource, "policy", default={})


def granted(graph: Graph, role: Resource) -> Iterator[Statement]:
    """Yield all that a role is allowed by documents of this stack; policies that AWS manages are not read.

    Raises UnknownInputError at the end when a document is not known, so that `any` still finds a known permission.
    """
    lost: UnknownInputError | None = None
    for holder in _holders(graph, role):
        try:
            for document in documents_of(holder):
                yield from statements(document)
        except UnknownInputError as unknown:
            lost = UnknownInputError(f"{unknown.path} of {holder.name}")
    if lost is not None:
        raise lost


def _holders(graph: Graph, role: Resource) -> list[Resource]:
    keys = ("id", "name", "arn")
    attached = [
        policy
        for attachment in graph.sources((tokens.ROLE_POLICY_ATTACHMENT,), "role", role, *keys)
        for policy in graph.targets(attachment, "policyArn", (tokens.MANAGED_POLICY,), *keys)
    ]
    return [role, *graph.sources((tokens.ROLE_POLICY,), "role", role, *keys), *attached]
