"""SNS topics and SQS queues: encrypted, open to those who send, and heard."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from ecs_operations.engine.registry import Config, Results, Rule, Setting, Severity, WhenUnknown
from ecs_operations.engine.sentences import counted
from ecs_operations.facts import tokens
from ecs_operations.facts.documents import parsed
from ecs_operations.facts.event_patterns import ANYTHING, Field, passes
from ecs_operations.facts.graph import Graph, any_true
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.resource_policies import (
    CLOUDWATCH,
    EVENTS,
    NOTIFICATIONS,
    lets,
    own_statements,
    refused_to_sender,
)

AWS_KEYS = ("alias/aws/sns", "alias/aws/sqs")


ALARM_ACTIONS = ("alarmActions", "okActions", "insufficientDataActions")


@Rule(
    id="sns-sqs-encrypted-dlq",
    summary="Topics and queues are encrypted, with a key that their publishers may use.",
    fix="Set kms_master_key_id of the topic to a key of your own, whose policy allows kms:GenerateDataKey* and "
    "kms:Decrypt to the services that publish; sqs_managed_sse_enabled or such a key for the queue.",
    severity=Severity.MEDIUM,
    source="Amazon SNS developer guide, Key management: enable compatibility between event sources from AWS services "
    "and encrypted topics; Amazon SQS developer guide, SSE-SQS",
    anchors=("Security Hub SNS.1", "Security Hub SQS.1", "checkov CKV_26", "checkov CKV_27"),
    types=(tokens.TOPIC, tokens.QUEUE),
    unknown=WhenUnknown.SKIP,
    guards=("kmsMasterKeyId", "sqsManagedSseEnabled"),
)
def sns_sqs_encrypted_dlq(resource: Resource, graph: Graph, _config: Config) -> Results:
    """Failed events hold what customers sent. But under a key that an alarm may not use, it publishes nothing: silence.

    The policy of an AWS key cannot be changed, so it never lets CloudWatch or EventBridge use it.
    """
    if not resource.has("kmsMasterKeyId"):
        if resource.type == tokens.TOPIC:
            yield "is not encrypted"
        elif not resource.has("sqsManagedSseEnabled"):
            yield "sets neither kmsMasterKeyId nor sqsManagedSseEnabled"
        elif resource.get("sqsManagedSseEnabled") in (False, "false"):
            yield "is not encrypted"
        return
    senders = _senders(resource, graph)
    for service in sorted(senders):
        if not resource.is_unknown("kmsMasterKeyId") and resource.get("kmsMasterKeyId") in AWS_KEYS:
            yield f"is encrypted with a key of AWS, under which {service} cannot publish"
        else:
            for refused in refused_to_sender(graph, resource, service, senders[service]):
                yield f"{service} cannot publish: the policy of its key refuses {refused}"


def _senders(target: Resource, graph: Graph) -> Mapping[str, list[Resource]]:
    """The AWS services that send to a topic or queue in their own name, each with the resources that it sends for."""
    found = {CLOUDWATCH: _alarms(target, graph) if target.type == tokens.TOPIC else []}
    for kind, property_, service in (
        (tokens.EVENT_TARGET, "arn", EVENTS),
        (tokens.EVENT_TARGET, "deadLetterConfig", EVENTS),
        (tokens.SUBSCRIPTION, "endpoint", NOTIFICATIONS),
        (tokens.SUBSCRIPTION, "redrivePolicy", NOTIFICATIONS),
    ):
        found.setdefault(service, []).extend(graph.referring((kind,), property_, target, "arn"))
    return {service: sources for service, sources in found.items() if sources}


def _alarms(topic: Resource, graph: Graph) -> list[Resource]:
    kinds = (tokens.METRIC_ALARM, tokens.COMPOSITE_ALARM)
    found = {one.urn: one for action in ALARM_ACTIONS for one in graph.referring(kinds, action, topic, "arn")}
    return [found[urn] for urn in sorted(found)]


@Rule(
    id="sns-sqs-accepts-senders",
    summary="The policy of a topic or queue lets those publish that are wired to it.",
    fix="Add an sns.TopicPolicy that allows sns:Publish to cloudwatch.amazonaws.com, or an sqs.QueuePolicy that allows "
    "sqs:SendMessage to sns.amazonaws.com, under conditions that they meet.",
    severity=Severity.HIGH,
    source="Amazon SNS developer guide, Example cases for access control; Fanout to Amazon SQS queues",
    types=(tokens.TOPIC, tokens.QUEUE),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="defaultPolicySuffices",
            default=True,
            description="Whether a topic that alarms notify may do without a policy. What SNS puts in its place lets "
            "alarms of the account publish, but also everybody else in it publish, subscribe and change the topic.",
        ),
    ),
    guards=("policy",),
)
def sns_sqs_accepts_senders(target: Resource, graph: Graph, config: Config) -> Results:
    """An alarm that may not publish goes to ALARM in a console, and a queue that refuses its topic stays empty.

    What EventBridge sends is judged by event-target-wired: it always needs a policy.
    """
    if target.type == tokens.QUEUE:
        yield from _subscribed(target, graph)
        return
    alarms = _alarms(target, graph)
    if alarms and own_statements(graph, target) is None:
        if not config["defaultPolicySuffices"]:
            yield f"{counted(len(alarms), 'alarm')} publish to it, and it has no policy that says who may"
    elif refused := [one.name for one in alarms if not lets(graph, target, CLOUDWATCH, "sns:Publish", one)]:
        yield f"its policy refuses CloudWatch: {counted(len(refused), 'alarm')} cannot publish, as {refused[0]}"


def _subscribed(queue: Resource, graph: Graph) -> Results:
    for property_ in ("endpoint", "redrivePolicy"):
        for subscription in graph.referring((tokens.SUBSCRIPTION,), property_, queue, "arn"):
            topics = graph.targets(subscription, "topic", (tokens.TOPIC,), "arn") or (None,)
            if not any(lets(graph, queue, NOTIFICATIONS, "sqs:SendMessage", topic) for topic in topics):
                yield f"its policy does not let {NOTIFICATIONS} send for {subscription.name}"


@Rule(
    id="sns-sqs-topic-heard",
    summary="Somebody subscribes to a topic that alarms notify.",
    fix="Add an sns.TopicSubscription, or name the topic in subscribedElsewhere if another program subscribes to it.",
    severity=Severity.HIGH,
    source="Amazon SNS developer guide, Subscribing to a topic: a message without a subscription is not kept",
    types=(tokens.TOPIC,),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="subscribedElsewhere",
            default=[],
            description="Regular expressions on whole names of topics, in the program or in AWS, to which another "
            "program subscribes.",
        ),
    ),
)
def sns_sqs_topic_heard(topic: Resource, graph: Graph, config: Config) -> Results:
    """Alarms on a topic without a subscription ring in an empty room: every one of them works, and nobody is paged."""
    names = {topic.name, *topic.known("name")}
    if any(re.fullmatch(pattern, name) for pattern in config["subscribedElsewhere"] for name in names):
        return
    alarms = _alarms(topic, graph)
    if not alarms:
        return
    subscriptions = graph.sources((tokens.SUBSCRIPTION,), "topic", topic, "arn", "id")
    if not subscriptions:
        yield f"{counted(len(alarms), 'alarm')} notify it, and nobody subscribes"
    elif not any_true(*(partial(_hears_alarms, one, _names(alarms)) for one in subscriptions)):
        yield f"{counted(len(alarms), 'alarm')} notify it, and the filter of {subscriptions[0].name} lets none pass"


def _names(alarms: list[Resource]) -> dict[str, Field]:
    """What the field AlarmName of their messages may hold, if that is known of each."""
    names = [alarm.known("name") for alarm in alarms]
    return {"AlarmName": sorted(frozenset[str]().union(*names))} if all(names) else {}


ALARM_MESSAGE = {
    "AlarmName", "AlarmDescription", "AWSAccountId", "AlarmConfigurationUpdatedTimestamp", "NewStateValue",
    "NewStateReason", "StateChangeTime", "Region", "AlarmArn", "OldStateValue", "OKActions", "AlarmActions",
    "InsufficientDataActions", "Trigger", "AlarmRule", "AlarmContributorId", "AlarmContributorAttributes",
}  # fmt: skip
"""What an alarm's message holds; it has no attributes (source: CloudWatch user guide, Notifying users on alarms)."""


def _hears_alarms(subscription: Resource, names: dict[str, Field]) -> bool:
    """Whether a subscription's filter lets one of these alarms pass."""
    filters = parsed(subscription, "filterPolicy", default={})
    if not isinstance(filters, dict) or not filters:
        return True
    if subscription.get("filterPolicyScope", default="MessageAttributes") == "MessageBody":
        return passes(filters, {**dict.fromkeys(ALARM_MESSAGE, ANYTHING), "NewStateValue": "ALARM", **names})
    return all(value in ([{"exists": False}], {"exists": False}) for value in filters.values())
