from __future__ import annotations

import json
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

RULE, ACCEPTS, HEARD = "sns-sqs-encrypted-dlq", "sns-sqs-accepts-senders", "sns-sqs-topic-heard"
CLOUDWATCH, SNS = "cloudwatch.amazonaws.com", "sns.amazonaws.com"
PUBLISH = ["kms:Decrypt", "kms:GenerateDataKey*"]


def document(action: Any, service: str, *more: dict[str, Any], **statement: Any) -> str:
    one = {"Effect": "Allow", "Action": action, "Resource": "*", "Principal": {"Service": service}, **statement}
    return json.dumps({"Statement": [one, *more]})


def key(*args: Any, **statement: Any) -> Resource:
    return a(tokens.KEY, "key", policy=document(*args, **statement) if args else None)


def topic(**changes: Any) -> Resource:
    return a(tokens.TOPIC, "alarms", **{"name": "alarms", **changes})


def under(key: Resource) -> Resource:
    return a(tokens.TOPIC, "alarms", name="alarms", depends={"kmsMasterKeyId": [key]})


AWS_KEY, TOPIC = topic(kmsMasterKeyId="alias/aws/sns"), topic()
ALARM = a(tokens.METRIC_ALARM, depends={"alarmActions": [TOPIC]})
RULE_TARGET = a(tokens.EVENT_TARGET, depends={"arn": [TOPIC]})
MAY_USE = key(PUBLISH, CLOUDWATCH)
ALIAS = a(tokens.KEY_ALIAS, "key", depends={"targetKeyId": [key()]}, name="alias/shop")
QUEUE = a(tokens.QUEUE, "work", name="work", kmsMasterKeyId="alias/aws/sqs")
TO_QUEUE = a(tokens.SUBSCRIPTION, "work", depends={"endpoint": [QUEUE], "topic": [TOPIC]}, protocol="sqs")
OWN_ACCOUNT = {"StringEquals": {"aws:SourceAccount": "111122223333"}}


def policy(action: str = "sns:Publish", service: str = CLOUDWATCH, *more: Any, **statement: Any) -> Resource:
    return a(tokens.TOPIC_POLICY, depends={"arn": [TOPIC]}, policy=document(action, service, *more, **statement))


def queue_policy(service: str = SNS, **statement: Any) -> Resource:
    return a(tokens.QUEUE_POLICY, depends={"queueUrl": [QUEUE]}, policy=document("sqs:*", service, **statement))


def from_topic(name: str) -> dict[str, Any]:
    return {"ArnEquals": {"aws:SourceArn": f"arn:aws:sns:eu-central-1:111122223333:{name}"}}


