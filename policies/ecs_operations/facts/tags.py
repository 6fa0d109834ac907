"""Tags that a resource has from its provider."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import Unknown


def default_tags(resource: Resource) -> Any:
    """Return the default tags of a resource's provider: a mapping, an Unknown, or nothing."""
    given = resource.provider.get("defaultTags")
    if isinstance(given, Unknown):
        return given
    block = _parsed(given) if isinstance(given, str) and given else given
    return block.get("tags") if isinstance(block, dict) else {}


@lru_cache(maxsize=64)
def _parsed(text: str) -> Any:
    """Many resources have one provider."""
    return json.loads(text)
