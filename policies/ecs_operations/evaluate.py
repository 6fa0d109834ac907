"""Runs rules over resources, without Pulumi: the adapter and the tests both come through here.

report = evaluate(resources, {"asg-multi-az": {"minimumZones": 3}})
assert report.findings == ()
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from ecs_operations.config import PACK_CONFIGURATION, level_and_settings, merged, mistakes, strangers
from ecs_operations.exemptions import exempt, faults, listed
from ecs_operations.model import Graph, NotEvaluated, Resource, UnknownInputError
from ecs_operations.registry import Config, Level, Rule, WhenUnknown
from ecs_operations.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


DISABLED = "disabled"


@dataclass(frozen=True)
class Finding:
    """A rule is broken by a resource."""

    rule: str
    urn: str
    """URN of the resource; of the stack for findings about the configuration."""
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
    """What a run found, in the order of the rules and then of the URNs."""

    findings: tuple[Finding, ...]
    not_evaluated: tuple[Skipped, ...]


@dataclass
class Verdict:
    """What one rule says of one resource."""

    messages: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    """Paths of properties that it could not judge."""


def judge(rule: Rule, resource: Resource, graph: Graph, config: Config) -> Verdict:
    """Return what a rule says of a resource. A rule that crashes is a finding that names only the error's type."""
    verdict = Verdict()
    try:
        for result in rule.check(resource, graph, config):
            if isinstance(result, NotEvaluated):
                _unknown(rule, result.path, verdict)
            else:
                verdict.messages.append(f"{resource.name}: {result}")
    except UnknownInputError as unknown:
        _unknown(rule, unknown.path, verdict)
    except Exception as error:  # noqa: BLE001  one broken rule must not end the preview without a report
        verdict.messages.append(f"{resource.name}: the rule crashed: {type(error).__name__}")
    return verdict


def _unknown(rule: Rule, path: str, verdict: Verdict) -> None:
    if rule.unknown is WhenUnknown.FAIL:
        text = f"{path} is not known before the deployment, and this rule must see it: make it of known values"
        verdict.messages.append(text)
    elif path not in verdict.unknown:
        verdict.unknown.append(path)


def evaluate(
    resources: Iterable[Resource],
    settings: Mapping[str, Any] | None = None,
    rules: Iterable[Rule] = RULES,
    today: date | None = None,
) -> Report:
    """Run rules over a stack's resources.

    `settings` has the form of a --policy-pack-config file: rule id, or `all` → level, or an object with the rule's
    settings and `exempt`; rules that are disabled there do not run. `today` (default: the current day, UTC) decides on
    exemptions. Raises ValueError for a level that does not exist.
    """
    graph, day, given_to, chosen = Graph(resources), today or datetime.now(tz=UTC).date(), settings or {}, tuple(rules)
    findings: list[Finding] = []
    skipped: list[Skipped] = []
    faults = list(strangers(given_to, {rule.id: rule for rule in (*RULES, *chosen)}.values()))
    for rule in chosen:
        level, given = level_and_settings(given_to, rule.id, rule.level.value)
        if level == DISABLED:
            continue
        found, unknown = _judged(rule, graph, given, Level(level), day)
        findings += found
        skipped += unknown
        faults += configuration_faults(rule, given, graph, day)
    level, _ = level_and_settings(given_to, PACK_CONFIGURATION, Level.MANDATORY.value)
    if level != DISABLED:
        findings += [Finding(PACK_CONFIGURATION, "", fault, Level(level)) for fault in faults]
    return Report(tuple(findings), tuple(skipped))


def _judged(
    rule: Rule, graph: Graph, given: Mapping[str, Any], level: Level, today: date
) -> tuple[list[Finding], list[Skipped]]:
    findings: list[Finding] = []
    skipped: list[Skipped] = []
    config, exemptions = merged(rule, given), listed(given)
    for resource in graph.of(*rule.types):
        if not exempt(resource.urn, exemptions, today):
            verdict = judge(rule, resource, graph, config)
            findings += [Finding(rule.id, resource.urn, message, level) for message in verdict.messages]
            skipped += [Skipped(rule.id, resource.urn, path) for path in verdict.unknown]
    return findings, skipped


def configuration_faults(rule: Rule, given: Mapping[str, Any] | None, graph: Graph, today: date) -> list[str]:
    """Return what is wrong with the settings and the exemptions given to a rule."""
    urns = [resource.urn for resource in graph.of(*rule.types)]
    return [*mistakes(rule, given), *faults(rule.id, listed(given), urns, today)]
