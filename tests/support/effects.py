"""What stands at a path of a resource's inputs, through lists and through JSON within them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def value_at(inputs: Mapping[str, Any], path: str) -> Any:
    """The value at `a.0.b`; None where there is nothing."""
    found: Any = dict(inputs)
    for step in path.split("."):
        found = json.loads(found) if isinstance(found, str) else found
        if isinstance(found, list):
            found = found[int(step)] if int(step) < len(found) else None
        else:
            found = (found or {}).get(step)
    return found
