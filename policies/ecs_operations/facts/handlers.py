"""Who handles the terminating hooks of a group, along the three ways on which they can hear of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from ecs_operations.facts import tokens
from ecs_operations.facts.controllers import COMPLETE, actors, group_names, may
from ecs_operations.facts.environment import DRAINING_HOOK, other_than
from ecs_operations.facts.event_patterns import ANYTHING, Field, passes
from ecs_operations.facts.graph import Graph, any_true
from ecs_operations.facts.hooks import TERMINATING, custom_hooks, hook_resources, name_of
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UnknownInputError
from ecs_operations.facts.wiring import (
    EVENTS,
    allowed_to_call,
    can_run,
    functions_at,
    functions_of_notifications,
    functions_of_queue,
    functions_of_topic,
    is_on,
    pattern_of,
    targets_of_rule,
)

FOLLOWED = (tokens.FUNCTION, tokens.TOPIC, tokens.QUEUE, tokens.LOG_GROUP)
"""Targets of events behind which it can be seen whether anything acts; a state machine or a command acts itself."""

DRAIN_ACTIONS = (
    "ecs:ListContainerInstances",
    "ecs:DescribeContainerInstances",
    "ecs:UpdateContainerInstancesState",
    "ecs:ListTasks",
)
"""What finds the instance, drains it, and sees its last task leave."""


def completes(graph: Graph, group: Resource) -> bool:
    """Return whether something hears of an instance in a terminating hook of the group, and may complete it.

    Raises UnknownInputError when nothing does for certain, but what is not known could.
    """
    return any_true(
        lambda: completers(graph, group),
        lambda: _notified(graph, group, custom_hooks(graph, group)),
        *(partial(_hears, graph, group, rule, custom_hooks(graph, group)) for rule in graph.of(tokens.EVENT_RULE)),
    )


def left_to_their_timeout(graph: Graph, group: Resource) -> list[str]:
    """Return those of several terminating hooks of a group that nothing completes.

    A function that is told of one hook by its environment completes no other.
    """
    names = custom_hooks(graph, group)
    return [name for name in names if len(names) > 1 and not _completes_hook(graph, group, name)]


def _completes_hook(graph: Graph, group: Resource, name: str) -> bool:
    def meant(functions: Iterable[Resource]) -> bool:
        return any(other_than(function, DRAINING_HOOK, {name}) is None for function in functions)

    def heard(rule: Resource) -> bool:
        functions = _started(graph, group, rule, [name])
        return meant(functions) if functions else _hears(graph, group, rule, [name])

    return any_true(
        lambda: meant(completers(graph, group)),
        lambda: meant(_notified(graph, group, [name])),
        *(partial(heard, rule) for rule in graph.of(tokens.EVENT_RULE)),
    )


def completers(graph: Graph, group: Resource) -> list[Resource]:
    """Return the scheduled functions that may complete the lifecycle actions of a group."""
    return graph.once(("completers", group.urn), lambda: actors(graph, COMPLETE, group))


def handlers(graph: Graph, group: Resource) -> list[Resource]:
    """Return the functions of this stack that complete the terminating hooks of a group, in the order of their URNs.

    Raises UnknownInputError when there is none for certain.
    """
    return graph.once(("handlers", group.urn), lambda: _handlers(graph, group))


def _handlers(graph: Graph, group: Resource) -> list[Resource]:
    ways: list[Callable[[], Iterable[Resource]]] = [
        lambda: completers(graph, group),
        lambda: _notified(graph, group, custom_hooks(graph, group)),
        *(partial(_started, graph, group, rule, custom_hooks(graph, group)) for rule in graph.of(tokens.EVENT_RULE)),
    ]
    found, lost = dict[str, Resource](), list[UnknownInputError]()
    for way in ways:
        try:
            found |= {function.urn: function for function in way()}
        except UnknownInputError as unknown:
            lost.append(unknown)
    if lost and not found:
        raise lost[0]
    return [found[urn] for urn in sorted(found)]


def _notified(graph: Graph, group: Resource, names: Iterable[str]) -> list[Resource]:
    message: dict[str, Field] = {
        **_detail(group, names), "AutoScalingGroupARN": ANYTHING, "AccountId": ANYTHING, "Service": "AWS Auto Scaling",
        "Time": ANYTHING, "RequestId": ANYTHING,
    }  # fmt: skip
    hooks = [hook for hook in hook_resources(graph, group) if name_of(hook) in names]
    return _able(graph, group, (one for hook in hooks for one in functions_of_notifications(graph, hook, message)))


def _started(graph: Graph, group: Resource, rule: Resource, names: Iterable[str]) -> list[Resource]:
    """Return the functions that a rule starts when an instance of the group waits in a terminating hook."""
    if not _matches(graph, group, rule, names):
        return []
    found: list[Resource] = []
    for target in targets_of_rule(graph, rule):
        found += [one for one in functions_at(graph, target, "arn") if allowed_to_call(graph, one, EVENTS)]
        for queue in graph.targets(target, "arn", (tokens.QUEUE,), "arn"):
            found += functions_of_queue(graph, queue)
        for topic in graph.targets(target, "arn", (tokens.TOPIC,), "arn"):
            found += functions_of_topic(graph, topic)
    return _able(graph, group, found)


def _hears(graph: Graph, group: Resource, rule: Resource, names: Iterable[str]) -> bool:
    if not _matches(graph, group, rule, names):
        return False
    elsewhere = (not graph.targets(target, "arn", FOLLOWED, "arn", "id") for target in targets_of_rule(graph, rule))
    return any(elsewhere) or bool(_started(graph, group, rule, names))


def _matches(graph: Graph, group: Resource, rule: Resource, names: Iterable[str]) -> bool:
    pattern = pattern_of(rule)
    if not pattern or not is_on(graph, rule) or not _on_default_bus(rule):
        return False
    event: dict[str, Field] = {
        "source": "aws.autoscaling", "detail-type": "EC2 Instance-terminate Lifecycle Action",
        "detail": {**_detail(group, names), "Origin": "AutoScalingGroup", "Destination": ("EC2", "WarmPool")},
        "account": ANYTHING, "region": ANYTHING, "resources": ANYTHING, "time": ANYTHING, "id": ANYTHING,
        "version": "0",
    }  # fmt: skip
    return passes(pattern, event)


def _on_default_bus(rule: Resource) -> bool:
    """Return whether a rule hears what AWS sends; a bus that the program makes is another."""
    if not rule.has("eventBusName"):
        return True
    return not rule.is_unknown("eventBusName") and str(rule.get("eventBusName")).rpartition("/")[2] == "default"


def _detail(group: Resource, names: Iterable[str]) -> dict[str, Field]:
    return {
        "LifecycleTransition": TERMINATING, "LifecycleHookName": names,
        "AutoScalingGroupName": group_names(group), "EC2InstanceId": ANYTHING, "LifecycleActionToken": ANYTHING,
        "NotificationMetadata": ANYTHING,
    }  # fmt: skip


def _able(graph: Graph, group: Resource, functions: Iterable[Resource]) -> list[Resource]:
    """Return those that can run and may complete; a function whose role is of another stack is believed."""
    return [
        one
        for one in functions
        if can_run(one) and (not graph.targets(one, "role", (tokens.ROLE,), "arn") or may(graph, one, COMPLETE, group))
    ]
