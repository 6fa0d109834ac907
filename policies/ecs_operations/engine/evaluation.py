"""Judges resources by rules, without Pulumi.

The policies of the SDK, the check of a deployed stack and the tests all come through `judgements`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from ecs_operations.engine.configuration import (
    ALL,
    PACK_CONFIGURATION,
    PACK_EXEMPTIONS,
    level_and_settings,
    merged,
    mistakes,
    mistakes_of_the_pack,
    must_judge,
    shared,
    unknown_names,
)
from ecs_operations.engine.exemptions import Exemption, Faults, exempt, faults, listed
from ecs_operations.engine.registry import Config, Level, NotEvaluated, Rule, WhenUnknown
from ecs_operations.facts.declared import with_declarations
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UnknownInputError

DISABLED = "disabled"
CRASH_FIX = "Report it to those who keep the pack; until it is mended, exempt the resource from the rule."
CONFIGURATION_FIX = "Correct or remove the entry in the configuration of the pack."


@dataclass(frozen=True)
class Finding:
    """A rule is broken by a resource."""

    rule: str
    urn: str
    """URN of the resource; empty for findings about the configuration."""
    message: str
    level: Level
    fix: str
    """What to change."""


@dataclass(frozen=True)
class Skipped:
    """A rule could not judge a resource before the deployment."""

    rule: str
    urn: str
    path: str
    """The property that is not known."""
    elsewhere: bool = False
    """Whether it is no part of this stack, so that only AWS knows it, after the deployment, too."""


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
    crash: str = ""
    """How the rule failed on it, empty if it did not."""
    unknown: list[NotEvaluated] = field(default_factory=list)
    """What it could not judge."""

    def findings(self, rule: Rule) -> Iterator[tuple[str, str]]:
        """Yield each sentence with its remedy."""
        yield from ((message, rule.fix) for message in self.messages)
        if self.crash:
            yield self.crash, CRASH_FIX


@dataclass(frozen=True)
class Given:
    """What a configuration gives to one rule."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    of_all: Mapping[str, Any] = field(default_factory=dict)
    """What it gives to all rules."""

    def exemptions(self, rule: Rule) -> tuple[Exemption, ...]:
        """Return the exemptions from a rule, its own and those under `all`."""
        return (*listed(self.settings, rule.id), *(one for one in listed(self.of_all, ALL) if one.concerns(rule.id)))


def judgements(
    rule: Rule, resources: Iterable[Resource], graph: Graph, given: Given, today: date
) -> Iterator[Judgement]:
    """Yield what a rule says of each of these resources that no exemption covers.

    What is not given to the rule has its default.
    """
    config, exemptions = merged(rule, given.settings), given.exemptions(rule)
    strict = must_judge(given.settings, given.of_all)
    judged = tuple(resources)
    covered = {resource.urn for resource in judged if exempt(resource.urn, exemptions, today)}
    seen = graph.without(covered) if rule.counts_others and covered else graph
    for resource in judged:
        if resource.urn not in covered:
            yield _judged(rule, resource, seen, config, strict=strict)


def _judged(rule: Rule, resource: Resource, graph: Graph, config: Config, *, strict: bool) -> Judgement:
    found = Judgement(resource)
    resource.passed_over()
    try:
        for result in rule.check(resource, graph, config):
            if isinstance(result, NotEvaluated):
                _add_unknown(rule, result, found, strict=strict)
            else:
                found.messages.append(f"{resource.name}: {result}")
    except UnknownInputError as unknown:
        _add_unknown(rule, NotEvaluated.by(unknown), found, strict=strict)
    except Exception as error:  # noqa: BLE001  one broken rule must not end the preview without a report
        found.crash = (  # the text of the error may hold a value
            f"{resource.name}: the rule failed on it ({type(error).__name__}), a fault of the pack and not of the "
            f"program; what it read last is {resource.last_read or 'another resource'}"
        )
    if not found.messages and not found.unknown:  # a rule that asked whether it is known, and let it be
        found.unknown += [NotEvaluated(path, decisive=False) for path in dict.fromkeys(resource.passed_over())]
    return found


def _add_unknown(rule: Rule, what: NotEvaluated, found: Judgement, *, strict: bool) -> None:
    wanted = "this rule must see it" if rule.unknown is WhenUnknown.FAIL else "the configuration wants it judged"
    if rule.unknown is WhenUnknown.FAIL or (strict and what.decisive and not what.elsewhere):
        text = f"{what.path} is not known before the deployment, and {wanted}: make it of known values"
        found.messages.append(f"{found.resource.name}: {text}")
    elif what not in found.unknown:
        found.unknown.append(what)


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
    settings, `notJudged` and `exempt`; rules that are disabled there do not run. `known` are further rules that it may
    name. `today` (default: the current day, UTC) decides on exemptions. Raises ValueError for a level that does not
    exist.
    """
    day = today or datetime.now(tz=UTC).date()
    graph = Graph(with_declarations(resources), day)
    all_given, chosen = settings or {}, tuple(rules)
    findings: list[Finding] = []
    skipped: list[Skipped] = []
    for rule in chosen:
        level, own = level_and_settings(all_given, rule.id, rule.level.value)
        if level == DISABLED:
            continue
        for one in judgements(rule, graph.of(*rule.types), graph, Given(own, shared(all_given)), day):
            findings += [
                Finding(rule.id, one.resource.urn, text, Level(level), fix) for text, fix in one.findings(rule)
            ]
            skipped += [Skipped(rule.id, one.resource.urn, what.path, what.elsewhere) for what in one.unknown]
    faulty = configuration_faults(all_given, all_given, (*chosen, *known), graph, day)
    findings += _of_the_configuration(all_given, PACK_CONFIGURATION, Level.MANDATORY, faulty.wrong)
    findings += _of_the_configuration(all_given, PACK_EXEMPTIONS, Level.ADVISORY, faulty.unused)
    return Report(tuple(findings), tuple(skipped))


def _of_the_configuration(
    settings: Mapping[str, Any], policy: str, default: Level, texts: Iterable[str]
) -> Iterator[Finding]:
    level, _ = level_and_settings(settings, policy, default.value)
    if level != DISABLED:
        yield from (Finding(policy, "", text, Level(level), CONFIGURATION_FIX) for text in texts)


def configuration_faults(
    named: Iterable[str], settings: Mapping[str, Any], rules: Iterable[Rule], graph: Graph, today: date
) -> Faults:
    """Return what is wrong with a configuration: with its names, and with the settings and exemptions of each rule."""
    known = {rule.id: rule for rule in rules}
    urns = {rule.id: [resource.urn for resource in graph.of(*rule.types)] for rule in known.values()}
    wrong, unused = [*unknown_names(named, known.values()), *mistakes_of_the_pack(settings)], list[str]()
    groups = [(listed(shared(settings), ALL), urns)]
    for rule in known.values():
        level, own = level_and_settings(settings, rule.id, rule.level.value)
        if level != DISABLED:
            wrong += mistakes(rule, own)
            groups.append((listed(own, rule.id), {rule.id: urns[rule.id]}))
    for exemptions, judged in groups:
        found = faults(exemptions, judged, today)
        wrong += found.wrong
        unused += found.unused
    return Faults(tuple(wrong), tuple(unused))
