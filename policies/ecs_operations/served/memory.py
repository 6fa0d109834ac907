"""What the policies of the pack remember between the requests of the engine, converted from the SDK's dress.

Stack rules read inputs, as resource rules do: the engine analyses each resource before it analyses the stack, so the
inputs are remembered here by URN. (What the SDK hands to a stack policy are outputs, in which every attribute that
the program left to AWS is unknown at preview.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pulumi_policy as sdk
from pulumi_policy.proxy import UnknownValueError

from ecs_operations.engine.registry import NotEvaluated
from ecs_operations.facts import tokens
from ecs_operations.facts.declared import completed
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN


@dataclass
class Memory:
    """What the policies of one pack tell each other.

    The engine runs the policies of a request in their order, so a policy whose position is not above the last one
    seen belongs to a new request, and what was remembered is stale.
    """

    inputs: dict[str, tuple[int, Resource]] = field(default_factory=dict)
    """URN → position of the last policy that saw the resource, and the resource."""
    declared: dict[str, tuple[int, Mapping[str, Any]]] = field(default_factory=dict)
    """The same of components: position, and what the component declares."""
    given: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """Rule id → its configuration as it was given."""
    unknown: dict[tuple[str, str], list[NotEvaluated]] = field(default_factory=dict)
    """Rule id and URN → what the rule could not judge of the resource."""
    stack: tuple[int, Graph] | None = None

    def resource(self, position: int, args: sdk.ResourceValidationArgs) -> Resource:
        """Return the resource of a request, converted once for all policies."""
        last, resource = self.inputs.get(args.urn, (position, None))
        if resource is None or position <= last:
            _, declared = self.declared.get(args.opts.parent or "", (0, dict[str, Any]()))
            resource = completed(_resource(args, {}, args.props), declared)
        self.inputs[args.urn] = (position, resource)
        return resource

    def component(self, position: int, args: sdk.ResourceValidationArgs) -> None:
        """Remember what a component declares, converted once for all policies."""
        last, declared = self.declared.get(args.urn, (position, None))
        if declared is None or position <= last:
            declared = unproxied(args.props)
        self.declared[args.urn] = (position, declared)

    def graph(self, position: int, args: sdk.StackValidationArgs, today: date) -> Graph:
        """Return the stack of a request, converted once for all policies."""
        if self.stack is None or position <= self.stack[0]:
            graph = Graph((self._member(item) for item in args.resources if item.resource_type in tokens.ALL), today)
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
