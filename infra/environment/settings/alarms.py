"""The key `alarms`: who is notified."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .section import Section


class AlarmsSettings(Section):
    """Who is notified of alarms."""

    emails: tuple[Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")], ...] = Field(
        default=(),
        description="Mail addresses, like ops@example.com, that get every alarm, each after confirming once. For "
        "paging, subscribe your tool to the topic of the output alarmTopicArn.",
    )
