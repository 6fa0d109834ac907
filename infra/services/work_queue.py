"""A queue of work for a service: what it cannot do goes to a dead-letter queue, and an alarm tells so."""

from __future__ import annotations

import json
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from ..common.alarms import Alarm, alarm_to
from ..common.args import inputs, refused
from ..common.iam import allow
from ..common.inputs import instance_problem, range_problem
from ..common.measures import Metric
from ..contract import Platform
from .scaling_targets import QueueTarget
from .service_name import name_problem

KEPT_DAYS: Final = 14
DAY_S: Final = 86_400
LONGEST_VISIBILITY_S: Final = 43_200
"""Amazon SQS API, SetQueueAttributes."""


@inputs
class WorkQueueArgs:
    """How long a message belongs to a task, and how often it is tried."""

    platform: Platform
    visibility_timeout_s: int = 120
    """Seconds in which a task has to be done with a message before another one gets it, 1 to 43200. By default 120."""
    attempts: int = 5
    """Times that a message is received before it is a dead letter, 1 to 1000. By default 5."""
    retention_days: int = 4
    """Days that a message may wait, 1 to 13; a dead letter is kept until 14 days after it was sent. By default 4."""

    def problem(self) -> str | None:
        """What SQS does not take."""
        return (
            range_problem("visibility_timeout_s", self.visibility_timeout_s, 1, LONGEST_VISIBILITY_S, " s")
            or range_problem("attempts", self.attempts, 1, 1000)
            or range_problem("retention_days", self.retention_days, 1, KEPT_DAYS - 1, " days")
        )


class WorkQueue(pulumi.ComponentResource):
    """A queue of SQS, encrypted, with a dead-letter queue and an alarm on that."""

    queue: aws.sqs.Queue
    dead_letters: aws.sqs.Queue
    url: pulumi.Output[str]
    """Where tasks send and receive."""
    receive: dict[str, Any]
    """IAM statement of who works."""
    send: dict[str, Any]
    """IAM statement of who gives work."""

    def __init__(self, name: str, args: WorkQueueArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Raises pulumi.RunError for a name that is no DNS name, and for args of another class."""
        if problem := name_problem(name):
            raise refused(problem)
        if problem := instance_problem("args", args, WorkQueueArgs):
            raise refused(f"{name}: {problem}; write WorkQueue({name!r}, WorkQueueArgs(...))")
        super().__init__("ecs-platform:index:WorkQueue", name, None, opts)
        self._name, self._args = name, args
        self._child_opts = pulumi.ResourceOptions(parent=self)
        self.dead_letters = aws.sqs.Queue(
            f"{name}-dead-letters",
            sqs_managed_sse_enabled=True,
            message_retention_seconds=KEPT_DAYS * DAY_S,
            opts=self._child_opts,
        )
        self.queue = aws.sqs.Queue(
            name,
            sqs_managed_sse_enabled=True,
            message_retention_seconds=args.retention_days * DAY_S,
            visibility_timeout_seconds=args.visibility_timeout_s,
            redrive_policy=self.dead_letters.arn.apply(
                lambda arn: json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": args.attempts})
            ),
            opts=self._child_opts,
        )
        self.url = self.queue.id  # which is its address
        seen = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl"]
        work = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"]
        self.receive = allow([*work, *seen], [self.queue.arn])
        self.send = allow(["sqs:SendMessage", *seen], [self.queue.arn])
        self._dead_letter_alarm()
        self.register_outputs({"url": self.url})

    def backlog(self, *, acceptable_latency_s: float, message_s: float) -> QueueTarget:
        """What service auto scaling looks at: see QueueTarget, which says what the times mean."""
        return QueueTarget(queue_name=self.queue.name, acceptable_latency_s=acceptable_latency_s, message_s=message_s)

    def _dead_letter_alarm(self) -> None:
        alarm_to(
            self._args.platform.notified,
            f"{self._name}-dead-letters",
            Alarm(
                summary=f"Work of the queue {self._name} failed {self._args.attempts} times and is a dead letter.",
                runbook="work-that-failed",
                measure=Metric(
                    namespace="AWS/SQS",
                    name="ApproximateNumberOfMessagesVisible",
                    dimensions={"QueueName": self.dead_letters.name},
                    statistic="Maximum",
                ),
                threshold=1,
                missing="ignore",  # SQS measures no queue that nobody has used for hours
            ),
            self,
        )
