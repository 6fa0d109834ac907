"""Draining: an instance leaves only when its tasks have left, and something sees to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ecs_operations.engine.registry import Config, Level, NotEvaluated, Results, Rule, Setting, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.controllers import COMPLETE, HEARTBEAT, actors, may_in_cluster
from ecs_operations.facts.documents import containers
from ecs_operations.facts.ecs_groups import in_cluster
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.handlers import DRAIN_ACTIONS, completers
from ecs_operations.facts.hooks import TERMINATING, custom_hooks, initial_hooks, name_of
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import number, rows
from ecs_operations.facts.values import UnknownInputError
from ecs_operations.facts.wiring import longest_wait_s


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
def drain_hook_default_result(holder: Resource, graph: Graph, _config: Config) -> Results:
    """The default is ABANDON, which skips the remaining hooks; a reader of the program should not have to know."""
    if holder.type == tokens.GROUP:
        if not holder.is_unknown("initialLifecycleHooks") and _silent(holder) and in_cluster(graph, holder):
            yield "has an initial terminating hook without defaultResult"
        return
    silent = holder.get("lifecycleTransition") == TERMINATING and not holder.has("defaultResult")
    if silent and any(in_cluster(graph, group) for group in _groups(holder, graph)):
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
    hooked = custom_hooks(graph, group) and in_cluster(graph, group)
    functions = actors(graph, COMPLETE, group) if hooked else []
    missing = {function.name: _missing(graph, function, group) for function in functions}
    if missing and all(missing.values()):
        name = min(missing)
        yield f"{name} may complete its lifecycle actions, but not {', '.join(missing[name])} in its cluster"


def _missing(graph: Graph, function: Resource, group: Resource) -> list[str]:
    return [action for action in DRAIN_ACTIONS if not may_in_cluster(graph, function, action, group)]


DEFAULT_HEARTBEAT_S = 3600


SHORTEST_S, LONGEST_S = 30, 7200
"""Seconds that a heartbeat timeout may have (source: Auto Scaling API reference, PutLifecycleHook)."""


LONGEST_WAIT_S = 172_800


HEARTBEATS = 100
"""Auto Scaling waits at most 100 heartbeats and 48 hours (source: API reference, PutLifecycleHook)."""


DEFAULT_DEREGISTRATION_S = 300


DEFAULT_STOP_S = 30
"""Seconds, where the program is silent (source: ELB API reference; ECS developer guide, stopTimeout)."""


@Rule(
    id="drain-time-budget",
    summary="A drain has the time that its slowest task needs, and the hook waits for the drain.",
    fix="Raise the heartbeat timeout and the drain deadline, let the handler's schedule run more often, or lower "
    "deregistration delay and stop timeout.",
    severity=Severity.HIGH,
    source="Amazon EC2 Auto Scaling user guide, Lifecycle hooks; Application Load Balancers, Deregistration delay",
    types=(tokens.LIFECYCLE_HOOK, tokens.GROUP),
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
            description="Seconds between two passes of the drain handler, unless its schedule is slower; two passes "
            "are counted.",
        ),
        Setting(
            name="deadlineVariables",
            default=["DRAIN_DEADLINE_S", "DRAIN_DEADLINE_SECONDS"],
            description="Environment variables of the handler that hold its own deadline, in seconds.",
        ),
    ),
    guards=("heartbeatTimeout",),
)
def drain_time_budget(holder: Resource, graph: Graph, config: Config) -> Results:
    """When the hook ends before the last connection is deregistered, the instance terminates with requests on it.

    Needed: start of the replacement, deregistration delay, stop timeout, two passes. It must fit into the deadline of
    the handler, and that into what the hook waits: one heartbeat, or a hundred when the handler records heartbeats.
    A hook that is due before its handler looks for the second time ends with nobody having seen it.
    """
    for group in _groups(holder, graph):
        hooks = _hooks(holder, group, graph)
        if hooks and in_cluster(graph, group):
            for start, hook in hooks:
                yield from (
                    f"{start}{said}" if isinstance(said, str) else said for said in _of(hook, group, graph, config)
                )


def _groups(holder: Resource, graph: Graph) -> tuple[Resource, ...]:
    if holder.type == tokens.GROUP:
        return (holder,)
    groups = graph.targets(holder, "autoscalingGroupName", (tokens.GROUP,), "name", "id")
    if not groups:
        raise UnknownInputError("autoscalingGroupName (a group that is not in this stack)")
    return groups


def _hooks(holder: Resource, group: Resource, graph: Graph) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the hooks that a resource holds, each with how a sentence about it begins.

    The settings of a LifecycleHook go before those of an initial hook of the same name.
    """
    if holder.type != tokens.GROUP:
        return [("", holder.inputs)]
    initial = rows(group.get("initialLifecycleHooks", default=[]))
    later = graph.sources((tokens.LIFECYCLE_HOOK,), "autoscalingGroupName", group, "name", "id") if initial else ()
    names = [name_of(hook) for hook in later]
    return [(f"its hook {hook.get('name')} ", hook) for hook in initial if hook.get("name") not in names]


