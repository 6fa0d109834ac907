"""Where alarms go: one topic, and a way to make alarms that nobody can forget to wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_aws as aws

from . import iam
from .foundation import Foundation

RUNBOOKS = "docs/operations.md"
"""The page with a runbook for every alarm, in the repository of the platform."""


@dataclass(frozen=True, kw_only=True)
class AlertsArgs:
    """Inputs of Alerts."""

    foundation: Foundation
    emails: Sequence[str] = ()
    """Addresses that get every alarm; each has to confirm the subscription once. More belongs to what you use for
    paging: subscribe it to the topic."""


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One alarm. It judges minutes: `datapoints` of the last `periods` have to be beyond the threshold."""

    says: str
    """What is wrong when it rings, as a sentence."""
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


class Alerts(pulumi.ComponentResource):
    """The topic of an environment's alarms."""

    topic_arn: pulumi.Output[str]

    def __init__(self, name: str, args: AlertsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register the topic, its policy and its subscriptions."""
        super().__init__("ecs-platform:index:Alerts", name, None, opts)
        below = pulumi.ResourceOptions(parent=self)
        topic = aws.sns.Topic(f"{name}-topic", kms_master_key_id=args.foundation.key_arn, opts=below)
        own_account = {"StringEquals": {"aws:SourceAccount": args.foundation.location.account}}
        aws.sns.TopicPolicy(
            f"{name}-publishers",
            arn=topic.arn,
            policy=topic.arn.apply(
                lambda arn: iam.document(
                    iam.allow_service("cloudwatch.amazonaws.com", ["sns:Publish"], [arn], own_account)
                )
            ),
            opts=below,
        )
        for address in args.emails:
            aws.sns.TopicSubscription(
                f"{name}-{address}", topic=topic.arn, protocol="email", endpoint=address, opts=below
            )
        self.topic_arn = topic.arn
        self.register_outputs({"topic_arn": self.topic_arn})

    def alarm(self, name: str, alarm: Alarm, parent: pulumi.Resource) -> aws.cloudwatch.MetricAlarm:
        """An alarm that tells the topic when it rings and when it stops, with a link to its runbook."""
        return alarm_to(self.topic_arn, name, alarm, parent)


def alarm_to(
    topic_arn: pulumi.Input[str], name: str, alarm: Alarm, parent: pulumi.Resource
) -> aws.cloudwatch.MetricAlarm:
    """An alarm that tells any topic: application stacks know the platform's by its ARN."""
    return aws.cloudwatch.MetricAlarm(
        name,
        name=alarm.name,
        alarm_description=f"{alarm.says} Runbook: {RUNBOOKS}#{alarm.runbook}",
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
