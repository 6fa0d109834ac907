"""What several rules want to know of an ECS service."""

from __future__ import annotations

from functools import lru_cache

from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.quantities import number
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import Unknown, UnknownInputError

ZONE_SPREAD = {"type": "spread", "field": "attribute:ecs.availability-zone"}
OTHER_CONTROLLERS = ("EXTERNAL", "CODE_DEPLOY")


def is_daemon(service: Resource) -> bool:
    """Return whether the service runs one task on every instance."""
    return service.get("schedulingStrategy") == "DAEMON"


def controller(service: Resource) -> str:
    """Return what deploys the service: `ECS` by default."""
    return str(service.get("deploymentController", "type", default="ECS"))


def deployed_by_ecs(service: Resource) -> bool:
    """Return whether ECS itself deploys the service, as it does by default."""
    return controller(service) not in OTHER_CONTROLLERS


def shifting(service: Resource) -> str:
    """Return the strategy by which ECS shifts the traffic of a service; empty where it replaces task by task.

    Source: Amazon ECS API reference, DeploymentConfiguration.
    """
    strategy = str(service.get("deploymentConfiguration", "strategy", default="ROLLING"))
    return strategy if deployed_by_ecs(service) and strategy != "ROLLING" else ""


def spreads_over_zones(service: Resource) -> bool:
    """Return whether the first placement strategy spreads the tasks over Availability Zones."""
    strategies = service.get("orderedPlacementStrategies", default=[])
    first = strategies[0] if isinstance(strategies, list) and strategies else {}
    return isinstance(first, dict) and all(str(first.get(key)).lower() == value for key, value in ZONE_SPREAD.items())


def scaling_targets(graph: Graph, service: Resource) -> list[Resource]:
    """Return the Application Auto Scaling targets that scale a service.

    Raises UnknownInputError when there is none, but one of unknown resource could.
    """
    by_key, lost = _ecs_targets(graph)
    direct = [item for key in (service.urn, *service.known("id", "name")) for item in by_key.get(key, ())]
    keys = {key for one in direct for key in (one.urn, *one.texts("resourceId"))}
    found = {item.urn: item for item in (*direct, *(other for key in keys for other in by_key.get(key, ())))}
    if lost and not found:
        raise UnknownInputError(f"resourceId of {lost}")
    if by_key and not found and service.is_unknown("name"):
        raise UnknownInputError("name")
    return [found[urn] for urn in sorted(found)]


def unlinked_target(graph: Graph) -> str:
    """Return the name of a scaling target that may scale any service, as nothing is known of what it scales."""
    return _ecs_targets(graph)[1]


@lru_cache(maxsize=2)
def _ecs_targets(graph: Graph) -> tuple[dict[str, list[Resource]], str]:
    """By URN, ARN or name of a service; and the name of one of which nothing is known."""
    by_key: dict[str, list[Resource]] = {}
    lost = ""
    for item in graph.of(tokens.SCALING_TARGET):
        if item.get("serviceNamespace") != "ecs":
            continue
        links, text = item.dependencies.get("resourceId", frozenset()), item.peek("resourceId")
        keys = {*links} if isinstance(text, Unknown) else {*links, str(text), str(text).rpartition("/")[2]}
        for key in keys:
            by_key.setdefault(key, []).append(item)
        if not links and isinstance(text, Unknown):
            lost = item.name
    return by_key, lost


def scheduled_actions(graph: Graph, target: Resource) -> tuple[Resource, ...]:
    """Return what sets the bounds of a scaling target at certain times."""
    return graph.sources((tokens.SCHEDULED_ACTION,), "resourceId", target, "resourceId", "id")


def least_tasks(graph: Graph, service: Resource) -> int:
    """Return the smallest number of tasks that scaling, at whatever time, or the program may choose."""
    targets = scaling_targets(graph, service)
    if not targets:
        return int(number(service.get("desiredCount"), 1))
    bounds = [number(target.get("minCapacity")) for target in targets]
    bounds += [
        number(action.get("scalableTargetAction", "minCapacity"))
        for target in targets
        for action in scheduled_actions(graph, target)
        if action.has("scalableTargetAction", "minCapacity")
    ]
    return int(min(bounds))


def most_tasks(graph: Graph, service: Resource) -> int:
    """Return the largest number of tasks that scaling or the program may choose, at least the smallest one."""
    highest = [number(target.get("maxCapacity")) for target in scaling_targets(graph, service)]
    return int(max(*highest, least_tasks(graph, service))) if highest else least_tasks(graph, service)


def group_identities(graph: Graph, holder: Resource, *path: str | int) -> set[str]:
    """Return what tells the security groups at a path apart: URNs of those of this stack, ids of others.

    Raises UnknownInputError when it holds one of which nothing is known.
    """
    given, by_id = holder.peek(*path), _group_urns(graph)
    linked = {urn for urn in holder.dependencies.get(str(path[0]), ()) if urn in by_id}
    items = given if isinstance(given, list) else [given]
    if not linked and any(isinstance(item, Unknown) for item in items):
        raise UnknownInputError(".".join(str(step) for step in path))
    return linked | {by_id.get(str(item), str(item)) for item in items if not isinstance(item, Unknown) and item}


CARRIERS: dict[str, tuple[str, ...]] = {
    tokens.SERVICE: ("networkConfiguration", "securityGroups"),
    tokens.LAUNCH_TEMPLATE: ("vpcSecurityGroupIds",),
    tokens.LAUNCH_CONFIGURATION: ("securityGroups",),
    tokens.INSTANCE: ("vpcSecurityGroupIds",),
    **dict.fromkeys(tokens.LOAD_BALANCERS, ("securityGroups",)),
}
"""What carries security groups, and where; a launch template has them on its network interfaces as well."""


@lru_cache(maxsize=2)
def group_carriers(graph: Graph) -> tuple[dict[str, set[str]], list[str]]:
    """Return who carries each security group, by URN; and the names of those of whose groups nothing is known."""
    found: dict[str, set[str]] = {}
    lost: list[str] = []
    for one in graph.of(*CARRIERS):
        try:
            for path in _paths(one):
                for group in group_identities(graph, one, *path):
                    found.setdefault(group, set()).add(one.urn)
        except UnknownInputError:
            lost.append(one.name)
    return found, lost


def _paths(carrier: Resource) -> list[tuple[str | int, ...]]:
    interfaces = carrier.get("networkInterfaces", default=[]) if carrier.type == tokens.LAUNCH_TEMPLATE else []
    count = len(interfaces) if isinstance(interfaces, list) else 0
    return [CARRIERS[carrier.type], *(("networkInterfaces", index, "securityGroups") for index in range(count))]


@lru_cache(maxsize=2)
def _group_urns(graph: Graph) -> dict[str, str]:
    """By id; by URN where no id is known."""
    groups = graph.of(tokens.SECURITY_GROUP)
    return {key: group.urn for group in groups for key in (group.urn, *group.known("id"))}
