"""What an application says of a task that runs by a schedule, and what can be wrong with it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Final
from zoneinfo import available_timezones

from ..common.args import inputs
from ..common.inputs import range_problem
from ..contract import Platform
from .job import Job
from .schedule_expression import DAY_S, expression_problem, longest_pause_s

HOUR_S: Final = 3600

DELIVERY_S: Final = 300
"""Seconds between RunTask and the count of its event: minute's precision of Scheduler, events and logs on their way."""

LONGEST_WATCH_S: Final = 7 * DAY_S
"""Seconds that an alarm can look back in periods of an hour; in shorter ones it is a day (CloudWatch API,
PutMetricAlarm, EvaluationPeriods)."""


@dataclass(frozen=True)
class Watch:
    """How far an alarm looks back."""

    period_s: int
    periods: int

    @property
    def minutes(self) -> int:
        """All periods together."""
        return self.period_s * self.periods // 60


@inputs
class ScheduledTaskArgs:
    """What runs, and when. A run starts whether the one before has ended or not: Scheduler starts, and does not look.

    What must not run twice at a time takes a lock, for example a row of its database.
    """

    platform: Platform
    job: Job
    schedule: str
    """`cron(minutes hours day-of-month month day-of-week year)`, `rate(12 hours)`, or once
    `at(2030-01-31T03:00:00)`, to the minute (EventBridge Scheduler user guide, "Schedule types")."""
    time_zone: str = "UTC"
    """Time zone of the schedule, for example `Europe/Berlin`; its summer time is kept. By default UTC."""
    flexible_window_minutes: int | None = None
    """Minutes after the time of the schedule within which a run starts, 1 to 1440: many schedules of one time need no
    room at once. By default it starts in that minute."""
    retry_attempts: int = 185
    """How often Scheduler tries again to start a run, later and later, 0 to 185. A run that has started is not
    repeated. By default as often as the time allows."""
    retry_age_s: int = HOUR_S
    """Seconds for which it tries, 60 to 86400; then the run is left out, and its message is in the dead-letter queue.
    By default an hour."""
    enabled: bool = True
    """Whether it runs. By default it does."""

    def problem(self) -> str | None:
        """What Scheduler does not take (EventBridge Scheduler API, CreateSchedule)."""
        window = self.flexible_window_minutes
        return (
            expression_problem("schedule", self.schedule)
            or self._time_zone_problem()
            or (None if window is None else range_problem("flexible_window_minutes", window, 1, 1440, " minutes"))
            or range_problem("retry_attempts", self.retry_attempts, 0, 185)
            or range_problem("retry_age_s", self.retry_age_s, 60, DAY_S, " s")
        )

    def _time_zone_problem(self) -> str | None:
        known = available_timezones()  # empty where the machine has no such data
        if not known or self.time_zone in known:
            return None
        return f"time_zone: must be a name of the IANA database like Europe/Berlin, got {self.time_zone!r}"

    @property
    def watch(self) -> Watch | None:
        """For how long at most no run starts while all is well; None where no alarm can look back so far."""
        pause_s = longest_pause_s(self.schedule)
        if not self.enabled or pause_s is None:
            return None
        summer_time_s = 0 if self.schedule.startswith("rate") or self.time_zone == "UTC" else HOUR_S
        late_s = (self.flexible_window_minutes or 0) * 60 + self.retry_age_s + DELIVERY_S
        for period_s, longest_s in ((DELIVERY_S, DAY_S), (HOUR_S, LONGEST_WATCH_S)):
            periods = ceil((pause_s + summer_time_s + late_s) / period_s)
            if periods * period_s <= longest_s:
                return Watch(period_s, periods)
        return None
