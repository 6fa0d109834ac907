"""Makes policies of the Pulumi SDK from the rules. The only module that imports the SDK.

Stack rules read inputs, as resource rules do: the engine analyses each resource before it analyses the stack, so the
inputs are remembered here by URN. (What the SDK hands to a stack policy are outputs, in which every attribute that
the program left to AWS is unknown at preview.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pulumi_policy as sdk
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError

from ecs_operations.engine import registry
from ecs_operations.engine.configuration import PACK_CONFIGURATION, schema, unknown_names
from ecs_operations.engine.evaluation import configuration_faults, judgements
from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN

STACK = "pulumi:pulumi:Stack"
CONFIGURATION_FIX = "Correct or remove the entry in the file given to --policy-pack-config."
Today = Callable[[], date]
Named = Callable[[], Iterable[str]]


class NotEvaluatedError(UnknownValueError):
    """Makes the SDK add its advisory line, so that a rule that could not judge is seen."""

    def __init__(self, what: Sequence[str]) -> None:
        super().__init__(UNKNOWN_STRING_VALUE, list(what))
        self.message = f"not known before the deployment: {'; '.join(what)}"


@dataclass
class Memory:
    """What the policies of one pack tell each other.

    The engine runs the policies of a request in their order, so a policy whose position is not above the last one
    seen belongs to a new request, and what was remembered is stale.
    """

    inputs: dict[str, tuple[int, Resource]] = field(default_factory=dict)
    """URN → position of the last policy that saw the resource, and the resource."""
    given: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """Rule id → its configuration as it was given."""
    stack: tuple[int, Graph] | None = None

    def resource(self, position: int, args: sdk.ResourceValidationArgs) -> Resource:
        """Return the resource of a request, converted once for all policies."""
        last, resource = self.inputs.get(args.urn, (position, None))
        if resource is None or position <= last:
            resource = _resource(args, {}, args.props)
        self.inputs[args.urn] = (position, resource)
        return resource

    def graph(self, position: int, args: sdk.StackValidationArgs) -> Graph:
        """Return the stack of a request, converted once for all policies."""
        if self.stack is None or position <= self.stack[0]:
            graph = Graph(self._member(item) for item in args.resources if item.resource_type in tokens.ALL)
        else:
            graph = self.stack[1]
        self.stack = (position, graph)
        return graph

    def _member(self, item: sdk.PolicyResource) -> Resource:
        remembered = self.inputs.get(item.urn)
        return _resource(
            item, item.property_dependencies, remembered[1].inputs if remembered else item.props, item.props
        )


def _resource(
    item: sdk.ResourceValidationArgs | sdk.PolicyResource,
    dependencies: Mapping[str, Iterable[sdk.PolicyResource]],
    inputs: Mapping[str, Any],
    outputs: Mapping[str, Any] | None = None,
) -> Resource:
    return Resource(
        type=item.resource_type,
        name=item.name,
        urn=item.urn,
        inputs=unproxied(inputs),
        outputs=unproxied(outputs or {}),
        dependencies={name: frozenset(other.urn for other in others) for name, others in dependencies.items()},
        ignore_changes=tuple(item.opts.ignore_changes or ()),
        protect=bool(item.opts.protect),
        delete_before_replace=bool(item.opts.delete_before_replace),
        depends_on=frozenset(other.urn for other in getattr(item, "dependencies", ())),
        parent=item.opts.parent,
        provider=unproxied(item.provider.props) if item.provider else {},
    )


def unproxied(value: Any) -> Any:
    """Return a copy without the SDK's proxies, which raise at an unknown value; it becomes UNKNOWN here."""
    if isinstance(value, Mapping):
        return {key: _at(value, key) for key in value}
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return [_at(value, index) for index in range(len(value))]
    return value


def _at(container: Any, key: Any) -> Any:
    try:
        return unproxied(container[key])
    except UnknownValueError:
        return UNKNOWN


def serve(rules: Iterable[registry.Rule]) -> None:
    """Serve these rules to the engine as the policy pack `ecs-operations`."""
    sdk.PolicyPack(
        name="ecs-operations",
        enforcement_level=sdk.EnforcementLevel.MANDATORY,
        policies=policies(rules, named=names_in_configuration()),
    )


