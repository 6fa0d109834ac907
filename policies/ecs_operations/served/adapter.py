"""Makes policies of the Pulumi SDK from the rules."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pulumi_policy as sdk
from pulumi.runtime import rpc

from ecs_operations.engine import registry
from ecs_operations.engine.configuration import ALL, documentation, schema
from ecs_operations.engine.evaluation import Given, judgements
from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource
from ecs_operations.served.about_pack import Configured, about_the_pack
from ecs_operations.served.decoding import decode_once
from ecs_operations.served.guarded import guarded
from ecs_operations.served.memory import Memory, unproxied

AWS, PULUMI = "aws:", "pulumi:"
"""What types of the provider and of the engine itself begin with; all others are components, or not ours to judge."""
Today = Callable[[], date]


def serve(rules: Iterable[registry.Rule]) -> None:
    """Serve these rules to the engine as the policy pack `ecs-operations`."""
    decode_once()
    sdk.PolicyPack(
        name="ecs-operations",
        enforcement_level=sdk.EnforcementLevel.MANDATORY,
        policies=policies(rules, configured=heard_configuration()),
    )


def heard_configuration() -> Configured:
    """Return a function that tells the whole configuration of the engine, names of no rule and of all included.

    The SDK hands each policy only its own part: a misspelt rule would be ignored in silence, and so would exemptions
    under `all`. So this listens to the message itself; an SDK without that class (1.21 has it) is left alone, and says
    so on stderr, since the engine reads stdout.
    """
    heard: dict[str, Mapping[str, Any]] = {}
    servicer: Any = getattr(sdk.policy, "_PolicyAnalyzerServicer", None)
    if servicer is None:
        sys.stderr.write(
            "ecs-operations: this SDK of Pulumi does not tell names of no rule, nor what stands under all\n"
        )
        return lambda: heard
    configure = servicer.Configure

    def listening(self: Any, request: Any, context: Any) -> Any:
        heard.clear()
        heard.update({name: rpc.deserialize_properties(one.properties) for name, one in request.policyConfig.items()})
        return configure(self, request, context)

    servicer.Configure = listening
    return lambda: heard


def policies(
    rules: Iterable[registry.Rule], today: Today | None = None, configured: Configured = dict[str, Mapping[str, Any]]
) -> list[sdk.Policy]:
    """Return one policy for each rule, and last those about the pack itself.

    `configured` tells the whole configuration; without it, names of no rule and what stands under `all` are unnoticed.
    """
    memory, clock, chosen = Memory(), today or (lambda: datetime.now(tz=UTC).date()), tuple(rules)
    made = [_policy(Adapted(rule, position, memory, clock, configured)) for position, rule in enumerate(chosen)]
    return [*made, *about_the_pack(chosen, memory, clock, configured)]


@dataclass(frozen=True)
class Adapted:
    """One rule as the two functions that the SDK calls."""

    rule: registry.Rule
    position: int
    memory: Memory
    today: Today
    configured: Configured

    def on_resource(self, args: sdk.ResourceValidationArgs, report: sdk.ReportViolation) -> None:
        """Judge one resource; remember the inputs of all that stack rules may look at."""
        given = self._given(args.get_config())
        if args.resource_type in tokens.ALL:
            resource = self.memory.resource(self.position, args)
            if resource.type in self.rule.types:
                self._judge((resource,), Graph([resource], self.today()), given, report)
        elif not args.resource_type.startswith((AWS, PULUMI)):
            self.memory.component(self.position, args)

    def on_stack(self, args: sdk.StackValidationArgs, report: sdk.ReportViolation) -> None:
        """Judge each resource of the stack that the rule is about."""
        given = self._given(args.get_config())
        graph = self.memory.graph(self.position, args, self.today())
        self._judge(graph.of(*self.rule.types), graph, given, report)

    def _given(self, config: Mapping[str, Any]) -> Given:
        self.memory.given[self.rule.id] = unproxied(config)
        return Given(self.memory.given[self.rule.id], self.configured().get(ALL, {}))

    def _judge(self, resources: Iterable[Resource], graph: Graph, given: Given, report: sdk.ReportViolation) -> None:
        for one in judgements(self.rule, resources, graph, given, self.today()):
            self.memory.unknown[self.rule.id, one.resource.urn] = one.unknown
            for message, fix in one.findings(self.rule):
                report(self._text(message, fix), one.resource.urn)

    def _text(self, message: str, fix: str) -> str:
        page = documentation(self.configured())
        return f"{message}\nFix: {fix}\nSeverity {self.rule.severity.value}; why: {page}#{self.rule.id}"


def _policy(adapted: Adapted) -> sdk.Policy:
    rule = adapted.rule
    facts: dict[str, Any] = {
        "name": rule.id,
        "description": rule.summary,
        "enforcement_level": sdk.EnforcementLevel(rule.level.value),
        "config_schema": sdk.PolicyConfigSchema(schema(rule)),
        "severity": sdk.Severity(rule.severity.value),
        "remediation_steps": rule.fix,
        "tags": list(rule.anchors),
    }
    if rule.stack:
        return sdk.StackValidationPolicy(validate=guarded(adapted.on_stack), **facts)
    return sdk.ResourceValidationPolicy(validate=guarded(adapted.on_resource), **facts)
