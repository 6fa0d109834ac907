"""What service auto scaling looks at beside CPU, memory and requests: a queue, a metric, the time. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from math import inf
from typing import Any, Final, Literal
from zoneinfo import available_timezones

import pulumi

from ..common.args import inputs
from ..common.inputs import range_problem
from .schedule_expression import expression_problem

_NAME: Final = re.compile(r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?\Z")
_QUEUE: Final = re.compile(r"(?=.{1,80}\Z)[A-Za-z0-9_-]+(\.fifo)?")


@inputs
class QueueTarget:
    """A queue of SQS, whose messages shall wait no longer than what is acceptable.

    A task may have acceptable_latency_s / message_s messages before it: that is the target (Application Auto Scaling
    user guide, "Create a target tracking scaling policy using metric math").
    """

    queue_name: pulumi.Input[str]
    """Name of the queue, not its ARN or address: `queue.name`."""
    acceptable_latency_s: float
    """Seconds that a message may wait, more than 0."""
    message_s: float
    """Seconds that a task takes for one message on average, more than 0; with several at a time the part of each."""

    def problem(self) -> str | None:
        """Whether a time is none, or a name is something else."""
        for name in ("acceptable_latency_s", "message_s"):
            if not 0 < getattr(self, name) < inf:
                return f"{name}: must be more than 0 s, got {getattr(self, name)}"
        if self.message_s > self.acceptable_latency_s:
            given = f"{self.acceptable_latency_s:g}"
            return f"acceptable_latency_s: must be message_s ({self.message_s:g} s) or more, got {given}"
        if isinstance(self.queue_name, str) and not re.fullmatch(
            r"(?=.{1,80}\Z)[A-Za-z0-9_-]+(\.fifo)?", self.queue_name
        ):
            return f"queue_name: must be the name of a queue, got {self.queue_name!r}; write queue.name"
        return None

    @property
    def messages(self) -> float:
        """Messages that may wait for each task."""
        return self.acceptable_latency_s / self.message_s

    def metrics(self, known: Mapping[str, str]) -> list[dict[str, Any]]:
        """The messages for each running task, as metric math; where none runs, those for one."""
        each = "(waiting + working) / IF(FILL(running, REPEAT) > 0, FILL(running, REPEAT), 1)"
        return [
            *_queue_metrics(known, running="RunningTaskCount"),
            _expression("each", each, "Messages that wait for each task"),
        ]


def waits_for_nobody(known: Mapping[str, str]) -> list[dict[str, Any]]:
    """1 while messages wait and no task runs, else 0, as metric math."""
    waits = "IF(FILL(wanted, REPEAT) < 1, IF(waiting > 0, 1, 0), 0)"
    return [
        *_queue_metrics(known, wanted="DesiredTaskCount"),
        _expression("waits", waits, "Messages wait for a first task"),
    ]


@inputs
class MetricTarget:
    """A metric of CloudWatch that goes down by as much as tasks are added, such as work for each task."""

    namespace: str
    name: pulumi.Input[str]
    value: float
    """What it shall be on average, more than 0."""
    dimensions: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    """By default it has none."""
    statistic: Literal["Average", "Maximum", "Minimum", "SampleCount", "Sum"] = "Average"
    """By default the average of a minute."""
    unit: str | None = None
    """Unit that it is written with. By default any."""

    def problem(self) -> str | None:
        """Whether no value can be kept."""
        return None if 0 < self.value < inf else f"value: must be more than 0, got {self.value}"


@inputs
class ScheduledBounds:
    """Other bounds from a time on, until another one of the schedules.

    `ScheduledBounds(name="day", schedule="cron(0 8 ? * MON-FRI *)", time_zone="Europe/Berlin", minimum=6)`.
    """

    name: str
    """Different for each of a service."""
    schedule: str
    """`cron(minutes hours day-of-month month day-of-week year)` or `at(2026-12-24T08:00:00)`."""
    time_zone: str = "UTC"
    """Name of the IANA database, whose summer time it follows. By default UTC."""
    minimum: int | None = None
    """Tasks at least from then on, 0 or more. By default it stays."""
    maximum: int | None = None
    """Tasks at most from then on. By default it stays."""

    def problem(self) -> str | None:
        """What Application Auto Scaling does not take."""
        if not _NAME.match(self.name):
            return f"name: must be up to 40 of a-z, 0-9 and -, got {self.name!r}"
        if self.minimum is None and self.maximum is None:
            return "minimum: give minimum, maximum or both, or it changes nothing"
        return self._time_problem() or self._bounds_problem()

    def _time_problem(self) -> str | None:
        if self.time_zone not in available_timezones():
            return f"time_zone: must be a name such as Europe/Berlin, got {self.time_zone!r}"
        if self.schedule.startswith("rate("):
            return f"schedule: a time is meant, cron(...) or at(...), got {self.schedule!r}"
        return expression_problem("schedule", self.schedule)

    def _bounds_problem(self) -> str | None:
        for name, least in {"minimum": 0, "maximum": 1}.items():
            value: int | None = getattr(self, name)
            if value is not None and (problem := range_problem(name, value, least)):
                return problem
        return None


def _queue_metrics(known: Mapping[str, str], **tasks: str) -> list[dict[str, Any]]:
    """What waits in the queue and what is worked on, which keeps the last task, and a count of tasks.

    `known` are names of the cluster, the service and the queue. What comes late counts as it was.
    """
    service = {"ClusterName": known["cluster"], "ServiceName": known["service"]}
    queue = {"QueueName": known["queue"]}
    return [
        _metric("waiting", "AWS/SQS", "ApproximateNumberOfMessagesVisible", queue),
        _metric("working", "AWS/SQS", "ApproximateNumberOfMessagesNotVisible", queue),
        *(_metric(id_, "ECS/ContainerInsights", name, service) for id_, name in tasks.items()),
    ]


def _metric(id_: str, namespace: str, name: str, dimensions: Mapping[str, str]) -> dict[str, Any]:
    return {"id": id_, "namespace": namespace, "name": name, "dimensions": dimensions, "statistic": "Average"}


def _expression(id_: str, expression: str, label: str) -> dict[str, Any]:
    return {"id": id_, "expression": expression, "label": label}
