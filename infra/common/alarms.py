"""An alarm as data, and the CloudWatch alarm that it becomes: each notifies a topic and names its runbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_aws as aws

RUNBOOKS = "docs/operations.md"
"""The page with a runbook for every alarm, in the repository of the platform."""


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One alarm. It judges minutes: `datapoints` of the last `periods` must be beyond the threshold."""

    summary: str
    """What is wrong when it goes to ALARM, as a sentence."""
    runbook: str
    """The heading of its runbook, as the page's anchor."""
    namespace: str
    metric: str
    dimensions: Mapping[str, pulumi.Input[str]]
    threshold: float
    statistic: Literal["Sum", "Maximum", "Minimum", "Average", "SampleCount"] = "Sum"
    comparison: Literal["GreaterThanOrEqualToThreshold", "LessThanThreshold"] = "GreaterThanOrEqualToThreshold"
    periods: int = 1
    datapoints: int = 1
    period_s: int = 60
    missing: Literal["notBreaching", "breaching", "ignore"] = "notBreaching"
    """What no data means: silence is fine for counts of mishaps, and alarming for signs of life."""
    name: str | None = None
    """A physical name, only where something else watches the alarm by it."""


def alarm_to(
    topic_arn: pulumi.Input[str], name: str, alarm: Alarm, parent: pulumi.Resource
) -> aws.cloudwatch.MetricAlarm:
    """An alarm that tells any topic: application stacks know the platform's by its ARN."""
    return aws.cloudwatch.MetricAlarm(
        name,
        name=alarm.name,
        alarm_description=f"{alarm.summary} Runbook: {RUNBOOKS}#{alarm.runbook}",
        namespace=alarm.namespace,
        metric_name=alarm.metric,
        dimensions=dict(alarm.dimensions),
        statistic=alarm.statistic,
        comparison_operator=alarm.comparison,
        threshold=alarm.threshold,
        period=alarm.period_s,
        evaluation_periods=alarm.periods,
        datapoints_to_alarm=alarm.datapoints,
        treat_missing_data=alarm.missing,
        alarm_actions=[topic_arn],
        ok_actions=[topic_arn],
        opts=pulumi.ResourceOptions(parent=parent),
    )