CASES = (
    good(RULE, "a key of another stack", topic(kmsMasterKeyId="arn:aws:kms:::key/x")),
    good(RULE, "the key aws/sns, and no alarm", AWS_KEY),
    good(RULE, "a queue by SQS", a(tokens.QUEUE, sqsManagedSseEnabled=True)),
    good(RULE, "a queue with a key", a(tokens.QUEUE, kmsMasterKeyId="alias/shop")),
    good(RULE, "a key that CloudWatch may use", MAY_USE, under(MAY_USE), ALARM),
    good(RULE, "for its own account", key(PUBLISH, CLOUDWATCH, Condition=OWN_ACCOUNT), under(key()), ALARM),
    good(RULE, "by a policy beside it", key(), under(key()), ALARM,
         a(tokens.KEY_POLICY, depends={"keyId": [key()]}, policy=document("kms:*", CLOUDWATCH))),
    bad(RULE, "a policy that takes the place of the key's own", "cloudwatch.amazonaws.com cannot publish",
        MAY_USE, under(MAY_USE), ALARM,
        a(tokens.KEY_POLICY, depends={"keyId": [MAY_USE]}, policy=document("kms:*", SNS))),
    good(RULE, "a key that nobody publishes under", key(), under(key())),
    bad(RULE, "a topic in the clear", "is not encrypted", a(tokens.TOPIC)),
    bad(RULE, "a topic that alarms cannot reach", "cloudwatch.amazonaws.com cannot publish", AWS_KEY, ALARM),
    bad(RULE, "a topic that events cannot reach", "events.amazonaws.com cannot publish", AWS_KEY, RULE_TARGET),
    bad(RULE, "a key without a policy", "refuses key: kms:GenerateDataKey, kms:Decrypt", key(), under(key()), ALARM),
    bad(RULE, "a key by its alias", "refuses key", key(), ALIAS, under(ALIAS), ALARM),
    bad(RULE, "a key for half of it", "refuses key: kms:GenerateDataKey", key("kms:Decrypt", CLOUDWATCH),
        under(key()), ALARM),
    bad(RULE, "a key for logs", "refuses key", key(PUBLISH, "logs.eu-central-1.amazonaws.com"), under(key()), ALARM),
    bad(RULE, "a key for principals of an organization", "refuses key", under(key()), ALARM,
        key(PUBLISH, CLOUDWATCH, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})),
    bad(RULE, "a key under a condition that EventBridge does not meet", "events.amazonaws.com cannot publish",
        key(PUBLISH, "events.amazonaws.com", Condition=OWN_ACCOUNT), under(key()), RULE_TARGET),
    bad(RULE, "a key that is taken back", "refuses key", under(key()), ALARM, key(
        PUBLISH, CLOUDWATCH, {"Effect": "Deny", "Action": "kms:*", "Principal": "*", "Resource": "*"})),
    bad(RULE, "a queue that its topic cannot reach", "sns.amazonaws.com cannot publish", QUEUE, TO_QUEUE),
    bad(RULE, "a queue that is silent", "sets neither kmsMasterKeyId nor sqsManagedSseEnabled", a(tokens.QUEUE)),
    bad(RULE, "a queue in the clear", "is not encrypted", a(tokens.QUEUE, sqsManagedSseEnabled=False)),
    unknown(RULE, "whether SQS encrypts", a(tokens.QUEUE, sqsManagedSseEnabled=UNKNOWN)),
    unknown(RULE, "what the key allows", a(tokens.KEY, "key", policy=UNKNOWN), under(key()), ALARM),
    other(RULE, "neither", a(tokens.CLUSTER)),
    good(ACCEPTS, "alarms", TOPIC, ALARM, policy()),
    good(ACCEPTS, "alarms of the account", TOPIC, ALARM, policy(Condition=OWN_ACCOUNT)),
    good(ACCEPTS, "everybody in the account", TOPIC, ALARM, policy(
        Principal={"AWS": "*"}, Condition={"StringEquals": {"AWS:SourceOwner": "111122223333"}})),
    good(ACCEPTS, "a queue of a topic", TOPIC, QUEUE, TO_QUEUE, queue_policy(Condition=from_topic("alarms"))),
    good(ACCEPTS, "the policy that SNS gives", TOPIC, ALARM),
    bad(ACCEPTS, "no policy of its own", "1 alarm publish to it, and it has no policy", TOPIC, ALARM,
        defaultPolicySuffices=False),
    bad(ACCEPTS, "a policy for others", "refuses CloudWatch", TOPIC, ALARM, policy(service="s3.amazonaws.com")),
    bad(ACCEPTS, "a policy to subscribe", "refuses CloudWatch", TOPIC, ALARM, policy("sns:Subscribe")),
    bad(ACCEPTS, "a policy of another topic", "refuses CloudWatch", TOPIC, ALARM,
        policy(Resource="arn:aws:sns:eu-central-1:111122223333:other")),
    bad(ACCEPTS, "a policy for other alarms", "refuses CloudWatch", TOPIC, ALARM,
        policy(Condition={"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:*:*:alarm:other-*"}})),
    bad(ACCEPTS, "a policy that refuses", "refuses CloudWatch", TOPIC, ALARM, policy(
        "sns:Publish", CLOUDWATCH, {"Effect": "Deny", "NotPrincipal": {"AWS": "x"}, "Action": "*", "Resource": "*"})),
    bad(ACCEPTS, "a queue without policy", "does not let sns.amazonaws.com send", TOPIC, QUEUE, TO_QUEUE),
    bad(ACCEPTS, "a queue of another topic", "does not let sns.amazonaws.com send", TOPIC, QUEUE, TO_QUEUE,
        queue_policy(Condition=from_topic("orders"))),
    unknown(ACCEPTS, "the policy", TOPIC, ALARM, a(tokens.TOPIC_POLICY, depends={"arn": [TOPIC]}, policy=UNKNOWN)),
    other(ACCEPTS, "a topic of an application", TOPIC),
    other(ACCEPTS, "a queue of an application", QUEUE),
    good(HEARD, "a subscription", TOPIC, ALARM, a(tokens.SUBSCRIPTION, depends={"topic": [TOPIC]})),
    good(HEARD, "another program's", TOPIC, ALARM, subscribedElsewhere=["ala.*"]),
    bad(HEARD, "nobody", "1 alarm notify it, and nobody subscribes", TOPIC, ALARM),
    bad(HEARD, "another program's, of another topic", "nobody subscribes", TOPIC, ALARM, subscribedElsewhere=["x"]),
    unknown(HEARD, "to what it subscribes", TOPIC, ALARM, a(tokens.SUBSCRIPTION, topic=UNKNOWN)),
    other(HEARD, "a topic of an application", TOPIC),
)  # fmt: skip
