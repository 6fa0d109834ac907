"""One JSON line for each decision, on standard output, where Lambda's JSON log format passes it on as it is."""

import json
import sys
from datetime import UTC, datetime
from typing import Any, Literal

Level = Literal["INFO", "WARN", "ERROR"]


def write(event: str, level: Level = "INFO", **fields: Any) -> None:
    """Write one line. `timestamp` and `level` are the names by which Lambda filters; times are written in ISO 8601."""
    line = {"timestamp": datetime.now(UTC).isoformat(), "level": level, "event": event, **fields}
    sys.stdout.write(json.dumps(line, default=_plain) + "\n")
    sys.stdout.flush()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(value)
