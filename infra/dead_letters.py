"""Queues for what could not be delivered, so that nothing is lost in silence."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from . import iam

RETENTION_S = 14 * 24 * 3600
"""Seconds that a letter is kept: the longest that SQS offers (CreateQueue, MessageRetentionPeriod)."""


@dataclass(frozen=True, kw_only=True)
class DeadLettersArgs:
    """Inputs of DeadLetters."""

    sender: str
    """The AWS service that may send, for example events.amazonaws.com."""
    source_arn: str
    """Pattern of the ARNs it may send for, with `*` where Pulumi or AWS adds characters."""


class DeadLetters(pulumi.ComponentResource):
    """An encrypted queue that one AWS service may send to.

    SQS manages the key: EventBridge cannot send to a queue under a key whose policy does not know it.
    """

    arn: pulumi.Output[str]
    queue_name: pulumi.Output[str]
    policy: aws.sqs.QueuePolicy
    """Senders depend on it: before it exists, they are refused."""

    def __init__(self, name: str, args: DeadLettersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register the queue and its policy."""
        super().__init__("ecs-platform:index:DeadLetters", name, None, opts)
        below = pulumi.ResourceOptions(parent=self)
        queue = aws.sqs.Queue(
            f"{name}-queue", sqs_managed_sse_enabled=True, message_retention_seconds=RETENTION_S, opts=below
        )
        self.arn, self.queue_name = queue.arn, queue.name
        condition = {"ArnLike": {"aws:SourceArn": args.source_arn}}
        self.policy = aws.sqs.QueuePolicy(
            f"{name}-sender",
            queue_url=queue.id,
            policy=queue.arn.apply(
                lambda arn: iam.document(iam.allow_service(args.sender, ["sqs:SendMessage"], [arn], condition))
            ),
            opts=below,
        )
        self.register_outputs({"arn": self.arn, "queue_name": self.queue_name})
