"""What a service cannot have together with a traffic shift. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .route_groups import RouteGroup
from .route_priority import MOST_VALUES, PRIORITIES, priority
from .routing import Route
from .traffic_shift import TrafficShift

ALTERNATE = "alternate"
"""What the name of a second target group ends with."""


def shift_problem(
    shift: TrafficShift,
    groups: Sequence[RouteGroup],
    *,
    containers: Sequence[str],
    discoverable: bool,
    requests_per_minute: float | None,
    ports: bool,
) -> str | None:
    """Whether ECS could not shift the requests, or something else would follow the wrong tasks."""
    if not groups:
        return "shift: needs a route, whose requests it shifts; tasks of a worker are replaced step by step"
    if discoverable:
        return (
            "shift: callers by the private name reach new tasks from their first second, which no shift holds back; "
            "leave shift or discoverable out"
        )
    if ports:
        return (
            "shift: connections at a port of a Network Load Balancer would follow another deployment than the "
            "requests; leave shift or ports out, or make two services"
        )
    if requests_per_minute:
        return (
            "shift: requests_per_minute counts the requests of one target group, and after a shift they are at the "
            "other one; scale by cpu_percent or a metric"
        )
    if ALTERNATE in containers:
        return f"shift: second target groups are called {ALTERNATE}; give the container another name"
    return next((problem for group in groups if (problem := _group_problem(shift, group))), None)


def _group_problem(shift: TrafficShift, group: RouteGroup) -> str | None:
    if len(group.routes) > 1:
        return (
            f"shift: ECS shifts one listener rule of a target group, and {len(group.routes)} routes lead to that of "
            f"port {group.port}; take one with a wider path, or give them health checks or times of their own"
        )
    (route,) = group.routes
    if route.login:
        return (
            "shift: ECS shifts no rule that does more than forward (ECS developer guide, Application Load Balancer "
            "resources), and the route has a login; leave one of them out"
        )
    if route.stickiness_s:
        return (
            "shift: a cookie leads to one task, and where a rule has two target groups AWS takes it only with another "
            "one that keeps clients at the old tasks; leave stickiness_s out"
        )
    return _header_problem(shift.test_header, route) if shift.test_header else None


def _header_problem(header: str, route: Route) -> str | None:
    if header.lower() in {name.lower() for name in route.headers}:
        return f"shift: test_header {header} is a condition of the route itself; take another header"
    number = sum(len(values) for values in route.conditions.values) + 1 + bool(route.host)
    if number >= MOST_VALUES:
        return (
            f"shift: test_header is one more value of the rule, which has {MOST_VALUES} at most, and {route} has "
            f"{number}; leave the header or a condition out"
        )
    return None


def header_priority(route: Route, header: str, service: str) -> int:
    """The priority of the rule for test traffic, before that of the route; less than 1 where none is left."""
    if route.priority is not None:
        return route.priority - 1
    return priority(route.host, route.path, [*route.conditions.values, [f"header {header}: {service}".lower()]])


def header_room_problem(shift: TrafficShift | None, groups: Sequence[RouteGroup], service: str) -> str | None:
    """Whether a rule for test traffic has no place before that of its route."""
    if shift is None or shift.test_header is None:
        return None
    for group in groups:
        for route in group.routes:
            if header_priority(route, shift.test_header, service) not in PRIORITIES:
                return f"shift: no priority is left before {route} for test_header; give the route priority=2 or more"
    return None


def header_route(route: Route, header: str, service: str) -> Route:
    """The requests of a route that carry the header of test traffic."""
    headers = {**route.headers, header: service}
    return replace(route, headers=headers, priority=header_priority(route, header, service))
