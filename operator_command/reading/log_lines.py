"""Lines of CloudWatch Logs, and lines as they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from lambdas.cluster.errors import code_of

POLL_S: Final = 2
"""Seconds between two looks while following."""


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """One line."""

    at: datetime
    stream: str
    message: str


@dataclass(kw_only=True)
class Lines:
    """What is new in some log streams since the last look; a line that comes late is not missed within a minute."""

    logs: Any
    group: str
    since_ms: int
    """Milliseconds since 1970."""
    prefix: str = ""
    """Beginning of the streams' names; by default all of the group."""
    streams: Sequence[str] = ()
    """The streams alone; they win over the prefix."""
    _seen: dict[str, int] = field(default_factory=dict[str, int])

    def new(self) -> list[LogLine]:
        """Lines that no look has given before, in their order. A group or a stream that is not there has none."""
        which: dict[str, Any] = {"logStreamNamePrefix": self.prefix} if self.prefix else {}
        if self.streams:
            which = {"logStreamNames": list(self.streams)}
        pages = self.logs.get_paginator("filter_log_events").paginate(
            logGroupName=self.group, startTime=self.since_ms, **which
        )
        try:
            found = [each for page in pages for each in page["events"]]
        except ClientError as error:
            if code_of(error) != "ResourceNotFoundException":
                raise
            return []
        events = [each for each in found if each.get("logStreamName", "").startswith(self.prefix)]
        fresh = [each for each in events if each["eventId"] not in self._seen]
        self._seen |= {each["eventId"]: each["timestamp"] for each in fresh}
        newest = max(self._seen.values(), default=self.since_ms)
        self.since_ms = max(self.since_ms, newest - 60_000)
        self._seen = {name: at for name, at in self._seen.items() if at >= self.since_ms}
        return sorted((_line(each) for each in fresh), key=lambda each: each.at)


def _line(event: Any) -> LogLine:
    return LogLine(
        at=datetime.fromtimestamp(event["timestamp"] / 1000, UTC),
        stream=event.get("logStreamName", ""),
        message=str(event["message"]).rstrip("\n"),
    )
