"""What cases are made of: compliant resources, one mutation each, and what the rule must say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ecs_operations import evaluate
from ecs_operations.engine.registry import Rule, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN

DROP = object()
"""As the value of a change: the property is not given."""

TAGS = {"environment": "test", "owner": "team", "managed-by": "pulumi"}
Kind = Literal["good", "bad", "unknown", "not applicable"]


@dataclass(frozen=True, eq=False)
class Case:
    rule: str
    kind: Kind
    title: str
    resources: tuple[Resource, ...]
    says: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.rule}: {self.kind}: {self.title}"


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:test::shop::{type_}::{name}"


def a(
    type_: str,
    name: str = "it",
    /,
    *,
    depends: Mapping[str, Iterable[Resource]] | None = None,
    outputs: Mapping[str, Any] | None = None,
    ignore: tuple[str, ...] = (),
    provider: Mapping[str, Any] | None = None,
    **inputs: Any,
) -> Resource:
    """A resource. A property that depends on others and is not given is unknown, as at preview."""
    links = {property_: frozenset(other.urn for other in others) for property_, others in (depends or {}).items()}
    given = {key: value for key, value in inputs.items() if value is not DROP}
    return Resource(
        type=type_,
        name=name,
        urn=urn(type_, name),
        inputs={**{property_: UNKNOWN for property_ in links if property_ not in inputs}, **given},
        dependencies=links,
        outputs=outputs or {},
        ignore_changes=ignore,
        provider=provider or {},
    )


def subnet(zone: Any = "eu-central-1a", name: str = "") -> Resource:
    return a(tokens.SUBNET, name or f"private-{zone}", availabilityZone=zone, cidrBlock="10.0.0.0/24")


def good(rule: str, title: str, *resources: Resource, **config: Any) -> Case:
    return Case(rule, "good", title, resources, "", config)


def bad(rule: str, title: str, says: str, *resources: Resource, **config: Any) -> Case:
    return Case(rule, "bad", title, resources, says, config)


def unknown(rule: str, title: str, *resources: Resource, **config: Any) -> Case:
    return Case(rule, "unknown", title, resources, "", config)


def other(rule: str, title: str, *resources: Resource, **config: Any) -> Case:
    return Case(rule, "not applicable", title, resources, "", config)


def complaint(case: Case, rule: Rule) -> str:
    """What is wrong with the outcome of a case; empty if it is as the case says."""
    report = evaluate(case.resources, {rule.id: case.config}, rules=(rule,))
    messages = [finding.message for finding in report.findings]
    skipped = [skip.path for skip in report.not_evaluated]
    if any("crashed" in message for message in messages):
        return f"crashed: {messages}"
    if case.kind == "bad":
        hits = [finding for finding in report.findings if finding.rule == rule.id and case.says in finding.message]
        return "" if len(hits) == len(messages) == 1 and not skipped else f"got {messages}, skipped {skipped}"
    if case.kind == "unknown" and rule.unknown is WhenUnknown.FAIL:
        return "" if len(messages) == 1 and "not known" in messages[0] else f"got {messages}, skipped {skipped}"
    if case.kind == "unknown" and rule.unknown is WhenUnknown.SKIP:
        return "" if skipped and not messages else f"got {messages}, skipped {skipped}"
    if rule.unknown is WhenUnknown.PRESENT:  # counts as given, and is reported where it would have to be compared
        skipped = []
    return f"got {messages}, skipped {skipped}" if messages or skipped else ""