def names_in_configuration() -> Named:
    """Return a function that tells which names the engine's configuration holds, those of no rule included.

    The SDK hands each policy only its own part: a misspelt rule would be ignored in silence. So
    this listens to the message itself; an SDK without that class (1.21 has it) is left alone, and nothing is told.
    """
    heard: list[str] = []
    servicer: Any = getattr(sdk.policy, "_PolicyAnalyzerServicer", None)
    if servicer is not None:
        configure = servicer.Configure

        def listening(self: Any, request: Any, context: Any) -> Any:
            heard[:] = request.policyConfig
            return configure(self, request, context)

        servicer.Configure = listening
    return lambda: tuple(heard)


def policies(
    rules: Iterable[registry.Rule], today: Today | None = None, named: Named = tuple[str, ...]
) -> list[sdk.Policy]:
    """Return one policy for each rule, and a last one that judges the pack's own configuration.

    `named` tells which names that configuration holds; without it, names of no rule stay unnoticed.
    """
    memory, clock, chosen = Memory(), today or (lambda: datetime.now(tz=UTC).date()), tuple(rules)
    made = [_policy(Adapted(rule, position, memory, clock)) for position, rule in enumerate(chosen)]
    return [*made, _configuration(chosen, memory, clock, named)]


@dataclass(frozen=True)
class Adapted:
    """One rule as the two functions that the SDK calls."""

    rule: registry.Rule
    position: int
    memory: Memory
    today: Today

    def on_resource(self, args: sdk.ResourceValidationArgs, report: sdk.ReportViolation) -> None:
        """Judge one resource; remember the inputs of all that stack rules may look at."""
        given = self._given(args.get_config())
        if args.resource_type in tokens.ALL:
            resource = self.memory.resource(self.position, args)
            if resource.type in self.rule.types:
                self._judge((resource,), Graph([resource]), given, report)

    def on_stack(self, args: sdk.StackValidationArgs, report: sdk.ReportViolation) -> None:
        """Judge each resource of the stack that the rule is about."""
        given = self._given(args.get_config())
        graph = self.memory.graph(self.position, args)
        self._judge(graph.of(*self.rule.types), graph, given, report)

    def _given(self, config: Mapping[str, Any]) -> Mapping[str, Any]:
        self.memory.given[self.rule.id] = unproxied(config)
        return self.memory.given[self.rule.id]

    def _judge(
        self, resources: Iterable[Resource], graph: Graph, given: Mapping[str, Any], report: sdk.ReportViolation
    ) -> None:
        unknown: list[str] = []
        for one in judgements(self.rule, resources, graph, given, self.today()):
            for message in one.messages:
                report(f"{message}\nFix: {self.rule.fix}", one.resource.urn)
            unknown += [f"{one.resource.name}: {path}" for path in one.unknown]
        if unknown:  # last, because it ends the run of this rule; findings reported before are kept
            raise NotEvaluatedError(unknown)


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
        return sdk.StackValidationPolicy(validate=_guarded(adapted.on_stack), **facts)
    return sdk.ResourceValidationPolicy(validate=_guarded(adapted.on_resource), **facts)


def _configuration(rules: tuple[registry.Rule, ...], memory: Memory, today: Today, named: Named) -> sdk.Policy:
    def on_stack(args: sdk.StackValidationArgs, report: sdk.ReportViolation) -> None:
        graph = memory.graph(len(rules), args)
        roots = [item.urn for item in args.resources if item.resource_type == STACK]
        faults = list(unknown_names(named(), rules))
        for rule in rules:
            faults += configuration_faults(rule, memory.given.get(rule.id), graph, today())
        for fault in faults:
            report(f"{fault}\nFix: {CONFIGURATION_FIX}", roots[0] if roots else None)

    return sdk.StackValidationPolicy(
        name=PACK_CONFIGURATION,
        description="The configuration names rules and settings that exist; each exemption has a reason and a use.",
        validate=_guarded(on_stack),
        enforcement_level=sdk.EnforcementLevel.MANDATORY,
        severity=sdk.Severity.MEDIUM,
        remediation_steps=CONFIGURATION_FIX,
    )


def _guarded(validate: Callable[[Any, sdk.ReportViolation], None]) -> Callable[[Any, sdk.ReportViolation], None]:
    """Turn an error of the adapter into a violation: any other exception would end the preview without a report."""

    def guarded(args: Any, report: sdk.ReportViolation) -> None:
        try:
            validate(args, report)
        except UnknownValueError:
            raise
        except Exception as error:  # noqa: BLE001  see above; only the type is named, the text may hold a value
            report(f"the pack crashed: {type(error).__name__}", None)

    return guarded
