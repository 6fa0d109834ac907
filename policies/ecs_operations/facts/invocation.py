"""Permissions to invoke a function, by their effect."""

from __future__ import annotations

from collections.abc import Iterable

from ecs_operations.facts import tokens
from ecs_operations.facts.globs import UNSAID, covers, may_cover
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.places import account_of, arns_of
from ecs_operations.facts.resource import Resource, refers
from ecs_operations.facts.values import UnknownInputError
from ecs_operations.facts.wiring import FUNCTION_KEYS

INVOKE = "lambda:InvokeFunction"


def may_invoke(graph: Graph, function: Resource, service: str, sources: Iterable[Resource]) -> bool:
    """Return whether a permission lets a service invoke a function for one of these sources of events.

    Raises UnknownInputError when only a permission that is not known could.
    """
    wanted, lost = tuple(sources), list[UnknownInputError]()
    for permission in graph.sources((tokens.PERMISSION,), "function", function, *FUNCTION_KEYS):
        try:
            if _is_for(permission, service) and _covers_source(graph, permission, wanted):
                return True
        except UnknownInputError as unknown:
            lost.append(UnknownInputError(f"{unknown.path} of {permission.name}"))
    if lost:
        raise lost[0]
    return False


def _is_for(permission: Resource, service: str) -> bool:
    action = str(permission.get("action", default=INVOKE)).lower()
    return permission.get("principal") in (service, "*") and covers(action, INVOKE.lower())


def _covers_source(graph: Graph, permission: Resource, sources: tuple[Resource, ...]) -> bool:
    account = permission.get("sourceAccount", default="")
    if account and UNSAID not in (own := account_of(graph)) and str(account) != own:
        return False
    if not permission.has("sourceArn") or not sources:
        return True
    if any(refers(permission, "sourceArn", source, "arn") for source in sources):
        return True
    if permission.is_unknown("sourceArn"):
        if permission.dependencies.get("sourceArn"):
            return False
        raise UnknownInputError("sourceArn")
    pattern = str(permission.get("sourceArn"))
    return any(may_cover(pattern, arn) for source in sources for arn in arns_of(graph, source))
