"""The function: woken by the schedule every minute."""

import os
from functools import cache
from typing import Any, Final

from ..cluster import journal, wake
from ..cluster.clients import clients
from ..cluster.clock import Clock
from ..cluster.services import TaskDefinition
from .clients import service_clients
from .run import run
from .settings import Settings

_KNOWN: Final[dict[str, TaskDefinition]] = {}
"""Task definitions that this process has read: they never change."""


@cache
def settings() -> Settings:
    """The settings, read once; a contradiction ends the function before it does anything."""
    return Settings.from_environment(os.environ)


def handle(event: Any, context: Any) -> dict[str, int]:
    """Make one run. What the event says is not trusted."""
    done = run(
        clients(),
        service_clients(),
        settings(),
        Clock().now(),
        _KNOWN,
        lambda: context.get_remaining_time_in_millis() / 1000,
    )
    journal.write("finished", hint=wake.hint(event), actions=len(done.results))
    return {"actions": len(done.results)}
