"""What woke a run: the schedule, or anything else. Nothing more of an event is trusted."""

from collections.abc import Mapping
from typing import Any, Final

SCHEDULE: Final = {"wake": "schedule"}
"""What the program has the schedule send."""

LONGEST_HINT: Final = 100
"""Characters of an event's name that are logged."""


def is_scheduled(event: Any) -> bool:
    """Whether the schedule sent this."""
    return isinstance(event, Mapping) and all(event.get(name) == value for name, value in SCHEDULE.items())


def hint(event: Any) -> str:
    """The kind of the event, for the log; any value is taken."""
    if is_scheduled(event):
        return "schedule"
    kind = event.get("detail-type", "none") if isinstance(event, Mapping) else type(event).__name__
    return str(kind)[:LONGEST_HINT]
