"""Follows a signal to the functions that it starts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.documents import parsed
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UnknownInputError

EVENTS = "events.amazonaws.com"
"""EventBridge as a caller."""
FUNCTION_KEYS = ("arn", "id", "name", "qualifiedArn")


def functions_of_rule(graph: Graph, rule: Resource) -> list[Resource]:
    """Return the functions that an EventBridge rule starts."""
    targets = graph.sources((tokens.EVENT_TARGET,), "rule", rule, "name", "id")
    return [function for target in targets for function in functions_at(graph, target, "arn")]


def functions_at(graph: Graph, source: Resource, property_: str) -> tuple[Resource, ...]:
    """Return the functions that a property names."""
    return graph.targets(source, property_, (tokens.FUNCTION,), *FUNCTION_KEYS)


def scheduled_functions(graph: Graph) -> list[Resource]:
    """Return the functions that run on a schedule, in the order of their URNs."""
    found = {function.urn: function for schedule in graph.of(tokens.SCHEDULE) for function in _of(graph, schedule)}
    for rule in graph.of(tokens.EVENT_RULE):
        if rule.has("scheduleExpression"):
            found.update({function.urn: function for function in functions_of_rule(graph, rule)})
    return [found[urn] for urn in sorted(found)]


def _of(graph: Graph, schedule: Resource) -> tuple[Resource, ...]:
    return functions_at(graph, schedule, "target")


def functions_of_notifications(graph: Graph, hook: Resource) -> list[Resource]:
    """Return the functions that a lifecycle hook reaches through its own notifications."""
    found: list[Resource] = []
    for topic in graph.targets(hook, "notificationTargetArn", (tokens.TOPIC, tokens.QUEUE), "arn"):
        if topic.type == tokens.QUEUE:
            found += functions_of_queue(graph, topic)
        for subscription in graph.sources((tokens.SUBSCRIPTION,), "topic", topic, "arn"):
            found += functions_at(graph, subscription, "endpoint")
            for queue in graph.targets(subscription, "endpoint", (tokens.QUEUE,), "arn"):
                found += functions_of_queue(graph, queue)
    return found


def functions_of_queue(graph: Graph, queue: Resource) -> list[Resource]:
    """Return the functions that poll a queue."""
    mappings = graph.sources((tokens.EVENT_SOURCE_MAPPING,), "eventSourceArn", queue, "arn")
    return [function for mapping in mappings for function in functions_at(graph, mapping, "functionName")]


def allowed_to_call(graph: Graph, function: Resource, service: str) -> bool:
    """Return whether a resource policy lets a service call a function.

    Raises UnknownInputError when only a permission of unknown owner could.
    """
    permissions = graph.sources((tokens.PERMISSION,), "function", function, *FUNCTION_KEYS)
    return any(permission.get("principal") == service for permission in permissions)


def pattern_of(rule: Resource) -> dict[str, Any]:
    """Return the event pattern of a rule, empty if it has none."""
    found = parsed(rule, "eventPattern", default={})
    return found if isinstance(found, dict) else {}


def allows_value(filters: object, values: Iterable[str]) -> bool:
    """Return whether one field of an event pattern lets one of these values pass; an absent filter lets all pass."""
    if filters is None:
        return True
    return any(_passes(item, value) for item in _listed(filters) for value in values)


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _passes(item: Any, value: str) -> bool:
    if not isinstance(item, dict):
        return item == value
    if "prefix" in item:
        return value.startswith(str(item["prefix"]))
    if "exists" in item:
        return bool(item["exists"])
    raise UnknownInputError("eventPattern (an operator that this pack does not read)")
