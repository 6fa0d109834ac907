"""Which routes of a service share a target group. Pure.

A target group has one port, one protocol and one health check. So routes that agree in all that is the group's share
one, and the load balancer has a rule for each that leads there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .routing import Route

MOST_GROUPS: Final = 5
"""Target groups of a service (Amazon ECS developer guide, "Registering multiple target groups with a service")."""


@dataclass(frozen=True, kw_only=True)
class RouteGroup:
    """Routes to one target group."""

    suffix: str
    """What its name ends with; of the service's own port nothing."""
    port: int
    container: str | None
    """The container beside the service's own that listens on the port; None for its own."""
    routes: Sequence[Route]
    """The first one says what they all say of the group."""


def route_groups(routes: Sequence[Route], own_port: int | None, sidecars: Mapping[int, str]) -> list[RouteGroup]:
    """The target groups of a service, in the order of their first routes; `sidecars` are port → container.

    A name follows from the port, so that another one of the service's port or of a container's keeps it. Of several
    groups of one port the first has that name, the others carry the priority of their first route.
    """
    found: dict[Any, list[Route]] = {}
    for route in routes:
        found.setdefault((port_of(route, own_port), *_of_the_group(route)), []).append(route)
    groups: dict[str, RouteGroup] = {}
    for (port, *_), members in found.items():
        container = sidecars.get(port)
        plain = "" if port == own_port else f"-{container or port}"
        suffix = plain if plain not in groups else f"{plain}-{members[0].chosen_priority}"
        groups[suffix] = RouteGroup(suffix=suffix, port=port, container=container, routes=members)
    return list(groups.values())


def rules_of(groups: Sequence[RouteGroup]) -> dict[str, str]:
    """Priority of a listener rule → what says which target group it leads to."""
    return {
        str(route.chosen_priority): f"{group.suffix or 'own port'}, {route.protocol}"
        for group in groups
        for route in group.routes
    }


def port_of(route: Route, own_port: int | None) -> int | None:
    """The port that a route leads to; None where neither it nor the service names one."""
    return own_port if route.port is None else route.port


def _of_the_group(route: Route) -> tuple[Any, ...]:
    """What two routes to one target group cannot have differently."""
    return (
        route.protocol,
        route.chosen_check,
        route.deregistration_delay_s,
        route.slow_start_s,
        route.stickiness_s,
    )
