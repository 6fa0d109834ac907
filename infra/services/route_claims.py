"""The routes of one program: two services that want the same requests are found before AWS finds them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import pulumi

from ..common.args import refused
from ..common.program import PerProgram
from ..contract import Platform
from .routing import Route


@dataclass
class RouteClaims:
    """The routes of one load balancer that services of a program have."""

    taken: dict[int, tuple[str, Route]] = field(default_factory=dict[int, tuple[str, Route]])
    """Priority → the service that has it, and its route."""

    def claim(self, service: str, route: Route) -> int:
        """Give a route's priority to a service. Raises pulumi.RunError where another route has it."""
        priority = route.chosen_priority
        for other, held in self.taken.values():
            if other == service and held is route:
                return priority
            if held.matches == route.matches:
                raise refused(
                    f"route: {service} and {other} both want {route}; give them different hosts, paths or other "
                    "conditions"
                )
        if priority not in self.taken:
            self.taken[priority] = service, route
            return priority
        other, held = self.taken[priority]
        raise refused(
            f"route: {route} of {service} has priority {priority}, and so has {held} of {other}; "
            "give one of them another priority"
        )


_CLAIMS = PerProgram(lambda: defaultdict[pulumi.Input[str], RouteClaims](RouteClaims))
"""Load balancer → its claims."""


def claims_of(platform: Platform) -> RouteClaims:
    """The claims at a platform's load balancer.

    The load balancer is known by the text of its ARN's suffix, or by the Output: all that read one platform, or a copy
    of it with other fields, have the same.
    """
    return _CLAIMS.get()[platform.load_balancer_arn_suffix]
