"""The time that a drain has, against the time that it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_operations import tokens
from ecs_operations.controllers import COMPLETE, HEARTBEAT, actors
from ecs_operations.documents import containers
from ecs_operations.hooks import TERMINATING
from ecs_operations.model import Graph, NotEvaluated, Resource, UnknownInputError
from ecs_operations.registry import Config, Results, Setting, Severity, WhenUnknown, stack_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_HEARTBEAT_S = 3600
LONGEST_WAIT_S = 172_800
HEARTBEATS = 100
"""Auto Scaling waits at most 100 heartbeats and 48 hours (source: API reference, PutLifecycleHook)."""
DEFAULT_DEREGISTRATION_S = 300
DEFAULT_STOP_S = 30
"""Seconds, where the program is silent (source: ELB API reference; ECS developer guide, stopTimeout)."""


@stack_rule(
    "drain-time-budget",
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
            description="Seconds between two looks of the drain handler; two looks are counted.",
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
    """When the hook ends before the balancer has let go of the last connection, the instance dies with requests on it.

    Needed: start of the replacement, deregistration delay, stop timeout, two looks. It must fit into the deadline of
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
            yield f"the handler gives a drain {deadline} s, and the slowest task needs {needed} s"
        if deadline > wait:
            yield f"the handler gives a drain {deadline} s, but the hook ends it after {wait} s"
    if not deadlines and wait < needed:
        yield f"waits {wait} s, and the slowest task needs {needed} s"


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
