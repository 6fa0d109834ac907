"""Lifecycle hooks of a group, whichever way the program made them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource

TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING"
SOURCE = "Amazon EC2 Auto Scaling user guide, Lifecycle hooks; Amazon ECS developer guide, Draining container instances"
"""What the rules about hooks rest on."""


def hook_resources(graph: Graph, group: Resource) -> list[Resource]:
    """Return the terminating LifecycleHook resources of a group."""
    hooks = graph.sources((tokens.LIFECYCLE_HOOK,), "autoscalingGroupName", group, "name", "id")
    return [hook for hook in hooks if hook.get("lifecycleTransition") == TERMINATING]


def initial_hooks(group: Resource) -> list[Mapping[str, Any]]:
    """Return the terminating hooks that are made together with the group."""
    hooks = group.get("initialLifecycleHooks", default=[])
    return [hook for hook in hooks if hook.get("lifecycleTransition") == TERMINATING]


def custom_hooks(graph: Graph, group: Resource) -> list[str]:
    """Return the names of all terminating hooks of a group; a resource without a name has its logical one."""
    resources = {str(hook.get("name", default=hook.name)) for hook in hook_resources(graph, group)}
    return sorted(resources | {str(hook["name"]) for hook in initial_hooks(group)})


def managed_draining(graph: Graph, group: Resource) -> Iterable[Resource]:
    """Return the capacity providers that drain the instances of a group; they do unless told not to."""
    providers = graph.sources((tokens.CAPACITY_PROVIDER,), "autoScalingGroupProvider", group, "arn")
    return [
        provider
        for provider in providers
        if provider.get("autoScalingGroupProvider", "managedDraining", default="ENABLED") != "DISABLED"
    ]
