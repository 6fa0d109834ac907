"""Finds who may act on an Auto Scaling group: functions on a schedule whose role grants the action on it."""

from __future__ import annotations

from collections.abc import Mapping

from ecs_operations.facts import tokens
from ecs_operations.facts.calls import Call
from ecs_operations.facts.globs import ANY_SUFFIX, UNSAID
from ecs_operations.facts.graph import Graph, any_true
from ecs_operations.facts.permissions import may_call
from ecs_operations.facts.places import arn, names_of
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.user_data import cluster_named, user_data
from ecs_operations.facts.values import Unknown, UnknownInputError
from ecs_operations.facts.wiring import scheduled_functions

COMPLETE, HEARTBEAT, REFRESH, SET_SIZE = (
    f"autoscaling:{action}"
    for action in (
        "CompleteLifecycleAction", "RecordLifecycleActionHeartbeat", "StartInstanceRefresh", "SetDesiredCapacity",
    )
)  # fmt: skip


def group_names(group: Resource) -> frozenset[str]:
    """Return the names that a group has, or its prefix with ANY_SUFFIX.

    Raises UnknownInputError when neither is known.
    """
    if names := group.known("name"):
        return names
    if group.has("namePrefix"):
        return frozenset({f"{group.get('namePrefix')}{ANY_SUFFIX}"})
    raise UnknownInputError("name")


def actors(graph: Graph, action: str, group: Resource) -> list[Resource]:
    """Return the scheduled functions whose role may perform an action on this group.

    Raises UnknownInputError when there is none, but a policy that is not known yet could make one.
    """
    found, lost = list[Resource](), list[UnknownInputError]()
    for function in scheduled_functions(graph):
        try:
            if may(graph, function, action, group):
                found.append(function)
        except UnknownInputError as unknown:
            lost.append(unknown)
    if lost and not found:
        raise lost[0]
    return found


def may(graph: Graph, function: Resource, action: str, group: Resource) -> bool:
    """Return whether a function's role grants an action on a group. Raises UnknownInputError as `may_call` does."""
    ends = [f"autoScalingGroup:{UNSAID}:autoScalingGroupName/{name}" for name in _names(group)]
    resources = tuple(arn(graph, group, "autoscaling", end) for end in ends)
    return _may(graph, function, Call(action=action, resources=resources, tags=_tags(group)))


def _names(group: Resource) -> frozenset[str]:
    try:
        return group_names(group)
    except UnknownInputError:
        if group.is_unknown("name") or group.is_unknown("namePrefix"):
            raise
        return names_of(group, "name")


def may_in_cluster(graph: Graph, function: Resource, action: str, group: Resource) -> bool:
    """Return whether a function may perform an action of ECS on the instances of a group, in the cluster they join."""
    clusters = clusters_of(graph, group) or frozenset({UNSAID})
    kind = _RESOURCES.get(action, "container-instance")
    end = "" if kind == "cluster" else f"/{UNSAID}"
    arns = tuple(arn(graph, group, "ecs", f"cluster/{name}") for name in clusters)
    resources = tuple(arn(graph, group, "ecs", f"{kind}/{name}{end}") for name in clusters)
    context = {} if kind == "cluster" else {"ecs:cluster": arns}
    return _may(graph, function, Call(action=action, resources=resources, context=context))


_RESOURCES: Mapping[str, str] = {
    "ecs:ListContainerInstances": "cluster",
    "ecs:DescribeTasks": "task",
    "ecs:StopTask": "task",
}
"""Action → its type of resource, where it is no container instance (source: Service Authorization Reference)."""


def _may(graph: Graph, function: Resource, call: Call) -> bool:
    roles = graph.targets(function, "role", (tokens.ROLE,), "arn")
    return any_true(*(lambda role=role: may_call(graph, role, call) for role in roles))


def _tags(group: Resource) -> Mapping[str, str] | None:
    """Return the tags of a group by their keys in lower case; None if they are not known."""
    if group.is_unknown("tags"):
        return None
    given = group.get("tags", default=[])
    tags = [tag for tag in given if isinstance(tag, dict)] if isinstance(given, list) else []
    return {str(tag.get("key")).lower(): _known(tag.get("value")) for tag in tags}


def _known(value: object) -> str:
    return UNSAID if isinstance(value, Unknown) else str(value)


def clusters_of(graph: Graph, group: Resource) -> frozenset[str]:
    """Return the names of the clusters that a group's instances may join: what its user data says, else all there are.

    Empty if nothing is known of them.
    """
    templates = [
        template
        for property_ in ("launchTemplate", "mixedInstancesPolicy")
        if group.has(property_) and not group.undecided(property_)
        for template in graph.targets(group, property_, (tokens.LAUNCH_TEMPLATE,), "id", "name")
    ]
    said = frozenset(name for template in templates for name in joined_clusters(template))
    return said or frozenset(name for one in graph.of(tokens.CLUSTER) for name in names_of(one, "name"))


def joined_clusters(template: Resource) -> frozenset[str]:
    """Return the name of the cluster in the user data of a template; none where it, or the name in it, is not known."""
    try:
        name = cluster_named(user_data(template))
    except UnknownInputError:
        return frozenset()
    return frozenset({name} if name and "$" not in name else ())
