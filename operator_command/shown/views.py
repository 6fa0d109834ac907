"""The view of each command that prints one with `--json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..reading.checked import Checked
from ..reading.log_lines import LogLine
from .bill import Bill
from .done import Done
from .explanation import Explanation
from .findings import Findings
from .progress import Look
from .services import Events, Services, Tasks
from .status import Status

VIEWS: Final[Mapping[str, Any]] = {
    "status": Status,
    "watch": Look | Status,
    "explain": Explanation,
    "services": Services,
    "tasks": Tasks,
    "events": Events,
    "logs": LogLine,
    "run": LogLine,
    **dict.fromkeys(
        ("restart", "rollback", "pause", "resume", "drain", "replace", "retry-rollout", "test-alarm"), Done
    ),
    "doctor": Findings,
    "preflight": Checked,
    "cost": Bill,
}
"""Command → the dataclass that it prints; `watch` prints the status where nothing is named."""

LINES: Final = frozenset({"watch", "logs", "run", "preflight"})
"""Commands that print one a line."""
