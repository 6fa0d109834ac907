"""The view of each command that prints one with `--json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..reading.log_lines import LogLine
from .bill import Bill
from .explanation import Explanation
from .findings import Findings
from .services import Events, Services, Tasks
from .status import Status

VIEWS: Final[Mapping[str, type[Any]]] = {
    "status": Status,
    "explain": Explanation,
    "services": Services,
    "tasks": Tasks,
    "events": Events,
    "logs": LogLine,
    "doctor": Findings,
    "cost": Bill,
}
"""Command → the dataclass that it prints; `logs` prints one a line."""
