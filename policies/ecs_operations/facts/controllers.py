"""Finds who may act on an Auto Scaling group: functions on a schedule whose role grants the action on it."""

from __future__ import annotations

from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.permissions import Statement, covers, granted
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UnknownInputError
from ecs_operations.facts.wiring import scheduled_functions

COMPLETE, HEARTBEAT, REFRESH, SET_SIZE = (
    f"autoscaling:{action}"
    for action in (
        "CompleteLifecycleAction", "RecordLifecycleActionHeartbeat", "StartInstanceRefresh", "SetDesiredCapacity",
    )
)  # fmt: skip
ANY_SUFFIX = "\N{REPLACEMENT CHARACTER}"
"""Stands for the random end of a name that is made from a prefix: only a wildcard covers it."""

_NAME = "autoScalingGroupName/"
_TAG_KEYS = ("autoscaling:resourcetag/", "aws:resourcetag/")


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
    """Return whether a function's role grants an action on a group. Raises UnknownInputError as `granted` does."""
    roles = graph.targets(function, "role", (tokens.ROLE,), "arn")
    return any(
        statement.allows(action) and _reaches(statement, group) for role in roles for statement in granted(graph, role)
    )


def _reaches(statement: Statement, group: Resource) -> bool:
    return any(_covers_group(pattern, group) for pattern in statement.resources) and _tags_match(statement, group)


def _covers_group(pattern: str, group: Resource) -> bool:
    if _NAME not in pattern:
        return pattern.endswith("*")
    return any(covers(pattern.rpartition(_NAME)[2], name) for name in group_names(group))


def _tags_match(statement: Statement, group: Resource) -> bool:
    tags = {tag["key"].lower(): tag["value"] for tag in group.get("tags", default=[])}
    for key, wanted in statement.conditions.items():
        for prefix in _TAG_KEYS:
            name = key.removeprefix(prefix)
            if name != key and not (name in tags and any(covers(value, tags[name]) for value in wanted)):
                return False
    return True
