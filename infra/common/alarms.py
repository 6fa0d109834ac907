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
    """One alarm: it goes to ALARM when `datapoints` of the last `periods` are beyond the threshold."""

    summary: str
    """What is wrong in ALARM, as a sentence."""
    runbook: str
    """The heading of its runbook, as the page's anchor."""
    namespace: pulumi.Input[str]
    metric: str
    dimensions: Mapping[str, pulumi.Input[str]]
    threshold: float
    statistic: Literal["Sum", "Maximum", "Minimum", "Average", "SampleCount"] = "Sum"
    """By default the sum of a period, as for counts."""
    comparison: Literal["GreaterThanOrEqualToThreshold", "LessThanThreshold"] = "GreaterThanOrEqualToThreshold"
    """By default too much is wrong."""
    periods: int = 1
    """Periods that are judged together. By default the last one alone."""
    datapoints: int = 1
    """How many of them have to be beyond the threshold. By default one."""
    period_s: int = 60
    """Seconds of a period. By default a minute."""
    missing: Literal["notBreaching", "breaching", "ignore"] = "notBreaching"
    """What no data means. By default nothing is wrong, as for counts of errors; `breaching` is for signs of life."""
    notifies: bool = True
    """Whether it tells the topic. By default yes; not where something else acts on it, and tells when it has to."""
    name: str | None = None
    """A physical name, only where something else knows the alarm by it. By default Pulumi names it."""


def alarm_to(
    topic_arn: pulumi.Input[str],
    name: str,
    alarm: Alarm,
    parent: pulumi.Resource,
    *,
    after: pulumi.Resource | None = None,
) -> aws.cloudwatch.MetricAlarm:
    """The alarm in CloudWatch, which notifies a topic; application stacks know the platform's by its ARN.

    An alarm that takes silence for a sign of death comes `after` what it watches: before, silence would raise it.
    """
    actions = [topic_arn] if alarm.notifies else None
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
        alarm_actions=actions,
        ok_actions=actions,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[after] if after else None),
    )
