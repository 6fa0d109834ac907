"""Exemptions: resources that a rule leaves alone, each with a reason and a last day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ecs_operations.facts.values import plain

EXEMPT = "exempt"
SHORTEST_REASON = 10
"""Characters. A reason that is shorter tells the next reader nothing."""
FIELDS = ("match", "reason", "expires", "stack", "rules")
SCHEMA: dict[str, Any] = {
    "type": "array",
    "default": [],
    "description": "Resources that the rule leaves alone: a regular expression on the URN, the reason, the last day, "
    "and, in a file that serves several stacks, the stack's name.",
    "items": {
        "type": "object",
        "properties": {
            **{name: {"type": "string"} for name in FIELDS if name != "rules"},
            "rules": {"type": "array", "items": {"type": "string"}},
        },
    },
}
"""All fields are optional here: a missing one becomes a finding that names the entry."""


@dataclass(frozen=True)
class Exemption:
    """One entry of an `exempt` list."""

    match: str
    """Regular expression, searched for in the URN."""
    reason: str
    expires: str
    """ISO date: the last day on which it holds."""
    stack: str = ""
    """Name of the only stack that it is about; by default it is about each."""
    rules: tuple[str, ...] | None = None
    """Ids of the rules, where it stands under `all`; by default those of every rule."""
    unknown_fields: tuple[str, ...] = ()
    """Given fields that an exemption does not have."""
    path: str = ""
    """Where it stands in the configuration, as `logs-retention.exempt[0]`."""

    def problem(self, today: date) -> str:
        """Return why the entry does not hold, empty if it does."""
        if self.unknown_fields:
            return f"has the unknown field {self.unknown_fields[0]}; the fields are {', '.join(FIELDS)}"
        if problem := _bad_pattern(self.match):
            return problem
        if len(self.reason.strip()) < SHORTEST_REASON:
            return "has no reason: say why the rule does not apply"
        try:
            last = date.fromisoformat(self.expires)
        except ValueError:
            return "has no expiry date: add expires, as 2030-12-31"
        return f"expired on {last.isoformat()}: remove it, or renew the reason and the date" if last < today else ""

    def concerns(self, rule: str) -> bool:
        """Return whether it is about this rule."""
        return self.rules is None or rule in self.rules

    def covers(self, urn: str) -> bool:
        """Return whether the pattern matches this URN; an invalid pattern matches none."""
        return self.of_stack(urn) and not _bad_pattern(self.match) and re.search(self.match, urn) is not None

    def of_stack(self, urn: str) -> bool:
        """Return whether a URN is of the stack that it is about."""
        return self.stack in ("", urn.removeprefix("urn:pulumi:").partition("::")[0])


def _bad_pattern(pattern: str) -> str:
    if not pattern:
        return "has no match: give a regular expression for the URN"
    try:
        matches_all = re.search(pattern, "") is not None
    except re.error as error:
        return f"has an invalid regular expression: {error}"
    return "matches everything: name the resources" if matches_all else ""


def listed(given: Mapping[str, Any] | None, where: str = "") -> tuple[Exemption, ...]:
    """Return the exemptions among the settings given to a rule (or `all`), well-formed or not."""
    entries = plain((given or {}).get(EXEMPT))
    if not isinstance(entries, list):
        return ()
    return tuple(_entry(entry, f"{where}.{EXEMPT}[{number}]") for number, entry in enumerate(entries))


def _entry(entry: object, path: str) -> Exemption:
    values: dict[str, Any] = entry if isinstance(entry, dict) else {}
    match, reason, expires, stack = (str(values.get(name) or "") for name in FIELDS[:4])
    rules = values.get("rules")
    names = tuple(map(str, rules)) if isinstance(rules, list) else None if rules is None else (str(rules),)
    return Exemption(match, reason, expires, stack, names, tuple(sorted(set(values) - set(FIELDS))), path)


def exempt(urn: str, exemptions: Iterable[Exemption], today: date) -> bool:
    """Return whether a valid exemption covers this resource today."""
    return any(not entry.problem(today) and entry.covers(urn) for entry in exemptions)


@dataclass(frozen=True)
class Faults:
    """What is wrong with exemptions."""

    wrong: tuple[str, ...] = ()
    """Those that do not hold, or that matched nothing in the stack that they name."""
    unused: tuple[str, ...] = ()
    """Those that matched nothing here, and may be about another stack."""


def faults(exemptions: Iterable[Exemption], urns: Mapping[str, Iterable[str]], today: date) -> Faults:
    """Return what is wrong with exemptions, given rule id → URNs of all resources that the rule judges."""
    wrong, unused = list[str](), list[str]()
    for entry in exemptions:
        problem = _unknown_rule(entry, urns) or entry.problem(today)
        if problem:
            wrong.append(f"{entry.path}: the exemption of /{entry.match}/ {problem}")
        elif not any(entry.covers(urn) for rule, judged in urns.items() if entry.concerns(rule) for urn in judged):
            text = f"{entry.path}: the exemption of /{entry.match}/ matches no resource of this stack that is judged"
            if not entry.stack:
                unused.append(f"{text}: remove it, or say with stack which one it is about")
            elif any(entry.of_stack(urn) for judged in urns.values() for urn in judged):
                wrong.append(f"{text}: remove it")
    return Faults(tuple(wrong), tuple(unused))


def _unknown_rule(entry: Exemption, urns: Mapping[str, Iterable[str]]) -> str:
    unknown: Iterator[str] = (name for name in entry.rules or () if name not in urns)
    name = next(unknown, None)
    return f"names the rule {name}, which does not exist" if name else ""
