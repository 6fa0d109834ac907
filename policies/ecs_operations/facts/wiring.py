"""Follows a signal to the functions that it starts. What is switched off starts nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.documents import parsed
from ecs_operations.facts.event_patterns import Field, passes
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.schedules import MINUTE_S, NEVER, gaps
from ecs_operations.facts.shapes import is_false, number, rows
from ecs_operations.facts.values import UnknownInputError

EVENTS, NOTIFICATIONS = "events.amazonaws.com", "sns.amazonaws.com"
"""EventBridge and SNS as callers."""
FUNCTION_KEYS = ("arn", "id", "name", "qualifiedArn")
SOON = timedelta(days=1)
"""A schedule that starts later than this starts nothing yet."""


def functions_of_rule(graph: Graph, rule: Resource) -> list[Resource]:
    """Return the functions that an EventBridge rule starts."""
    return [function for target in targets_of_rule(graph, rule) for function in functions_at(graph, target, "arn")]


def targets_of_rule(graph: Graph, rule: Resource) -> tuple[Resource, ...]:
    """Return the targets of an EventBridge rule."""
    return graph.sources((tokens.EVENT_TARGET,), "rule", rule, "name", "id")


def functions_at(graph: Graph, source: Resource, property_: str) -> tuple[Resource, ...]:
    """Return the functions that a property names."""
    return graph.targets(source, property_, (tokens.FUNCTION,), *FUNCTION_KEYS)


def is_on(graph: Graph, source: Resource) -> bool:
    """Return whether a schedule, a rule, a mapping or a subscription is able to start anything on the graph's day."""
    if source.get("state") == "DISABLED" or is_false(source.get("isEnabled")) or is_false(source.get("enabled")):
        return False
    first, last, today = _day(source, "startDate"), _day(source, "endDate"), graph.today
    return today is None or (not (first and first > today + SOON) and not (last and last < today))


def _day(source: Resource, name: str) -> date | None:
    try:
        return datetime.fromisoformat(str(source.get(name, default=""))).date()
    except ValueError:
        return None


def runs(graph: Graph, schedule: Resource) -> bool:
    """Return whether a schedule starts its target again and again, from the graph's day on."""
    return is_on(graph, schedule) and _longest_s(graph, schedule) != NEVER


def can_run(function: Resource) -> bool:
    """Return whether a function may run at all: with a reserved concurrency of 0, every call is refused."""
    return function.is_unknown("reservedConcurrentExecutions") or (
        number(function.get("reservedConcurrentExecutions")) != 0
    )


def schedules(graph: Graph) -> list[tuple[Resource, tuple[Resource, ...]]]:
    """Return every schedule, and every rule with one, with the functions that it would start."""
    return graph.once(("schedules",), lambda: list(_schedules(graph)))


def _schedules(graph: Graph) -> Iterator[tuple[Resource, tuple[Resource, ...]]]:
    for schedule in graph.of(tokens.SCHEDULE):
        yield schedule, functions_at(graph, schedule, "target")
    for rule in graph.of(tokens.EVENT_RULE):
        if rule.has("scheduleExpression"):
            yield rule, tuple(functions_of_rule(graph, rule))


def scheduled_functions(graph: Graph) -> list[Resource]:
    """Return the functions that run on a schedule again and again, in the order of their URNs.

    Raises UnknownInputError when it is not known of one whether its only schedule is on.
    """
    found, lost = dict[str, Resource](), dict[str, UnknownInputError]()
    for schedule, functions in schedules(graph):
        try:
            if runs(graph, schedule):
                found |= {function.urn: function for function in functions if can_run(function)}
        except UnknownInputError as unknown:
            lost |= {function.urn: UnknownInputError(f"{unknown.path} of {schedule.name}") for function in functions}
    for urn in sorted(lost.keys() - found.keys()):
        raise lost[urn]
    return [found[urn] for urn in sorted(found)]


