"""The option ignoreChanges, which would hide what the other rules guard. The rule is derived from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ecs_operations.engine.registry import Config, Results, Rule, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.options import EVERYTHING, ignored
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.services import deployed_by_ecs, scheduled_actions


def _has_hook_resource(group: Resource, graph: Graph) -> bool:
    return bool(graph.sources((tokens.LIFECYCLE_HOOK,), "autoscalingGroupName", group, "name", "id"))


UNLESS: dict[tuple[str, str], Callable[[Resource, Graph], bool]] = {
    (tokens.GROUP, "initialLifecycleHooks"): _has_hook_resource,
    (tokens.SERVICE, "taskDefinition"): lambda service, _graph: not deployed_by_ecs(service),
    (tokens.SERVICE, "loadBalancers"): lambda service, _graph: not deployed_by_ecs(service),
    (tokens.SCALING_TARGET, "minCapacity"): lambda target, graph: bool(scheduled_actions(graph, target)),
    (tokens.SCALING_TARGET, "maxCapacity"): lambda target, graph: bool(scheduled_actions(graph, target)),
}
"""What may be ignored although it is guarded: hooks at creation, when a LifecycleHook resource owns the settings; the
task definition and the target groups that CodeDeploy chose; bounds that a schedule sets.

A group's launchTemplate and a service's desiredCount have owners of their own; asg-instance-refresh and
service-desired-count-ignored judge them.
"""


def guarded_rule(rules: Iterable[Rule]) -> Rule:
    """Return the rule that forbids to ignore changes of anything that one of these rules guards."""
    guarded: dict[str, set[str]] = {}
    for rule in rules:
        for token in rule.types if rule.guards else ():
            guarded.setdefault(token, set()).update(rule.guards)

    @Rule(
        id="no-ignore-changes-on-guarded",
        summary="No option ignoreChanges hides a property that a rule of this pack guards.",
        fix="Remove the property from ignore_changes, or exempt the resource and say who owns the property.",
        severity=Severity.HIGH,
        source="Pulumi documentation, resource option ignoreChanges",
        types=tuple(sorted(guarded)),
        unknown=WhenUnknown.SKIP,
        reads_ignore_changes=True,
    )
    def no_ignore_changes_on_guarded(resource: Resource, graph: Graph, _config: Config) -> Results:
        """An ignored property keeps its old value for ever, while program, review and policies see the new one."""
        names = ignored(resource)
        hidden = guarded[resource.type] if EVERYTHING in names else guarded[resource.type] & names
        for name in sorted(hidden):
            owner = UNLESS.get((resource.type, name))
            if owner is None or not owner(resource, graph):
                yield f"ignores changes of {name}"

    return no_ignore_changes_on_guarded
