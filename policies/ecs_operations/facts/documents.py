"""JSON text in inputs: container definitions, event patterns."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from ecs_operations.facts.resource import Resource


def parsed(resource: Resource, *path: str | int, default: Any = None) -> Any:
    """Return the parsed JSON of an input, or the default when it is absent or no JSON.

    An input that is already structured is returned as it is. Raises UnknownInputError when it is not known.
    """
    text = resource.get(*path)
    if not isinstance(text, str):
        return default if text is None else text
    try:
        return loaded(text)
    except ValueError:
        return default


@lru_cache(maxsize=1024)
def loaded(text: str) -> Any:
    """Return JSON as values. Many rules read one document; none changes it. Raises ValueError when it is none."""
    return json.loads(text)


def containers(task_definition: Resource) -> list[dict[str, Any]]:
    """Return the container definitions of a task definition."""
    found = parsed(task_definition, "containerDefinitions", default=[])
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
