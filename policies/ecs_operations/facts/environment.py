"""What a function is told of its stack by its environment."""

from __future__ import annotations

import re
from collections.abc import Collection

from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource

CLUSTER = re.compile(r"(ECS_|TARGET_)?CLUSTER(_NAME|_ARN)?")
DRAINING_HOOK = re.compile(r"(LIFECYCLE|DRAIN|DRAINING|TERMINATION|TERMINATING)_HOOK(_NAME)?")
"""Names of variables that name a cluster, and a terminating hook."""


def other_cluster(graph: Graph, function: Resource) -> str | None:
    """Return the cluster that a function is told to look at, if it is none of this stack's."""
    clusters = graph.of(tokens.CLUSTER)
    if not all(cluster.known("name") for cluster in clusters):
        return None
    return other_than(function, CLUSTER, {name for one in clusters for name in one.known("name", "arn", "id")})


def other_than(function: Resource, variable: re.Pattern[str], names: Collection[str]) -> str | None:
    """Return the value of a variable that is none of these names; None where there is no name to compare with."""
    given = function.peek("environment", "variables")
    if not names or not isinstance(given, dict):
        return None
    values = [value for name, value in sorted(given.items()) if variable.fullmatch(name) and isinstance(value, str)]
    return next((value for value in values if value not in names and value.rpartition("/")[2] not in names), None)
