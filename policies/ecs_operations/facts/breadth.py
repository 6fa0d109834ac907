"""Whether a pattern or a condition says which one is meant, or leaves everything open."""

from __future__ import annotations

import re

from ecs_operations.facts.calls import is_positive
from ecs_operations.facts.statements import Condition, Statement

_NAMED_AT_ONCE = frozenset({"s3", "sns", "sqs"})
"""Services whose ARNs have the name where others have the type of the resource."""
_KINDS = frozenset(
    {"autoscalinggroupname", "launchconfigurationname", "log-stream", "policyname", "app", "net", "gwy", "index"}
)  # fmt: skip
"""Words of types that stand further back in an ARN."""
_SECTIONS = 6
_ACCOUNT = 4
_WILDCARDS = "*?"
_FILLERS = "*?-_."


def is_nameless(pattern: str) -> bool:
    """Return whether a pattern of ARNs names none: only wildcards are where the names are.

    `arn:aws:iam::*:role/*` and `arn:aws:s3:::*` name nothing; `role/web-*` and `log-group:/aws/lambda/*` do.
    """
    sections = pattern.split(":", _SECTIONS - 1)
    if len(sections) < _SECTIONS:
        return pattern.endswith("*") or not pattern.strip(_WILDCARDS)
    words = re.split(r"[/:]", sections[-1].lower())
    if len(words) > 1 and sections[2] not in _NAMED_AT_ONCE:
        words = words[1:]
    return all(not word.strip(_FILLERS) or word in _KINDS for word in words)


def is_broad_arn(pattern: str) -> bool:
    """Return whether a pattern covers resources of any account: it names none, nor a name that only one can have.

    Names of buckets are the only ones in the world.
    """
    sections = pattern.split(":", _SECTIONS - 1)
    if len(sections) < _SECTIONS:
        return any(char in pattern for char in _WILDCARDS)
    account = sections[_ACCOUNT]
    if sections[2] == "s3":
        return is_nameless(pattern)
    return any(char in account for char in _WILDCARDS) or (not account and is_nameless(pattern))


def narrows(condition: Condition) -> bool:
    """Return whether a condition says which ones are meant: by a value that a call must have, and that is a name."""
    if not is_positive(condition) or not condition.values:
        return False
    return not any(_is_open(value, condition.key) for value in condition.values)


def _is_open(value: str, key: str = "") -> bool:
    if value.startswith("arn:"):
        return is_nameless(value)
    words = value.split("/")[1:] if "/" in value and "*" in value and "tag/" not in key else [value]
    if key in _OF_ANYBODY and any(char in value for char in _WILDCARDS):
        return all(len(word.strip(_FILLERS + ":")) < _SHORTEST_NAME for word in words)
    return not any(word.strip(_FILLERS + ":") for word in words)


_SHORTEST_NAME = 4
"""Characters: `o-*` is the start of every organization, and `1*` that of a tenth of all accounts."""


_OF_ANYBODY = frozenset(
    {
        "aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn", "aws:sourceaccount",
        "aws:sourcearn", "aws:sourceowner", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourcevpc", "aws:sourcevpce",
        "aws:userid", "kms:calleraccount", "s3:dataaccesspointaccount", "lambda:functionarn", "aws:principaltag/*",
    }
)  # fmt: skip
"""Condition keys that say whose principals are meant where everybody is named (IAM user guide, global keys)."""


def names_callers(statement: Statement) -> bool:
    """Return whether a statement's conditions say which principals or accounts are meant."""
    return any(_names_caller(condition) for condition in statement.conditions)


def _names_caller(condition: Condition) -> bool:
    if condition.operator == "ipaddress" and condition.key == "aws:sourceip" and not condition.if_exists:
        return bool(condition.values) and not any(value.endswith("/0") for value in condition.values)
    if condition.key not in _OF_ANYBODY or not is_positive(condition) or not condition.values:
        return False
    return not any(
        is_broad_arn(one) if one.startswith("arn:") else _is_open(one, condition.key) for one in condition.values
    )
