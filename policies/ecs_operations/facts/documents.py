"""JSON text in inputs: container definitions, event patterns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import Unknown, UnknownInputError, plain

SECURITY_GUIDE = "Amazon ECS developer guide, Task and container security best practices"
"""What the rules about what a container may do rest on."""


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


def containers(task_definition: Resource) -> Iterator[dict[str, Any]]:
    """Yield the container definitions of a task definition, whose leaves may be unknown.

    Raises UnknownInputError when they are not known, and after the last one when one of them is not.
    """
    given = task_definition.get("containerDefinitions")
    found = _definitions(given) if isinstance(given, str) else given
    items = found if isinstance(found, list) else []
    yield from (item for item in items if isinstance(item, dict))
    if any(isinstance(item, Unknown) for item in items):
        raise UnknownInputError("containerDefinitions")


@lru_cache(maxsize=1024)
def _definitions(text: str) -> Any:
    try:
        return plain(json.loads(text), "containerDefinitions")
    except ValueError:
        return None


def inner(value: Any, *path: str) -> Any:
    """Return what is at a path of objects, None where a step is absent or something else; an Unknown as it is."""
    for step in path:
        if isinstance(value, Unknown):
            return value
        value = value.get(step) if isinstance(value, dict) else None
    return value


def called(container: dict[str, Any]) -> str:
    """Return what a sentence calls a container."""
    name = container.get("name")
    return f"container {name}" if isinstance(name, str) and name else "a container"
