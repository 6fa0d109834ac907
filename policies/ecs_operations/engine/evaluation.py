"""Judges resources by rules, without Pulumi.

The policies of the SDK, the check of a deployed stack and the tests all come through `judgements`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from ecs_operations.engine.configuration import (
    PACK_CONFIGURATION,
    level_and_settings,
    merged,
    mistakes,
    unknown_names,
)
from ecs_operations.engine.exemptions import exempt, faults, listed
from ecs_operations.engine.registry import Config, Level, NotEvaluated, Rule, WhenUnknown
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UnknownInputError

DISABLED = "disabled"


@dataclass(frozen=True)
class Finding:
    """A rule is broken by a resource."""

    rule: str
    urn: str
    """URN of the resource; empty for findings about the configuration."""
    message: str
    level: Level


@dataclass(frozen=True)
class Skipped:
    """A rule could not judge a resource before the deployment."""

    rule: str
    urn: str
    path: str
    """The property that is not known."""


@dataclass(frozen=True)
class Report:
    """What was found, in the order of the rules and then of the URNs."""

    findings: tuple[Finding, ...]
    not_evaluated: tuple[Skipped, ...]


@dataclass
class Judgement:
    """What one rule says of one resource."""

    resource: Resource
    messages: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    """Paths of properties that it could not judge."""


def judgements(
    rule: Rule, resources: Iterable[Resource], graph: Graph, given: Mapping[str, Any] | None, today: date
) -> Iterator[Judgement]:
    """Yield what a rule says of each of these resources that no exemption covers.

    `given` are the settings and exemptions given to the rule; what they leave out has its default.
    """
    config, exemptions = merged(rule, given), listed(given)
    for resource in resources:
        if not exempt(resource.urn, exemptions, today):
            yield _judged(rule, resource, graph, config)


def _judged(rule: Rule, resource: Resource, graph: Graph, config: Config) -> Judgement:
    found = Judgement(resource)
    try:
        for result in rule.check(resource, graph, config):
            if isinstance(result, NotEvaluated):
                _add_unknown(rule, result.path, found)
            else:
                found.messages.append(f"{resource.name}: {result}")
    except UnknownInputError as unknown:
        _add_unknown(rule, unknown.path, found)
    except Exception as error:  # noqa: BLE001  one broken rule must not end the preview without a report
        found.messages.append(f"{resource.name}: the rule crashed: {type(error).__name__}")
    return found


def _add_unknown(rule: Rule, path: str, found: Judgement) -> None:
    if rule.unknown is WhenUnknown.FAIL:
        text = f"{path} is not known before the deployment, and this rule must see it: make it of known values"
        found.messages.append(text)
    elif path not in found.unknown:
        found.unknown.append(path)


def evaluate(
    resources: Iterable[Resource],
    settings: Mapping[str, Any] | None,
    rules: Iterable[Rule],
    *,
    known: Iterable[Rule] = (),
    today: date | None = None,
) -> Report:
    """Judge a stack's resources by rules.

    `settings` has the form of a --policy-pack-config file: rule id, or `all` → level, or an object with the rule's
    settings and `exempt`; rules that are disabled there do not run. `known` are further rules that it may name.
    `today` (default: the current day, UTC) decides on exemptions. Raises ValueError for a level that does not exist.
    """
    graph, day, all_given, chosen = Graph(resources), today or datetime.now(tz=UTC).date(), settings or {}, tuple(rules)
    findings: list[Finding] = []
    skipped: list[Skipped] = []
    wrong = list(unknown_names(all_given, (*chosen, *known)))
    for rule in chosen:
        level, given = level_and_settings(all_given, rule.id, rule.level.value)
        if level == DISABLED:
            continue
        for one in judgements(rule, graph.of(*rule.types), graph, given, day):
            findings += [Finding(rule.id, one.resource.urn, message, Level(level)) for message in one.messages]
            skipped += [Skipped(rule.id, one.resource.urn, path) for path in one.unknown]
        wrong += configuration_faults(rule, given, graph, day)
    level, _ = level_and_settings(all_given, PACK_CONFIGURATION, Level.MANDATORY.value)
    if level != DISABLED:
        findings += [Finding(PACK_CONFIGURATION, "", fault, Level(level)) for fault in wrong]
    return Report(tuple(findings), tuple(skipped))


def configuration_faults(rule: Rule, given: Mapping[str, Any] | None, graph: Graph, today: date) -> list[str]:
    """Return what is wrong with the settings and the exemptions given to a rule."""
    urns = [resource.urn for resource in graph.of(*rule.types)]
    return [*mistakes(rule, given), *faults(rule.id, listed(given), urns, today)]
