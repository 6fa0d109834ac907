"""Task definitions of one container, whose fields a case changes."""

from __future__ import annotations

import json
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from tests.policies.cases.build import a

NON_BLOCKING = {"logDriver": "awslogs", "options": {"awslogs-group": "/shop/web", "mode": "non-blocking"}}
DIGEST = f"registry.example.com/web@sha256:{'0' * 64}"
CONTAINER = {
    "name": "web", "image": DIGEST, "memory": 512, "readonlyRootFilesystem": True, "logConfiguration": NON_BLOCKING,
}  # fmt: skip


def task(*, settings: Any = None, depends: Any = None, **container: Any) -> Resource:
    text = json.dumps([{**CONTAINER, **container}])
    given = {"networkMode": "awsvpc", "containerDefinitions": text, **(settings or {})}
    return a(tokens.TASK_DEFINITION, "web", depends=depends, **given)


def listed(*containers: Any, **settings: Any) -> Resource:
    """A task definition whose JSON is partly known."""
    return a(
        tokens.TASK_DEFINITION, "web", **{"networkMode": "awsvpc", "containerDefinitions": [*containers], **settings}
    )
