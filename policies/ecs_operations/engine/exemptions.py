"""Exemptions: resources that a rule leaves alone, each with a reason and a last day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ecs_operations.engine.configuration import EXEMPT
from ecs_operations.facts.values import plain

SHORTEST_REASON = 10
"""Characters. A reason that is shorter tells the next reader nothing."""

FIELDS = ("match", "reason", "expires")


@dataclass(frozen=True)
class Exemption:
    """One entry of a rule's `exempt` list."""

    match: str
    """Regular expression, searched for in the URN."""
    reason: str
    expires: str
    """ISO date: the last day on which it holds."""
    unknown_fields: tuple[str, ...] = ()
    """Given fields that an exemption does not have."""

    def problem(self, today: date) -> str:
        """Return why the entry does not hold, empty if it does."""
        if self.unknown_fields:
            return f"has the unknown field {self.unknown_fields[0]}; the fields are match, reason and expires"
        if problem := _bad_pattern(self.match):
            return problem
        if len(self.reason.strip()) < SHORTEST_REASON:
            return "has no reason: say why the rule does not apply"
        try:
            last = date.fromisoformat(self.expires)
        except ValueError:
            return "has no expiry date (expires, as 2030-12-31)"
        return f"expired on {last.isoformat()}" if last < today else ""

    def covers(self, urn: str) -> bool:
        """Return whether the pattern matches this URN; an invalid pattern matches none."""
        return not _bad_pattern(self.match) and re.search(self.match, urn) is not None


def _bad_pattern(pattern: str) -> str:
    if not pattern:
        return "has no match: give a regular expression for the URN"
    try:
        matches_all = re.search(pattern, "") is not None
    except re.error:
        return "has an invalid regular expression"
    return "matches everything: name the resources" if matches_all else ""


def listed(given: Mapping[str, Any] | None) -> tuple[Exemption, ...]:
    """Return the exemptions among the settings given to a rule, well-formed or not."""
    entries = plain((given or {}).get(EXEMPT))
    return tuple(_entry(entry) for entry in entries) if isinstance(entries, list) else ()


def _entry(entry: object) -> Exemption:
    values: dict[str, Any] = entry if isinstance(entry, dict) else {}
    match, reason, expires = (str(values.get(name) or "") for name in FIELDS)
    return Exemption(match, reason, expires, tuple(sorted(set(values) - set(FIELDS))))


def exempt(urn: str, exemptions: Iterable[Exemption], today: date) -> bool:
    """Return whether a valid exemption covers this resource today."""
    return any(not entry.problem(today) and entry.covers(urn) for entry in exemptions)


def faults(rule: str, exemptions: Iterable[Exemption], urns: Iterable[str], today: date) -> Iterator[str]:
    """Yield what is wrong with a rule's exemptions, given the URNs of all resources that the rule judges."""
    known = tuple(urns)
    for entry in exemptions:
        if problem := entry.problem(today):
            yield f"{rule}: the exemption of /{entry.match}/ {problem}"
        elif not any(entry.covers(urn) for urn in known):
            yield f"{rule}: the exemption of /{entry.match}/ matches no resource of this stack that the rule judges"
