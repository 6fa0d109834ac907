"""What several rules want to know of an ECS service."""

from __future__ import annotations

from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource, refers
from ecs_operations.facts.values import Unknown, UnknownInputError

ZONE_SPREAD = {"type": "spread", "field": "attribute:ecs.availability-zone"}
OTHER_CONTROLLERS = ("EXTERNAL", "CODE_DEPLOY")


def is_daemon(service: Resource) -> bool:
    """Return whether the service runs one task on every instance."""
    return service.get("schedulingStrategy") == "DAEMON"


def on_fargate(service: Resource) -> bool:
    """Return whether ECS places the tasks without instances."""
    return service.get("launchType") == "FARGATE"


def deployed_by_ecs(service: Resource) -> bool:
    """Return whether ECS itself deploys the service, as it does by default."""
    return service.get("deploymentController", "type", default="ECS") not in OTHER_CONTROLLERS


def spreads_over_zones(service: Resource) -> bool:
    """Return whether the first placement strategy spreads the tasks over Availability Zones."""
    strategies = service.get("orderedPlacementStrategies", default=[])
    return bool(strategies) and all(strategies[0].get(key) == value for key, value in ZONE_SPREAD.items())


def scaling_targets(graph: Graph, service: Resource) -> list[Resource]:
    """Return the Application Auto Scaling targets that scale a service.

    Raises UnknownInputError when there is none, but one of unknown resource could.
    """
    targets = [item for item in graph.of(tokens.SCALING_TARGET) if item.get("serviceNamespace") == "ecs"]
    found = [target for target in targets if _scales(target, service)]
    lost = [item for item in targets if not item.dependencies.get("resourceId") and item.is_unknown("resourceId")]
    if lost and not found:
        raise UnknownInputError(f"resourceId of {lost[0].name}")
    return found


def _scales(target: Resource, service: Resource) -> bool:
    if refers(target, "resourceId", service, "id"):
        return True
    text = target.peek("resourceId")
    return not isinstance(text, Unknown) and any(str(text).endswith(f"/{name}") for name in service.known("name"))
