"""The function that moves tasks."""

from typing import Any


def handle(event: Any, context: Any) -> dict[str, str]:
    """Not there yet."""
    raise NotImplementedError(event, context)
