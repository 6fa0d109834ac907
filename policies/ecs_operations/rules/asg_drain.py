"""The handler of a group's terminating hook: something completes it, from the first instance to the last."""

from __future__ import annotations

from collections.abc import Iterable

from ecs_operations.engine.registry import Config, Results, Rule, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.controllers import COMPLETE
from ecs_operations.facts.ecs_groups import in_cluster
from ecs_operations.facts.environment import DRAINING_HOOK, other_cluster, other_than
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.handlers import DRAIN_ACTIONS, completes, handlers, left_to_their_timeout
from ecs_operations.facts.hooks import SOURCE, custom_hooks, hook_resources
from ecs_operations.facts.options import made_before
from ecs_operations.facts.permissions import AWS_POLICY, documents_of
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UnknownInputError
from ecs_operations.facts.wiring import runs, schedules_of


@Rule(
    id="asg-drain-handler-wired",
    summary="Something completes the terminating hook, and is able to.",
    fix="Wire the hook to a function that may complete lifecycle actions of the group: one that runs on an enabled "
    "schedule, one behind the hook's notifications (with role_arn), or one behind an enabled EventBridge rule whose "
    "pattern lets the hook's events pass, with the permission to call it.",
    severity=Severity.HIGH,
    source=SOURCE,
    types=(tokens.GROUP,),
    unknown=WhenUnknown.SKIP,
)
def asg_drain_handler_wired(group: Resource, graph: Graph, _config: Config) -> Results:
    """A hook that nothing completes holds every instance for its whole timeout, and then stops the tasks.

    A handler whose schedule is switched off hears of the first event alone, and looks no more until the tasks are gone.
    """
    names = custom_hooks(graph, group)
    if not names or not in_cluster(graph, group):
        return
    if not completes(graph, group):
        yield f"has the terminating hook {', '.join(names)}, which nothing completes"
        return
    if left := left_to_their_timeout(graph, group):
        yield f"has the terminating hook {', '.join(left)} beside another one, which nothing completes"
    for function in handlers(graph, group):
        if cluster := other_cluster(graph, function):
            yield f"its hook is handled by {function.name}, which looks at another cluster, {cluster}"
        if hook := other_than(function, DRAINING_HOOK, names):
            yield f"its hook {', '.join(names)} is handled by {function.name}, which looks for the hook {hook}"
        schedules = schedules_of(graph, function)
        if schedules and not any(runs(graph, schedule) for schedule in schedules):
            yield f"its hook is handled by {function.name}, whose schedule {schedules[0].name} starts nothing"


@Rule(
    id="asg-drain-handler-outlives-group",
    summary="The handler of a terminating hook is made before the group, and deleted after it.",
    fix="Add the function, its role's policies and what starts it to depends_on of the group; where they refer to the "
    "group, to depends_on of the LifecycleHook. Give the hook the option retain_on_delete: it goes with its group.",
    severity=Severity.MEDIUM,
    source="Pulumi documentation, resource option dependsOn (deletion goes in the reverse order); " + SOURCE,
    types=(tokens.GROUP,),
    unknown=WhenUnknown.SKIP,
)
def asg_drain_handler_outlives_group(group: Resource, graph: Graph, _config: Config) -> Results:
    """A destroy takes the handler away beside the group: each instance waits for its hook, until the deletion fails.

    The same gap opens at the creation: the first instances wait for a handler that is not there yet.
    """
    hooks = hook_resources(graph, group)
    if not custom_hooks(graph, group) or not in_cluster(graph, group):
        return
    before = made_before(graph, [group, *hooks])
    needed = {part.urn: part.name for function in handlers(graph, group) for part in _parts(graph, function)}
    for hook in hooks:
        if hook.retain_on_delete is False:
            yield f"its hook {hook.name} is deleted before it, so that a destroy drains nothing (retain_on_delete)"
    if late := sorted({name for urn, name in needed.items() if urn not in before}):
        yield f"may be deleted after what drains it: it does not depend on {', '.join(late)}"


def _parts(graph: Graph, function: Resource) -> Iterable[Resource]:
    """Return a function, what starts it again and again, and what its role may do."""
    yield function
    yield from (schedule for schedule in schedules_of(graph, function) if runs(graph, schedule))
    for role in graph.targets(function, "role", (tokens.ROLE,), "arn"):
        held = graph.sources((tokens.ROLE_POLICY, tokens.ROLE_POLICY_ATTACHMENT), "role", role, "id", "name", "arn")
        yield from (one for one in held if _drains(graph, one))


def _drains(graph: Graph, holder: Resource) -> bool:
    """Return whether a policy of a role, or one attached to it, may be what lets the function drain."""
    if any(AWS_POLICY in arn for arn in holder.texts("policyArn")):
        return False
    try:
        policies = (
            graph.targets(holder, "policyArn", (tokens.MANAGED_POLICY,)) if holder.has("policyArn") else (holder,)
        )
        found = [statement for policy in policies for document in documents_of(policy) for statement in document]
    except UnknownInputError:
        return True
    return not policies or any(one.names(action) for one in found for action in (COMPLETE, *DRAIN_ACTIONS))
