"""The alarm topic: every alarm of the platform is made with it, so that none is without an action."""

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
    """Who is notified besides those that subscribe themselves."""

    conventions: Conventions
    emails: Sequence[str] = ()
    """Mail addresses that get every alarm; each must confirm its subscription once. By default none: subscribe what
    you use for paging to the topic."""


class AlarmTopic(pulumi.ComponentResource):
    """The topic of an environment's alarms."""

    topic_arn: pulumi.Output[str]

    def __init__(self, name: str, args: AlarmTopicArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:AlarmTopic", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        topic = aws.sns.Topic(f"{name}-alarm-topic", kms_master_key_id=args.conventions.key_arn, opts=child_opts)
        own_account = {"StringEquals": {"aws:SourceAccount": args.conventions.location.account}}
        # made of the name, which a preview knows, so that the policy pack can read it there
        known_arn = topic.name.apply(lambda topic_name: args.conventions.location.arn("sns", topic_name))
        aws.sns.TopicPolicy(
            f"{name}-alarm-topic-policy",
            arn=topic.arn,
            policy=known_arn.apply(
                lambda arn: iam.document(
                    iam.allow_service("cloudwatch.amazonaws.com", ["sns:Publish"], [arn], own_account)
                )
            ),
            opts=child_opts,
        )
        for address in args.emails:
            aws.sns.TopicSubscription(
                f"{name}-alarms-{address}", topic=topic.arn, protocol="email", endpoint=address, opts=child_opts
            )
        self.topic_arn = topic.arn
        self.register_outputs({"topic_arn": self.topic_arn})

    def alarm(
        self, name: str, alarm: Alarm, parent: pulumi.Resource, *, after: pulumi.Resource | None = None
    ) -> aws.cloudwatch.MetricAlarm:
        """An alarm that notifies the topic when it goes to ALARM and when it is OK again, and links its runbook."""
        return alarm_to(self.topic_arn, name, alarm, parent, after=after)
