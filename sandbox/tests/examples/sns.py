"""SNS topics, their policies and subscriptions."""

from __future__ import annotations

from sandbox.tests.example import TAGGED, TAGS, Example, document

EXAMPLES = [
    Example(
        "aws:sns/topic:Topic",
        {"displayName": "d", "kmsMasterKeyId": "${key.id}", "tags": TAGS},
        {"displayName": "changed", **TAGGED},
        {"name": "another"},
    ),
    Example(
        "aws:sns/topicPolicy:TopicPolicy",
        {"arn": "${topic.arn}", "policy": document(Principal="*", Action="sns:Publish", Resource="*")},
        {"policy": document(Principal="*", Action="sns:Subscribe", Resource="*")},
        {"arn": "${other_topic.arn}"},
        stays=True,
    ),
    Example(
        "aws:sns/topicSubscription:TopicSubscription",
        {"topic": "${topic.arn}", "protocol": "sqs", "endpoint": "${queue.arn}"},
        {"rawMessageDelivery": True},
        {"topic": "${other_topic.arn}"},
    ),
]
