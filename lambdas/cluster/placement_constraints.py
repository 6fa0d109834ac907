"""Placement constraints that decide in which zone or on which instance type a task may run.

Understood: `attribute:ecs.availability-zone` and `attribute:ecs.instance-type` compared with ==, !=, in, not_in, and
with =~ and !~ where the pattern is a simple one, joined by `and`. Everything else counts as satisfied, and is handed
back so that it can be logged: a task that it keeps from every instance is not helped by more of them.
Source: ECS developer guide, cluster query language.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from .services import Constraint
from .simple_patterns import matches, understood

_OPERATORS: Final = {
    "==": "in",
    "equals": "in",
    "in": "in",
    "!=": "not in",
    "not_equals": "not in",
    "not_in": "not in",
    "!in": "not in",
    "=~": "matches",
    "matches": "matches",
    "!~": "not matches",
    "not_matches": "not matches",
}
_ATTRIBUTES: Final = {"availability-zone": "zone", "instance-type": "instance_type"}
_CLAUSE: Final = re.compile(
    r"attribute:ecs\.(?P<attribute>availability-zone|instance-type)\s*"
    r"(?P<operator>==|!=|=~|!~|!in\b|equals\b|not_equals\b|in\b|not_in\b|matches\b|not_matches\b)\s*(?P<values>.+)"
)
_OTHER_LOGIC: Final = re.compile(r"\|\||\bor\b|\bnot\b|!\s*\(|\(|\)")
_AND: Final = re.compile(r"\s+and\s+|\s*&&\s*")


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One condition on the zone or the type of an instance."""

    attribute: str
    operator: str
    values: tuple[str, ...]

    def allows(self, zone: str, instance_type: str) -> bool:
        value = zone if self.attribute == "zone" else instance_type
        if self.operator.endswith("matches"):
            holds = any(matches(pattern, value) for pattern in self.values)
        else:
            holds = value in self.values
        return holds != self.operator.startswith("not")


def parse(constraints: Iterable[Constraint]) -> tuple[tuple[Condition, ...], tuple[str, ...]]:
    """The conditions that are understood, in a fixed order, and the expressions that are not."""
    understood: set[Condition] = set()
    ignored: list[str] = []
    for each in constraints:
        if each.kind == "memberOf":
            conditions, foreign = _expression(each.expression)
            understood |= set(conditions)
            ignored += foreign
    return tuple(sorted(understood, key=repr)), tuple(sorted(set(ignored)))


@cache
def _expression(expression: str) -> tuple[tuple[Condition, ...], tuple[str, ...]]:
    if _OTHER_LOGIC.search(expression):
        return (), (expression,)
    found: list[Condition] = []
    foreign: list[str] = []
    for clause in _AND.split(expression.strip()):
        condition = _condition(clause)
        if condition is None:
            foreign.append(clause)
        else:
            found.append(condition)
    return tuple(found), tuple(foreign)


def _condition(clause: str) -> Condition | None:
    match = _CLAUSE.fullmatch(clause.strip())
    if not match:
        return None
    text, operator = match["values"].strip(), _OPERATORS[match["operator"]]
    listed = text.startswith("[") and operator.endswith("in")
    parts = text.strip("[]").split(",") if listed else [text]
    values = tuple(part.strip().strip("'\"") for part in parts)
    if operator.endswith("matches") and not all(map(understood, values)):
        return None
    return Condition(attribute=_ATTRIBUTES[match["attribute"]], operator=operator, values=values)
