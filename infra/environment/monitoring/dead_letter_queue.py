"""Dead-letter queues: what could not be delivered is kept for a while, and raises an alarm."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ...common import iam
from ...common.alarms import Alarm
from ...common.location import Location
from ...common.measures import Metric
from .alarm_topics import AlarmTopics

LONGEST_RETENTION_S = 14 * 24 * 3600
"""Seconds that a message is kept: the longest that SQS offers (CreateQueue, MessageRetentionPeriod)."""


@dataclass(frozen=True, kw_only=True)
class DeadLetterQueueArgs:
    """One sender for one queue: its policy names both."""

    location: Location
    alarm_topics: AlarmTopics
    sender: str
    """The AWS service that may send, for example events.amazonaws.com."""
    source_arn: str
    """Pattern of the ARNs it may send for, with `*` where Pulumi or AWS adds characters."""
    retention_s: int = LONGEST_RETENTION_S
    """Seconds that a message is kept, 60 to LONGEST_RETENTION_S. By default as long as SQS offers."""
    tolerated: int = 0
    """Messages that raise no alarm. By default the first one does."""


class DeadLetterQueue(pulumi.ComponentResource):
    """An encrypted queue that one AWS service may send to.

    SQS manages the key: EventBridge cannot send to a queue under a key whose policy does not know it.
    """

    arn: pulumi.Output[str]
    known_arn: pulumi.Output[str]
    """The same, made of the queue's name: known in a preview, so that a role's document can be read there."""
    policy: aws.sqs.QueuePolicy
    """Senders depend on it: before it exists, they are refused."""

    def __init__(self, name: str, args: DeadLetterQueueArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:DeadLetterQueue", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        queue = aws.sqs.Queue(
            name, sqs_managed_sse_enabled=True, message_retention_seconds=args.retention_s, opts=child_opts
        )
        self.arn = queue.arn
        self.known_arn = queue.name.apply(lambda queue_name: args.location.arn("sqs", queue_name))
        condition = {"ArnLike": {"aws:SourceArn": args.source_arn}}
        self.policy = aws.sqs.QueuePolicy(
            f"{name}-policy",
            queue_url=queue.id,
            policy=self.known_arn.apply(
                lambda arn: iam.document(iam.allow_service(args.sender, ["sqs:SendMessage"], [arn], condition))
            ),
            opts=child_opts,
        )
        args.alarm_topics.alarm(
            f"{name}-messages",
            Alarm(
                summary="Events could not be delivered and are in a dead-letter queue.",
                runbook="dead-letter-messages",
                measure=Metric(
                    namespace="AWS/SQS",
                    name="ApproximateNumberOfMessagesVisible",
                    dimensions={"QueueName": queue.name},
                    statistic="Maximum",
                ),
                threshold=args.tolerated + 1,
                # SQS stops measuring a queue that nobody uses for six hours (its developer guide, "Monitoring queues
                # using CloudWatch"); messages that are still there must not look like none.
                missing="ignore",
            ),
            self,
        )
        self.register_outputs({"arn": self.arn})
