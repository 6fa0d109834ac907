"""The alarm topics, one for each severity: every alarm of the platform is made with them, so that none tells nobody."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from ...common import iam
from ...common.alarms import Alarm, Notified, Severity, alarm_to
from ...common.measures import Metric
from ..conventions import Conventions

CONFIRMATION_MINUTES = 5
"""Minutes that a tool has to confirm its subscription, while `up` waits."""

SEVERITIES: tuple[Severity, ...] = ("page", "ticket")


@dataclass(frozen=True, kw_only=True)
class Subscribers:
    """Who is told."""

    emails: Sequence[str] = ()
    """Mail addresses, each of which confirms once. By default none."""
    urls: Sequence[str] = ()
    """HTTPS addresses of tools, each of which confirms by itself. By default none."""
    function_arns: Sequence[str] = ()
    """Lambda functions of this account and Region. By default none."""

    def endpoints(self) -> list[tuple[str, str]]:
        """Protocol and endpoint of each, as SNS names them."""
        return [
            *(("email", one) for one in self.emails),
            *(("https", one) for one in self.urls),
            *(("lambda", one) for one in self.function_arns),
        ]


@dataclass(frozen=True, kw_only=True)
class AlarmTopicsArgs:
    """Who is told of what, besides those that subscribe themselves."""

    conventions: Conventions
    subscribers: Mapping[Severity, Subscribers] = field(default_factory=dict)
    """By default none: subscribe what you use for paging to the topics."""
    fallback_emails: Sequence[str] = ()
    """Mail addresses that are told when a topic could not tell somebody; each confirms once. By default none, and such
    a failure is only in a metric."""
    runbook_url: str | None = None
    """Address of the page with the runbooks. By default none: its path in the platform's repository."""


class AlarmTopics(pulumi.ComponentResource):
    """The topics of an environment's alarms: one that wakes somebody, one for the next working day, and a fallback."""

    notified: Notified
    page_topic_arn: pulumi.Output[str]
    ticket_topic_arn: pulumi.Output[str]
    pages: list[pulumi.Output[str]]
    """ARNs of the alarms that wake somebody, as far as they are made."""

    def __init__(self, name: str, args: AlarmTopicsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:AlarmTopics", name, None, opts)
        self._name, self._args, self.pages = name, args, []
        self._child_opts = pulumi.ResourceOptions(parent=self)
        topics: dict[Severity, aws.sns.Topic] = {severity: self._topic(severity) for severity in SEVERITIES}
        for severity, topic in topics.items():
            self._subscribe(severity, topic, args.subscribers.get(severity, Subscribers()))
        self.page_topic_arn, self.ticket_topic_arn = topics["page"].arn, topics["ticket"].arn
        self.notified = Notified(
            page_topic_arn=self.page_topic_arn,
            ticket_topic_arn=self.ticket_topic_arn,
            runbook_url=args.runbook_url,
        )
        if args.fallback_emails:
            self._fall_back(topics)
        self.register_outputs({"page_topic_arn": self.page_topic_arn, "ticket_topic_arn": self.ticket_topic_arn})

    def alarm(
        self,
        name: str,
        alarm: Alarm,
        parent: pulumi.Resource,
        *,
        after: pulumi.Resource | None = None,
        cause: pulumi.Input[str] | None = None,
        worse: aws.cloudwatch.MetricAlarm | None = None,
    ) -> aws.cloudwatch.MetricAlarm:
        """An alarm that tells the topic of its severity; alarm_to says what `after`, `cause` and `worse` are."""
        made = alarm_to(self.notified, name, alarm, parent, after=after, cause=cause, worse=worse)
        if alarm.severity == "page":
            self.pages.append(made.arn)
        return made

    def _topic(self, role: str) -> aws.sns.Topic:
        conventions = self._args.conventions
        topic = aws.sns.Topic(
            f"{self._name}-{role}-topic", kms_master_key_id=conventions.key_arn, opts=self._child_opts
        )
        own_account = {"StringEquals": {"aws:SourceAccount": conventions.location.account}}
        # made of the name, which a preview knows, so that the policy pack can read it there
        known_arn = topic.name.apply(lambda topic_name: conventions.location.arn("sns", topic_name))
        aws.sns.TopicPolicy(
            f"{self._name}-{role}-topic-policy",
            arn=topic.arn,
            policy=known_arn.apply(
                lambda arn: iam.document(
                    iam.allow_service("cloudwatch.amazonaws.com", ["sns:Publish"], [arn], own_account)
                )
            ),
            opts=self._child_opts,
        )
        return topic

    def _subscribe(self, role: str, topic: aws.sns.Topic, subscribers: Subscribers) -> None:
        for protocol, endpoint in dict.fromkeys(subscribers.endpoints()):
            # A hash: addresses of paging tools have a key in them, and names are printed by every preview.
            name = f"{self._name}-{role}-{protocol}-{hashlib.sha256(endpoint.encode()).hexdigest()[:8]}"
            called = [self._allow_call(name, topic, endpoint)] if protocol == "lambda" else []
            by_https = protocol == "https"
            aws.sns.TopicSubscription(
                name,
                topic=topic.arn,
                protocol=protocol,
                endpoint=endpoint,
                endpoint_auto_confirms=True if by_https else None,
                confirmation_timeout_in_minutes=CONFIRMATION_MINUTES if by_https else None,
                opts=pulumi.ResourceOptions(parent=self, depends_on=called),
            )

    def _allow_call(self, name: str, topic: aws.sns.Topic, function_arn: str) -> pulumi.Resource:
        return aws.lambda_.Permission(
            name,
            action="lambda:InvokeFunction",
            function=function_arn,
            principal="sns.amazonaws.com",
            source_arn=topic.arn,
            opts=self._child_opts,
        )

    def _fall_back(self, topics: Mapping[Severity, aws.sns.Topic]) -> None:
        """Tell others when a message reached nobody: an alarm that is not delivered looks like a quiet night."""
        fallback = self._topic("fallback")
        self._subscribe("fallback", fallback, Subscribers(emails=self._args.fallback_emails))
        notified = Notified(
            page_topic_arn=fallback.arn, ticket_topic_arn=fallback.arn, runbook_url=self._args.runbook_url
        )
        for severity, topic in topics.items():
            alarm_to(notified, f"{self._name}-{severity}-undelivered", undelivered(severity, topic), self)


def undelivered(severity: Severity, topic: aws.sns.Topic) -> Alarm:
    """An alarm on messages of a topic that a subscriber did not take."""
    return Alarm(
        summary=f"Alarms of severity {severity} could not be delivered to a subscriber.",
        runbook="alarms-are-not-delivered",
        measure=Metric(namespace="AWS/SNS", name="NumberOfNotificationsFailed", dimensions={"TopicName": topic.name}),
        threshold=1,
        severity=severity,
    )
