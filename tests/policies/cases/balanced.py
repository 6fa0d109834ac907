"""A load balancer in subnets, for the cases of several files."""

from __future__ import annotations

from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from tests.policies.cases.build import a


def balancer(*subnets: Resource, token: str = tokens.LOAD_BALANCER, **changes: Any) -> Resource:
    return a(token, "door", depends={"subnets": subnets} if subnets else None, **changes)
