"""What became of a job's runs, counted in the environment's record of events, with alarms.

The record has every event of the cluster's tasks (`Cluster` of the environment keeps it), so a job needs neither a rule
nor a target of its own. RunTask may answer without an error that it has started nothing, for example where no instance
has room (ECS API, RunTask, failures), and AWS does not say whether Scheduler tries again then. So what counts is that
tasks of the job exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pulumi
import pulumi_aws as aws

from ..common.alarms import Alarm, alarm_to
from ..common.late import previewed
from ..common.location import Location
from ..common.measures import Formula, Metric
from ..common.names import cluster_event_log_group
from ..contract import Platform
from .scheduled_task_args import Watch

LONGEST_PATTERN: Final = 1024
"""Characters of a filter's pattern (CloudWatch Logs API, FilterPattern)."""

STARTED: Final = '$.detail.desiredStatus = "RUNNING"'
"""A task that shall run: each has such an event, however short it is (ECS developer guide, "Task state change events").
"""

ENDED: Final = '$.detail.lastStatus = "STOPPED"'

LONG_AGO: Final = "1970-01-01T00:00:00+00:00"
"""What a preview shows for the moment that is to come."""

RUNBOOK_FAILED, RUNBOOK_MISSED = "a-run-of-a-job-failed", "a-job-did-not-run"


@dataclass(frozen=True, kw_only=True)
class RunRecordArgs:
    """Whose runs are counted, and when silence is a sign that none starts."""

    platform: Platform
    location: pulumi.Input[Location]
    job_name: str
    """Also the name of the container that the job is about."""
    family: pulumi.Input[str]
    """The family of its task definitions."""
    containers: int
    """Containers of each task."""
    watch: Watch | None
    """How long at most no run starts; None: silence says nothing."""
    since: pulumi.Input[str]
    """When there was first something to run, as a timestamp."""


class RunRecord(pulumi.ComponentResource):
    """Counts the runs that started, ended and succeeded, and tells where one failed or none started."""

    def __init__(self, name: str, args: RunRecordArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:RunRecord", name, None, opts)
        self._name, self._args = name, args
        started = self._counted("started", STARTED)
        ended = self._counted("ended", ENDED)
        succeeded = self._counted("succeeded", f"{ENDED} && ({_succeeded(args.job_name, args.containers)})")
        self._alarm_on_failures(ended, succeeded)
        if args.watch:
            self._alarm_on_silence(started, args.watch)
        self.register_outputs({})

    def _counted(self, what: str, condition: str) -> Metric:
        """A metric of the events of the job's tasks that meet a condition."""
        args = self._args
        namespace = pulumi.Output.format("{0}/jobs/{1}", args.platform.metric_namespace, args.job_name)
        metric = Metric(namespace=namespace, name=f"{what.capitalize()}Runs", dimensions={})
        aws.cloudwatch.LogMetricFilter(
            f"{self._name}-{what}",
            log_group_name=pulumi.Output.from_input(args.platform.cluster_name).apply(cluster_event_log_group),
            pattern=pulumi.Output.all(args.location, args.family).apply(
                lambda known: _pattern(known[0].arn("ecs", f"task-definition/{known[1]}:*"), condition)
            ),
            metric_transformation={
                "namespace": metric.namespace,
                "name": metric.name,
                "value": "1",
                "default_value": "0",
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
        return metric

    def _alarm_on_failures(self, ended: Metric, succeeded: Metric) -> None:
        alarm_to(
            self._args.platform.notified,
            f"{self._name}-failed",
            Alarm(
                summary=f"A run of {self._args.job_name} failed.",
                runbook=RUNBOOK_FAILED,
                measure=Formula(
                    expression="FILL(ended, 0) - FILL(succeeded, 0)", metrics={"ended": ended, "succeeded": succeeded}
                ),
                threshold=1,
            ),
            self,
        )

    def _alarm_on_silence(self, started: Metric, watch: Watch) -> None:
        alarm_to(
            self._args.platform.notified,
            f"{self._name}-missed",
            Alarm(
                summary=f"No run of {self._args.job_name} has started for {watch.minutes} minutes, "
                "and its schedule never pauses for so long.",
                runbook=RUNBOOK_MISSED,
                measure=Formula(
                    expression=previewed(self._args.since, LONG_AGO).apply(_or_not_yet_expected),
                    metrics={"started": started},
                ),
                comparison="LessThanThreshold",
                threshold=1,
                periods=watch.periods,
                datapoints=watch.periods,
                period_s=watch.period_s,
                missing="breaching",
            ),
            self,
        )


def _or_not_yet_expected(since: str) -> str:
    """Runs that started, and one for each period before the job was there: that time is no silence."""
    return f"IF(EPOCH(FILL(started, 0)) < {int(datetime.fromisoformat(since).timestamp())}, 1, FILL(started, 0))"


def _succeeded(name: str, containers: int) -> str:
    """The condition that the job's container ended with 0; the events list containers in no order."""
    return " || ".join(
        f'($.detail.containers[{place}].name = "{name}" && $.detail.containers[{place}].exitCode = 0)'
        for place in range(containers)
    )


def _pattern(task_definitions: str, condition: str) -> str:
    pattern = f'{{ $.detail.taskDefinitionArn = "{task_definitions}" && {condition} }}'
    if len(pattern) > LONGEST_PATTERN:
        raise pulumi.RunError(
            f"containers: too many for the filter that counts the runs, whose pattern names each: {len(pattern)} of "
            f"{LONGEST_PATTERN} characters; take fewer, or a shorter name"
        )
    return pattern
