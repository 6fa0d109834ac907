"""Whether statements allow a call: as much of IAM's logic as a graph can answer.

A part that is not known counts in favour of who asks: it satisfies what allows, and what denies does not apply.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from ecs_operations.facts.globs import covers, is_open, may_cover
from ecs_operations.facts.statements import EVERYBODY, NEGATIVE, POSITIVE, Condition, Statement

Answer = bool | None
"""None where the graph does not tell."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request, as IAM sees it."""

    action: str
    resources: tuple[str, ...] = ()
    """ARNs that the resource may have, in which globs.UNSAID stands for what is not known; empty if nothing is."""
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Condition key in lower case → values it may have; no value: AWS sends the key with no such call."""
    tags: Mapping[str, str] | None = None
    """Tags of the resource by their keys in lower case; None if they are not known."""
    role_tags: Mapping[str, str] | None = None
    """Tags of the role that calls, likewise."""
    services: tuple[str, ...] = ()
    """Names of the AWS service that calls; empty for the role whose own policies are asked."""


SENT_BY_A_ROLE: Mapping[str, tuple[str, ...]] = {
    "aws:securetransport": ("true",),
    "aws:viaawsservice": ("false",),
    "aws:principalisawsservice": ("false",),
    "aws:multifactorauthpresent": (),
    "aws:multifactorauthage": (),
    "aws:username": (),
    "aws:sourcearn": (),
    "aws:sourceaccount": (),
    "aws:sourceowner": (),
    "aws:calledvia": (),
    "aws:sourcevpc": (),
    "aws:sourcevpce": (),
    "aws:federatedprovider": (),
}
"""What the call of a function outside a VPC comes with (source: IAM user guide, AWS global condition context keys)."""


def allowed(statements: Iterable[Statement], call: Call) -> bool:
    """Return whether a statement allows the call, and none takes it back."""
    found = False
    for statement in statements:
        answer = applies(statement, call)
        if statement.denies and answer is True:
            return False
        found = found or (not statement.denies and answer is not False)
    return found


def applies(statement: Statement, call: Call) -> Answer:
    """Return whether a statement is about a call."""
    if not statement.names(call.action) or not _is_principal(statement, call):
        return False
    return _all((_is_resource(statement, call), *(_holds(one, call) for one in statement.conditions)))


def meets_conditions(statement: Statement, call: Call) -> Answer:
    """Return whether a call meets the conditions of a statement, whatever its resource and principal."""
    return _all(_holds(one, call) for one in statement.conditions)


def _all(answers: Iterable[Answer]) -> Answer:
    found = tuple(answers)
    return False if False in found else None if None in found else True


def _any(answers: Iterable[Answer]) -> Answer:
    found = tuple(answers)
    return True if True in found else None if None in found else False


def _is_principal(statement: Statement, call: Call) -> bool:
    if not call.services:
        return True
    return _names_service(statement.principals, call) and not _names_service(statement.not_principals, call)


def _names_service(principals: Iterable[tuple[str, str]], call: Call) -> bool:
    return any(
        name == EVERYBODY or (kind == "Service" and any(may_cover(name, service) for service in call.services))
        for kind, name in principals
        if kind in ("AWS", "Service")
    )


def _is_resource(statement: Statement, call: Call) -> Answer:
    if not statement.resources:
        return True
    if statement.not_resources and _any(_matches(one, call) for one in statement.not_resources) is True:
        return False
    return _any(_matches(pattern, call) for pattern in statement.resources)


def _matches(pattern: str, call: Call) -> Answer:
    """Return whether a pattern covers the resource of a call."""
    if pattern == "*":
        return True
    return _like(pattern, call.resources) if call.resources else None


_VARIABLE = re.compile(r"\$\{[^}]*\}")


def _like(pattern: str, texts: Collection[str]) -> Answer:
    """Return whether a pattern covers one of these texts; None where that hangs on what is not known."""
    wanted, certain = _VARIABLE.sub("*", pattern), "${" not in pattern
    return _any(
        True
        if certain and covers(wanted, text)
        else None
        if may_cover(wanted, text) and _open(text, certain)
        else False
        for text in texts
    )


def _open(text: str, certain: bool) -> bool:
    return is_open(text) or not certain


def _equal(wanted: str, texts: Collection[str]) -> Answer:
    if "${" in wanted:
        return None
    return _any(
        True if text == wanted else None if is_open(text) and may_cover(_literal(wanted), text) else False
        for text in texts
    )


def _literal(text: str) -> str:
    """Return a text without wildcards, for operators that know none."""
    return text.translate({ord("*"): "_", ord("?"): "_"})


def _equal_without_case(wanted: str, texts: Collection[str]) -> Answer:
    return _equal(wanted.lower(), [text.lower() for text in texts])


_TESTS: dict[str, Callable[[str, Collection[str]], Answer]] = {
    "stringequals": _equal,
    "stringequalsignorecase": _equal_without_case,
    "stringlike": _like,
    "arnequals": _like,
    "arnlike": _like,
    "bool": _equal_without_case,
}


_DATES = {"datelessthan": False, "datelessthanequals": False, "dategreaterthan": True, "dategreaterthanequals": True}
"""Operator → whether it holds from now on for a day that is over."""
_WRITTEN_ON = date(2026, 11, 27)
"""A day before this one is over, whenever the pack runs."""


def _in_time(value: str, operator: str) -> Answer:
    try:
        day = date.fromisoformat(value[:10])
    except ValueError:
        return None
    return _DATES[operator] if day < _WRITTEN_ON else None


def _holds(condition: Condition, call: Call) -> Answer:
    sent = _sent(condition.key, call)
    if condition.operator == "null":
        wanted_absent = "true" in condition.values
        return None if sent is None else (not sent) is wanted_absent
    if condition.key == "aws:currenttime" and condition.operator in _DATES:
        return _any(_in_time(value, condition.operator) for value in condition.values)
    if sent is None:
        return None
    negated = condition.operator in NEGATIVE
    if not sent:
        return condition.if_exists or condition.for_all or negated
    test = _TESTS.get(condition.operator.replace("not", "", 1) if negated else condition.operator)
    if test is None:
        return None
    found = _any(test(value, sent) for value in condition.values)
    return (None if found is None else not found) if negated else found


def _sent(key: str, call: Call) -> tuple[str, ...] | None:
    """Return what a key holds in a call; None if that is not known."""
    if key in call.context:
        return call.context[key]
    for kind, tags in (("resourcetag/", call.tags), ("aws:principaltag/", call.role_tags)):
        if tags is not None and kind in key:
            tag = tags.get(key.partition(kind)[2])
            return () if tag is None else (tag,)
    service = key.partition(":")[0]
    own = {"aws", call.action.partition(":")[0].lower()}
    return None if service in own or "." in service else ()


def is_positive(condition: Condition) -> bool:
    """Return whether a condition holds only when the call has the key, with one of the values."""
    return condition.operator in POSITIVE and not condition.if_exists and not condition.for_all