def _of(hook: Mapping[str, Any], group: Resource, graph: Graph, config: Config) -> Results:
    given = number(hook.get("heartbeatTimeout"))
    heartbeat = DEFAULT_HEARTBEAT_S if given is None else given
    if not SHORTEST_S <= heartbeat <= LONGEST_S:
        yield f"has a heartbeat timeout of {heartbeat} s, must be {SHORTEST_S} to {LONGEST_S} s"
    gaps = {function.name: longest_wait_s(graph, function) for function in completers(graph, group)}
    gap, name = min(((gap, name) for name, gap in gaps.items() if gap is not None), default=(0, ""))
    if heartbeat < 2 * gap:
        yield f"waits {heartbeat} s, must be at least {2 * gap:g} s: {name} looks every {gap:g} s"
    if hook.get("lifecycleTransition") == TERMINATING:
        poll = max(gap, config["pollSeconds"])
        yield from _budget(heartbeat, config["replacementSeconds"] + 2 * poll, group, graph, config)


def _budget(heartbeat: float, needed: float, group: Resource, graph: Graph, config: Config) -> Results:
    for part in (_deregistration(graph), _stops(graph)):
        slowest = set[float]()
        for value in part:
            if isinstance(value, NotEvaluated):
                yield value
            else:
                slowest.add(value)
        needed += max(slowest, default=0)
    beats = actors(graph, HEARTBEAT, group)
    wait = min(LONGEST_WAIT_S, HEARTBEATS * heartbeat) if beats else heartbeat
    deadlines = _deadlines(group, graph, config)
    yield from (f"{name} is no number of seconds" for name, deadline in deadlines if deadline is None)
    yield from _compare(needed, [deadline for _, deadline in deadlines if deadline is not None], wait)


def _compare(needed: float, deadlines: list[float], wait: float) -> Results:
    for deadline in deadlines:
        if deadline < needed:
            yield f"the drain deadline is {deadline:g} s, must be at least {needed:g} s: what the slowest task needs"
        if deadline > wait:
            yield f"the drain deadline is {deadline:g} s, must be at most {wait:g} s: what the hook waits"
    if not deadlines and wait < needed:
        yield f"waits {wait:g} s, must be at least {needed:g} s: what the slowest task needs"


def _deregistration(graph: Graph) -> Iterator[float | NotEvaluated]:
    for group in graph.of(*tokens.TARGET_GROUPS):
        try:
            yield number(group.get("deregistrationDelay", default=DEFAULT_DEREGISTRATION_S)) or 0
        except UnknownInputError as unknown:
            yield NotEvaluated(f"{unknown.path} of {group.name}")


def _stops(graph: Graph) -> Iterator[float | NotEvaluated]:
    yield DEFAULT_STOP_S
    for task in graph.of(tokens.TASK_DEFINITION):
        try:
            yield from (number(container.get("stopTimeout")) or DEFAULT_STOP_S for container in containers(task))
        except UnknownInputError as unknown:
            yield NotEvaluated(f"{unknown.path} of {task.name}")


def _deadlines(group: Resource, graph: Graph, config: Config) -> list[tuple[str, float | None]]:
    path = ("environment", "variables")
    return [
        (name, number(function.get(*path, name)))
        for function in completers(graph, group)
        for name in config["deadlineVariables"]
        if function.has(*path, name)
    ]
