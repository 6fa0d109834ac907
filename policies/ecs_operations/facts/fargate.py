"""Where the tasks of a service run: on instances of the cluster, on Fargate, or on machines outside of AWS."""

from __future__ import annotations

from ecs_operations.facts import tokens
from ecs_operations.facts.documents import inner
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import listed
from ecs_operations.facts.values import Unknown, UnknownInputError, leaves

PROVIDERS = ("FARGATE", "FARGATE_SPOT")
"""Capacity providers that every account has (source: Amazon ECS API reference, PutClusterCapacityProviders)."""


def on_instances(graph: Graph, service: Resource) -> bool:
    """Return whether ECS places the tasks of a service on container instances.

    A launch type decides, then a capacity provider strategy of the service or, by default, of its cluster, and then
    what the task definition is made for. Raises UnknownInputError when the one that decides is not known.
    """
    if service.has("launchType"):
        return service.get("launchType") not in ("FARGATE", "EXTERNAL")
    if service.has("capacityProviderStrategies"):
        return not _only_fargate(service, "capacityProviderStrategies")
    return not (_by_default(graph, service) or _by_definition(graph, service))


def made_for_instances(graph: Graph, task: Resource) -> bool:
    """Return whether a task definition may be placed on container instances, as far as this stack tells."""
    if task.has("requiresCompatibilities") and "EC2" not in listed(task.get("requiresCompatibilities")):
        return False
    services = graph.sources((tokens.SERVICE,), "taskDefinition", task, "arn", "family")
    return not services or any(on_instances(graph, service) for service in services)


def _only_fargate(holder: Resource, property_: str) -> bool:
    """Whether a strategy names Fargate: it mixes it with no other provider. One of this stack is of instances."""
    found = [inner(item, "capacityProvider") for item in listed(holder.get(property_))]
    if any(isinstance(one, str) and one in PROVIDERS for one in found):
        return True
    lost = any(isinstance(one, Unknown) for one in found)
    if lost and not any(tokens.CAPACITY_PROVIDER in urn for urn in holder.dependencies.get(property_, ())):
        raise UnknownInputError(property_)
    return False


def _by_default(graph: Graph, service: Resource) -> bool:
    """Whether the service's cluster runs on Fargate what says nothing."""
    settings = [
        one
        for one in graph.of(tokens.CLUSTER_CAPACITY_PROVIDERS)
        if any(
            leaf in PROVIDERS for leaf in leaves(one.peek("defaultCapacityProviderStrategies")) if isinstance(leaf, str)
        )
    ]
    return any(_of_one_cluster(graph, service, one) for one in settings)


def _of_one_cluster(graph: Graph, service: Resource, providers: Resource) -> bool:
    clusters = graph.targets(providers, "clusterName", (tokens.CLUSTER,))
    if clusters:
        return any(one in clusters for one in graph.targets(service, "cluster", (tokens.CLUSTER,)))
    names = {text.rpartition("/")[2] for text in service.texts("cluster")}
    return not names.isdisjoint(providers.texts("clusterName"))


def _by_definition(graph: Graph, service: Resource) -> bool:
    try:
        tasks = graph.targets(service, "taskDefinition", (tokens.TASK_DEFINITION,), "arn", "family")
    except UnknownInputError:
        return False
    return bool(tasks) and all(task.peek("requiresCompatibilities") == ["FARGATE"] for task in tasks)
