"""The part of ECS's cluster query language that placement constraints and list filters use.

Clauses joined by `and`: `attribute:NAME == VALUE`, `!=`, `in [a, b]`, `not_in [a, b]`, `exists`, `=~ REGEX`, and the
subjects ec2InstanceId, agentConnected, runningTasksCount, pendingTasksCount. No `or`, no parentheses.
"""

import re
from collections.abc import Callable, Mapping

_CLAUSE = re.compile(r"(?P<subject>\S+)\s+(?P<operator>==|!=|>=|<=|>|<|=~|in|not_in|exists)(?:\s+(?P<value>.+))?")
_NUMBERS: dict[str, Callable[[float, float], bool]] = {
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
}
_WORDS = {"equals": "==", "not_equals": "!=", "matches": "=~"}


def matches(expression: str, facts: Mapping[str, str | None]) -> bool:
    """Whether the facts of an instance (`attribute:x`, `agentConnected`, …) fulfil an expression.

    ValueError for an expression that is not understood.
    """
    return all(_clause(text.strip(), facts) for text in re.split(r"\s+and\s+|\s*&&\s*", expression.strip()))


def _clause(text: str, facts: Mapping[str, str | None]) -> bool:
    for word, operator in _WORDS.items():
        text = text.replace(f" {word} ", f" {operator} ")
    found = _CLAUSE.fullmatch(text)
    if not found:
        raise ValueError(f"cannot read the expression {text!r}")
    subject, operator = found["subject"], found["operator"]
    value = (found["value"] or "").strip().strip("\"'")
    actual = facts.get(subject)
    if operator == "exists":
        return subject in facts
    if operator in _NUMBERS:
        return actual is not None and _NUMBERS[operator](float(actual), float(value))
    return _text(operator, actual, value)


def _text(operator: str, actual: str | None, value: str) -> bool:
    if operator in {"in", "not_in"}:
        listed = [part.strip().strip("\"'") for part in value.strip("[]").split(",")]
        return (actual in listed) == (operator == "in")
    if operator == "=~":
        return actual is not None and re.fullmatch(value, actual) is not None
    return (actual == value) == (operator == "==")