def schedules_of(graph: Graph, function: Resource) -> list[Resource]:
    """Return the schedules of a function, on or off."""
    return [schedule for schedule, functions in schedules(graph) if function in functions]


def longest_wait_s(graph: Graph, function: Resource) -> float | None:
    """Return the longest time between two scheduled runs of a function; None if it has none that is understood."""
    waits = [_longest_s(graph, schedule) for schedule in schedules_of(graph, function) if runs(graph, schedule)]
    return min((wait for wait in waits if wait is not None), default=None)


def shortest_wait_s(graph: Graph, function: Resource) -> float | None:
    """Return the shortest time between two runs by one schedule of a function; None if none is understood."""
    known = (
        gaps(_expression(schedule), graph.today) for schedule in schedules_of(graph, function) if runs(graph, schedule)
    )
    return min((one.shortest for one in known if one is not None), default=None)


def _longest_s(graph: Graph, schedule: Resource) -> float | None:
    """A flexible time window delays a run by up to its length."""
    found = gaps(_expression(schedule), graph.today)
    window = number(schedule.get("flexibleTimeWindow", "maximumWindowInMinutes", default=0)) or 0
    return None if found is None else found.longest + window * MINUTE_S


def _expression(schedule: Resource) -> str:
    return str(schedule.get("scheduleExpression", default=""))


def functions_of_notifications(graph: Graph, hook: Resource, message: dict[str, Field]) -> list[Resource]:
    """Return the functions that a lifecycle hook reaches through its own notifications, which it sends by its role."""
    if not hook.has("roleArn"):
        return []
    found: list[Resource] = []
    for target in graph.targets(hook, "notificationTargetArn", (tokens.TOPIC, tokens.QUEUE), "arn"):
        found += functions_of_topic(graph, target, message) if target.type == tokens.TOPIC else []
        found += functions_of_queue(graph, target, message) if target.type == tokens.QUEUE else []
    return found


def functions_of_topic(graph: Graph, topic: Resource, message: dict[str, Field] | None = None) -> list[Resource]:
    """Return the functions that a topic starts, itself or through queues; of a message, those that it reaches."""
    found: list[Resource] = []
    for subscription in graph.sources((tokens.SUBSCRIPTION,), "topic", topic, "arn"):
        if message is None or _lets_pass(subscription, message):
            protocol = subscription.get("protocol")
            functions = functions_at(graph, subscription, "endpoint") if protocol in (None, "lambda") else ()
            found += [one for one in functions if allowed_to_call(graph, one, NOTIFICATIONS)]
            queues = (
                graph.targets(subscription, "endpoint", (tokens.QUEUE,), "arn") if protocol in (None, "sqs") else ()
            )
            found += [one for queue in queues for one in functions_of_queue(graph, queue)]
    return found


def _lets_pass(subscription: Resource, message: dict[str, Field]) -> bool:
    """A filter looks at the message's attributes unless told otherwise, and notifications of hooks have none."""
    if not subscription.has("filterPolicy"):
        return True
    in_body = subscription.get("filterPolicyScope") == "MessageBody"
    return passes(parsed(subscription, "filterPolicy", default={}), message if in_body else {})


def functions_of_queue(graph: Graph, queue: Resource, message: dict[str, Field] | None = None) -> list[Resource]:
    """Return the functions that poll a queue; of a message, those that it reaches."""
    mappings = graph.sources((tokens.EVENT_SOURCE_MAPPING,), "eventSourceArn", queue, "arn")
    return [
        function
        for mapping in mappings
        if is_on(graph, mapping) and (message is None or _lets_in(mapping, message))
        for function in functions_at(graph, mapping, "functionName")
    ]


def _lets_in(mapping: Resource, message: dict[str, Field]) -> bool:
    filters = rows(mapping.get("filterCriteria", "filters"))
    patterns = [parsed(mapping, "filterCriteria", "filters", at, "pattern", default={}) for at in range(len(filters))]
    return not patterns or any(passes(pattern, {"body": message}) for pattern in patterns)


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
