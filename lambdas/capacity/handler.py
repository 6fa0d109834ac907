"""The function: woken by the schedule, or by an event that is only a hint to look at once."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from ..cluster.clients import clients
from ..cluster.services import TaskDefinition
from .run import run
from .settings import Settings

_KNOWN: Final[dict[str, TaskDefinition]] = {}
"""Task definitions that this process has read: they never change."""


@cache
def settings() -> Settings:
    """The settings, read once; a contradiction ends the function before it does anything."""
    return Settings.from_environment(os.environ)


def handle(event: Mapping[str, Any] | None, context: Any) -> dict[str, str]:  # noqa: ARG001 - Lambda passes both
    """Make one run. What the event says is not trusted."""
    decision = run(clients(), settings(), datetime.now(UTC), _KNOWN)
    return {"reason": decision.reason.value}
