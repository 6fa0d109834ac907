"""Services that run one task on every instance."""

from __future__ import annotations

from ecs_operations.engine.registry import Config, Results, Rule, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.fargate import on_instances
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.quantities import number
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.services import deployed_by_ecs, is_daemon, scaling_targets

MOST = 100
"""Percent; what ECS takes of a daemon (source: Amazon ECS developer guide, daemon scheduling strategy)."""


@Rule(
    id="service-daemon",
    summary="A daemon, one task on each instance, has no settings of services whose tasks are counted and placed.",
    fix="Remove desired_count, ordered_placement_strategies, availability_zone_rebalancing and scaling targets; set "
    "deployment_maximum_percent to 100.",
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Daemon scheduling strategy; Amazon ECS API reference, CreateService: "
    "schedulingStrategy",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.SKIP,
    guards=("deploymentMaximumPercent",),
)
def service_daemon(service: Resource, graph: Graph, _config: Config) -> Results:
    """ECS refuses them in the middle of an `up`, or takes them at first and refuses each change after that.

    What a scaling target wants of a daemon is refused each time: the number of its tasks is that of the instances.
    """
    if not is_daemon(service):
        return
    if not on_instances(graph, service) or not deployed_by_ecs(service):
        yield "is a daemon, which ECS runs on instances alone, and deploys itself"
    if (most := number(service.get("deploymentMaximumPercent"), MOST)) > MOST:
        yield f"may run {most} % of its tasks in a deployment, and ECS takes {MOST} at most of a daemon"
    if service.get("desiredCount"):
        yield "has a desiredCount, and a daemon runs as many tasks as there are instances"
    if service.get("orderedPlacementStrategies"):
        yield "has placement strategies, and a daemon is placed on each instance"
    if service.get("availabilityZoneRebalancing") == "ENABLED":
        yield "is rebalanced over zones, and a daemon is where the instances are"
    for target in scaling_targets(graph, service):
        yield f"is scaled by {target.name}, and a daemon runs as many tasks as there are instances"
