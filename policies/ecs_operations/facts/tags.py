"""Tags that a resource has from its provider."""

from __future__ import annotations

import json
from typing import Any

from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import Unknown


def default_tags(resource: Resource) -> Any:
    """Return the default tags of a resource's provider: a mapping, an Unknown, or nothing."""
    given = resource.provider.get("defaultTags")
    if isinstance(given, Unknown) or not given:
        return {} if given is None else given
    block = json.loads(given) if isinstance(given, str) else given
    return block.get("tags")
