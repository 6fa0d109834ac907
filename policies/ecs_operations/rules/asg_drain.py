"""The handler of a group's terminating hook: something completes it."""

from __future__ import annotations

from functools import partial

from ecs_operations.engine.registry import Config, Results, Rule, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.controllers import COMPLETE, actors, group_names
from ecs_operations.facts.graph import Graph, any_true
from ecs_operations.facts.hooks import SOURCE, custom_hooks, hook_resources
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.wiring import (
    EVENTS,
    allowed_to_call,
    allows_value,
    functions_of_notifications,
    functions_of_rule,
    pattern_of,
)

TERMINATE_EVENT = "EC2 Instance-terminate Lifecycle Action"


@Rule(
    id="asg-drain-handler-wired",
    summary="Something completes the terminating hook, and is able to.",
    fix="Wire the hook to a function: one that runs on a schedule and may complete lifecycle actions of the group, "
    "one behind the hook's notifications, or one behind an EventBridge rule with the permission to call it.",
    severity=Severity.HIGH,
    source=SOURCE,
    types=(tokens.GROUP,),
    unknown=WhenUnknown.SKIP,
)
def asg_drain_handler_wired(group: Resource, graph: Graph, _config: Config) -> Results:
    """A hook that nothing completes holds every instance for its whole timeout, and then stops the tasks."""
    names = custom_hooks(graph, group)
    if names and not any_true(
        lambda: actors(graph, COMPLETE, group),
        lambda: _by_notification(graph, group),
        *(partial(_by_event, graph, group, rule) for rule in graph.of(tokens.EVENT_RULE)),
    ):
        yield f"has the terminating hook {', '.join(names)}, which nothing completes"


def _by_notification(graph: Graph, group: Resource) -> bool:
    return any(functions_of_notifications(graph, hook) for hook in hook_resources(graph, group))


def _by_event(graph: Graph, group: Resource, rule: Resource) -> bool:
    pattern = pattern_of(rule)
    if TERMINATE_EVENT not in (pattern.get("detail-type") or ()):
        return False
    name_filter = (pattern.get("detail") or {}).get("AutoScalingGroupName")
    if name_filter is not None and not allows_value(name_filter, group_names(group)):
        return False
    return any(allowed_to_call(graph, function, EVENTS) for function in functions_of_rule(graph, rule))
