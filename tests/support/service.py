"""A service named `cart`, and what it registers."""

import json
from typing import Any

import pulumi_aws as aws

from infra.services.service import Service
from tests.support.application import a_service
from tests.support.graph import Graph, graph_of
from tests.support.shop import running_what_was_deployed


def graph_from(program, *, preview: bool = False) -> Graph:
    return graph_of(program, preview=preview, lookups={"aws:ecs/getService:getService": running_what_was_deployed})


def graph_with(*, preview: bool = False, **changes) -> Graph:
    return graph_from(lambda: Service("cart", a_service(**changes)), preview=preview)


def container_of(graph: Graph) -> dict[str, Any]:
    (container,) = json.loads(graph.one(aws.ecs.TaskDefinition)["containerDefinitions"])
    return container


def statements(graph: Graph, role: str) -> list[dict[str, Any]]:
    return json.loads(graph.one(aws.iam.RolePolicy, f"cart-task-{role}")["policy"])["Statement"]
