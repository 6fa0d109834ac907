"""The function: woken by the schedule, or by an event that is only a hint to look at once."""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from ..cluster import journal
from ..cluster.clients import clients
from .passes import run
from .settings import Settings


@cache
def settings() -> Settings:
    """The settings, read once; a contradiction ends the function before it does anything."""
    return Settings.from_environment(os.environ)


def handle(event: Mapping[str, Any] | None, context: Any) -> dict[str, int]:
    """Look after the cluster until nothing moves or the next minute comes. What the event says is not trusted."""
    hint = (event or {}).get("detail-type", "none")
    passes = run(clients(), settings(), lambda: context.get_remaining_time_in_millis() / 1000)
    journal.write("finished", passes=passes, hint=str(hint))
    return {"passes": passes}
