"""Draining: an instance leaves only when its tasks have left, and something sees to it."""

from __future__ import annotations

from collections.abc import Iterator

from ecs_operations.engine.registry import Config, Level, NotEvaluated, Results, Rule, Setting, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.controllers import COMPLETE, HEARTBEAT, actors, may_in_cluster
from ecs_operations.facts.documents import containers
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.hooks import (
    TERMINATING,
    custom_hooks,
    initial_hooks,
)
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UnknownInputError

DRAIN_ACTIONS = (
    "ecs:ListContainerInstances",
    "ecs:DescribeContainerInstances",
    "ecs:UpdateContainerInstancesState",
    "ecs:ListTasks",
)
"""What finds the instance, drains it, and sees its last task leave."""


@Rule(
    id="drain-hook-default-result",
    summary="A terminating hook says what happens when nothing completes it.",
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
            yield "has an initial terminating hook without defaultResult"
    elif holder.get("lifecycleTransition") == TERMINATING and not holder.has("defaultResult"):
        yield "defaultResult is not set"


def _silent(group: Resource) -> bool:
    return any(hook.get("defaultResult") is None for hook in initial_hooks(group))


@Rule(
    id="drain-handler-permissions",
    summary="The function that completes the hook may also drain the instance.",
    fix="Allow ecs:ListContainerInstances, ecs:DescribeContainerInstances, ecs:UpdateContainerInstancesState and "
    "ecs:ListTasks in the function's role, for the cluster that the instances join.",
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Draining container instances",
    types=(tokens.GROUP,),
    unknown=WhenUnknown.SKIP,
)
def drain_handler_permissions(group: Resource, graph: Graph, _config: Config) -> Results:
    """A handler that may complete the hook but not set DRAINING lets each instance go with all its tasks on it.

    What counts is the cluster that the instances join: a permission for another cluster drains nothing here.
    """
    functions = actors(graph, COMPLETE, group) if custom_hooks(graph, group) else []
    missing = {function.name: _missing(graph, function, group) for function in functions}
    if missing and all(missing.values()):
        name = min(missing)
        yield f"{name} may complete its lifecycle actions, but not {', '.join(missing[name])} in its cluster"


def _missing(graph: Graph, function: Resource, group: Resource) -> list[str]:
    return [action for action in DRAIN_ACTIONS if not may_in_cluster(graph, function, action, group)]


DEFAULT_HEARTBEAT_S = 3600


LONGEST_WAIT_S = 172_800


HEARTBEATS = 100
"""Auto Scaling waits at most 100 heartbeats and 48 hours (source: API reference, PutLifecycleHook)."""


DEFAULT_DEREGISTRATION_S = 300


DEFAULT_STOP_S = 30
"""Seconds, where the program is silent (source: ELB API reference; ECS developer guide, stopTimeout)."""


@Rule(
    id="drain-time-budget",
    summary="A drain has the time that its slowest task needs, and the hook waits for the drain.",
    fix="Raise the heartbeat timeout and the drain deadline, or lower deregistration delay and stop timeout.",
    severity=Severity.HIGH,
    source="Amazon EC2 Auto Scaling user guide, Lifecycle hooks; Application Load Balancers, Deregistration delay",
    types=(tokens.LIFECYCLE_HOOK,),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="replacementSeconds",
            default=60,
            minimum=0,
            maximum=3600,
            description="Seconds until a task's replacement is healthy, which ECS awaits before it stops the old one.",
        ),
        Setting(
            name="pollSeconds",
            default=60,
            minimum=1,
            maximum=3600,
            description="Seconds between two passes of the drain handler; two passes are counted.",
        ),
        Setting(
            name="deadlineVariables",
            default=["DRAIN_DEADLINE_S", "DRAIN_DEADLINE_SECONDS"],
            description="Environment variables of the handler that hold its own deadline, in seconds.",
        ),
    ),
    guards=("heartbeatTimeout",),
)
def drain_time_budget(hook: Resource, graph: Graph, config: Config) -> Results:
    """When the hook ends before the last connection is deregistered, the instance terminates with requests on it.

    Needed: start of the replacement, deregistration delay, stop timeout, two passes. It must fit into the deadline of
    the handler, and that into what the hook waits: one heartbeat, or a hundred when the handler records heartbeats.
    """
    if hook.get("lifecycleTransition") != TERMINATING:
        return
    needed = config["replacementSeconds"] + 2 * config["pollSeconds"]
    for part in (_deregistration(graph), _stops(graph)):
        slowest = set[int]()
        for value in part:
            if isinstance(value, NotEvaluated):
                yield value
            else:
                slowest.add(value)
        needed += max(slowest, default=0)
    yield from _compare(needed, _deadlines(hook, graph, config), _wait(hook, graph))


def _compare(needed: int, deadlines: list[int], wait: int) -> Results:
    for deadline in deadlines:
        if deadline < needed:
            yield f"the drain deadline is {deadline} s, must be at least {needed} s: what the slowest task needs"
        if deadline > wait:
            yield f"the drain deadline is {deadline} s, must be at most {wait} s: what the hook waits"
    if not deadlines and wait < needed:
        yield f"waits {wait} s, must be at least {needed} s: what the slowest task needs"


def _deregistration(graph: Graph) -> Iterator[int | NotEvaluated]:
    for group in graph.of(*tokens.TARGET_GROUPS):
        try:
            yield int(group.get("deregistrationDelay", default=DEFAULT_DEREGISTRATION_S))
        except UnknownInputError as unknown:
            yield NotEvaluated(f"{unknown.path} of {group.name}")


def _stops(graph: Graph) -> Iterator[int | NotEvaluated]:
    yield DEFAULT_STOP_S
    for task in graph.of(tokens.TASK_DEFINITION):
        try:
            yield from (int(container.get("stopTimeout") or DEFAULT_STOP_S) for container in containers(task))
        except UnknownInputError as unknown:
            yield NotEvaluated(f"{unknown.path} of {task.name}")


def _handlers(hook: Resource, graph: Graph, action: str) -> list[Resource]:
    groups = graph.targets(hook, "autoscalingGroupName", (tokens.GROUP,), "name", "id")
    return [function for group in groups for function in actors(graph, action, group)]


def _wait(hook: Resource, graph: Graph) -> int:
    heartbeat = hook.get("heartbeatTimeout", default=DEFAULT_HEARTBEAT_S)
    return min(LONGEST_WAIT_S, HEARTBEATS * heartbeat) if _handlers(hook, graph, HEARTBEAT) else heartbeat


def _deadlines(hook: Resource, graph: Graph, config: Config) -> list[int]:
    return [
        int(function.get("environment", "variables", name))
        for function in _handlers(hook, graph, COMPLETE)
        for name in config["deadlineVariables"]
        if function.has("environment", "variables", name)
    ]
