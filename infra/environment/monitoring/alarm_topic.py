"""Where alarms go: one topic, and a way to make alarms that nobody can forget to wire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ...common import iam
from ...common.alarms import Alarm, alarm_to
from ..conventions import Conventions


@dataclass(frozen=True, kw_only=True)
class AlarmTopicArgs:
    """Inputs of AlarmTopic."""

    conventions: Conventions
    emails: Sequence[str] = ()
    """Addresses that get every alarm; each has to confirm the subscription once. More belongs to what you use for
    paging: subscribe it to the topic."""


class AlarmTopic(pulumi.ComponentResource):
    """The topic of an environment's alarms."""

    topic_arn: pulumi.Output[str]

    def __init__(self, name: str, args: AlarmTopicArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register the topic, its policy and its subscriptions."""
        super().__init__("ecs-platform:index:AlarmTopic", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        topic = aws.sns.Topic(f"{name}-topic", kms_master_key_id=args.conventions.key_arn, opts=child_opts)
        own_account = {"StringEquals": {"aws:SourceAccount": args.conventions.location.account}}
        aws.sns.TopicPolicy(
            f"{name}-publishers",
            arn=topic.arn,
            policy=topic.arn.apply(
                lambda arn: iam.document(
                    iam.allow_service("cloudwatch.amazonaws.com", ["sns:Publish"], [arn], own_account)
                )
            ),
            opts=child_opts,
        )
        for address in args.emails:
            aws.sns.TopicSubscription(
                f"{name}-{address}", topic=topic.arn, protocol="email", endpoint=address, opts=child_opts
            )
        self.topic_arn = topic.arn
        self.register_outputs({"topic_arn": self.topic_arn})

    def alarm(self, name: str, alarm: Alarm, parent: pulumi.Resource) -> aws.cloudwatch.MetricAlarm:
        """An alarm that tells the topic when it rings and when it stops, with a link to its runbook."""
        return alarm_to(self.topic_arn, name, alarm, parent)
