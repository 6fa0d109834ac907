"""Draining: an instance leaves only when its tasks have left, and somebody sees to it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ecs_operations import tokens
from ecs_operations.controllers import COMPLETE, actors, group_names
from ecs_operations.hooks import TERMINATING, custom_hooks, hook_resources, initial_hooks, managed_draining
from ecs_operations.model import any_true
from ecs_operations.permissions import granted
from ecs_operations.registry import Config, Level, Results, Severity, WhenUnknown, resource_rule, stack_rule
from ecs_operations.wiring import (
    EVENTS,
    allowed_to_call,
    allows_value,
    functions_of_notifications,
    functions_of_rule,
    pattern_of,
)

if TYPE_CHECKING:
    from ecs_operations.model import Graph, Resource

DRAIN_ACTIONS = ("ecs:UpdateContainerInstancesState", "ecs:ListTasks")
TERMINATE_EVENT = "EC2 Instance-terminate Lifecycle Action"
SOURCE = "Amazon EC2 Auto Scaling user guide, Lifecycle hooks; Amazon ECS developer guide, Draining container instances"


@stack_rule(
    "asg-termination-hook",
    summary="An instance waits for its tasks before it terminates.",
    fix="Add an autoscaling.LifecycleHook for autoscaling:EC2_INSTANCE_TERMINATING, or managed draining of a "
    "capacity provider.",
    severity=Severity.HIGH,
    source=SOURCE,
    types=(tokens.GROUP,),
    unknown=WhenUnknown.SKIP,
    guards=("initialLifecycleHooks",),
)
def asg_termination_hook(group: Resource, graph: Graph, _config: Config) -> Results:
    """Without a hook, a scale-in or an update of the image kills running tasks in the middle of their requests."""
    if not any_true(lambda: custom_hooks(graph, group), lambda: managed_draining(graph, group)):
        yield "has no terminating lifecycle hook, and no capacity provider drains its instances"


@stack_rule(
    "asg-drain-handler-wired",
    summary="Somebody acts on the terminating hook, and is able to.",
    fix="Wire the hook to a function: one that runs on a schedule and may complete lifecycle actions of the group, "
    "one behind the hook's notifications, or one behind an EventBridge rule with the permission to call it.",
    severity=Severity.HIGH,
    source=SOURCE,
    types=(tokens.GROUP,),
    unknown=WhenUnknown.SKIP,
)
def asg_drain_handler_wired(group: Resource, graph: Graph, _config: Config) -> Results:
    """A hook that nobody answers holds every instance for its whole timeout, and then kills the tasks all the same."""
    names = custom_hooks(graph, group)
    if names and not any_true(
        lambda: actors(graph, COMPLETE, group),
        lambda: _by_notification(graph, group),
        *(partial(_by_event, graph, group, rule) for rule in graph.of(tokens.EVENT_RULE)),
    ):
        yield f"has the terminating hook {', '.join(names)}, which nobody completes"


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


@stack_rule(
    "asg-single-drain-owner",
    summary="One mechanism drains the instances of a group, not two.",
    fix='Set managed_draining "DISABLED" on the capacity provider, or remove the hook.',
    severity=Severity.MEDIUM,
    source="Amazon ECS developer guide, Managed instance draining",
    types=(tokens.GROUP,),
    level=Level.ADVISORY,
    unknown=WhenUnknown.SKIP,
)
def asg_single_drain_owner(group: Resource, graph: Graph, _config: Config) -> Results:
    """Two drainers wait for each other: the instance leaves only after the slower one, up to 48 hours later."""
    names = custom_hooks(graph, group)
    providers = [provider.name for provider in managed_draining(graph, group)]
    if names and providers:
        yield f"is drained by the hook {', '.join(names)} and by the capacity provider {', '.join(providers)}"


@resource_rule(
    "drain-hook-default-result",
    summary="A terminating hook says what happens when nobody answers it.",
    fix="Set default_result; CONTINUE and ABANDON both terminate, unless the group retains instances on abandon.",
    severity=Severity.LOW,
    source="Amazon EC2 Auto Scaling API reference, PutLifecycleHook",
    types=(tokens.LIFECYCLE_HOOK, tokens.GROUP),
    level=Level.ADVISORY,
    unknown=WhenUnknown.PRESENT,
    guards=("defaultResult",),
)
def drain_hook_default_result(holder: Resource, _config: Config) -> Results:
    """The default is ABANDON, which skips the remaining hooks; a reader of the program should not have to know."""
    if holder.type == tokens.GROUP:
        if not holder.is_unknown("initialLifecycleHooks") and _silent(holder):
            yield "has an initial terminating hook without a default result"
    elif holder.get("lifecycleTransition") == TERMINATING and not holder.has("defaultResult"):
        yield "does not say its default result"


def _silent(group: Resource) -> bool:
    return any(hook.get("defaultResult") is None for hook in initial_hooks(group))


@stack_rule(
    "drain-handler-permissions",
    summary="Who completes the hook may also drain the instance.",
    fix="Allow ecs:UpdateContainerInstancesState and ecs:ListTasks in the function's role.",
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Draining container instances",
    types=(tokens.GROUP,),
    unknown=WhenUnknown.SKIP,
)
def drain_handler_permissions(group: Resource, graph: Graph, _config: Config) -> Results:
    """A handler that may complete the hook but not set DRAINING lets each instance go with all its tasks on it."""
    functions = actors(graph, COMPLETE, group) if custom_hooks(graph, group) else []
    missing = {function.name: _missing(graph, function) for function in functions}
    if missing and all(missing.values()):
        name = min(missing)
        yield f"{name} may complete its lifecycle actions, but not {' and '.join(missing[name])}"


def _missing(graph: Graph, function: Resource) -> list[str]:
    roles = graph.targets(function, "role", (tokens.ROLE,), "arn")

    def granted_somewhere(action: str) -> bool:
        return any_true(*(partial(_grants, graph, role, action) for role in roles))

    return [action for action in DRAIN_ACTIONS if not granted_somewhere(action)]


def _grants(graph: Graph, role: Resource, action: str) -> bool:
    return any(statement.allows(action) for statement in granted(graph, role))
