"""The key `logs`: the log groups of the platform."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .section import Section

RetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]
"""The values that CloudWatch Logs accepts (PutRetentionPolicy), without 0, which means for ever."""


class LogsSettings(Section):
    """The log groups of the platform."""

    retention_days: RetentionDays = Field(
        default=90, description="Days that log events are kept; one of the values that CloudWatch Logs accepts."
    )
