"""Lifecycle hooks of a group, whichever way the program made them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import rows

LAUNCHING, TERMINATING = "autoscaling:EC2_INSTANCE_LAUNCHING", "autoscaling:EC2_INSTANCE_TERMINATING"
SOURCE = "Amazon EC2 Auto Scaling user guide, Lifecycle hooks; Amazon ECS developer guide, Draining container instances"
"""What the rules about hooks rest on."""


def hook_resources(graph: Graph, group: Resource, transition: str = TERMINATING) -> list[Resource]:
    """Return the LifecycleHook resources of a group, the terminating ones by default."""
    return [hook for hook in _all_resources(graph, group) if hook.get("lifecycleTransition") == transition]


def _all_resources(graph: Graph, group: Resource) -> tuple[Resource, ...]:
    return graph.sources((tokens.LIFECYCLE_HOOK,), "autoscalingGroupName", group, "name", "id")


def initial_hooks(group: Resource, transition: str = TERMINATING) -> list[Mapping[str, Any]]:
    """Return the hooks that are made together with the group, the terminating ones by default."""
    hooks = rows(group.get("initialLifecycleHooks", default=[]))
    return [hook for hook in hooks if hook.get("lifecycleTransition") == transition]


def name_of(hook: Resource) -> str:
    """Return the name of a LifecycleHook resource, which is its logical one unless the program names it."""
    return str(hook.get("name", default=hook.name))


def custom_hooks(graph: Graph, group: Resource) -> list[str]:
    """Return the names of all terminating hooks of a group.

    A LifecycleHook resource takes the place of an initial hook of its name, whatever transition it is for.
    """
    later = _all_resources(graph, group)
    initial = {str(hook.get("name")) for hook in initial_hooks(group)} - {name_of(hook) for hook in later}
    return sorted(initial | {name_of(hook) for hook in hook_resources(graph, group)})


def managed_draining(graph: Graph, group: Resource) -> Iterable[Resource]:
    """Return the capacity providers that drain the instances of a group; they do unless told not to."""
    return [
        provider
        for provider in providers_of(graph, group)
        if provider.get("autoScalingGroupProvider", "managedDraining", default="ENABLED") != "DISABLED"
    ]


def providers_of(graph: Graph, group: Resource) -> tuple[Resource, ...]:
    """Return the capacity providers of a group."""
    return graph.sources((tokens.CAPACITY_PROVIDER,), "autoScalingGroupProvider", group, "arn")
