from __future__ import annotations

from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import DROP, a, bad, good, other, unknown

RULE = "event-target-wired"
DEAD = {"arn": UNKNOWN}
FUNCTION, TOPIC, QUEUE = a(tokens.FUNCTION, "f"), a(tokens.TOPIC, "t"), a(tokens.QUEUE, "q")
LOGS, CLUSTER = a(tokens.LOG_GROUP, "l"), a(tokens.CLUSTER, "c")
MAY_CALL = a(tokens.PERMISSION, depends={"function": [FUNCTION]}, principal="events.amazonaws.com")
OTHER_MAY = a(tokens.PERMISSION, depends={"function": [FUNCTION]}, principal="sns.amazonaws.com")
TOPIC_POLICY = a(tokens.TOPIC_POLICY, depends={"arn": [TOPIC]})
QUEUE_POLICY = a(tokens.QUEUE_POLICY, depends={"queueUrl": [QUEUE]})
OWN_POLICY = a(tokens.QUEUE, "q", policy=UNKNOWN)
LOG_POLICY = a(tokens.LOG_RESOURCE_POLICY)


def target(of: Resource, **changes: Any) -> Resource:
    return a(tokens.EVENT_TARGET, depends={"arn": [of]}, **{"deadLetterConfig": DEAD, **changes})


def schedule(**changes: Any) -> Resource:
    return a(tokens.SCHEDULE, target={"arn": UNKNOWN, "roleArn": UNKNOWN, "deadLetterConfig": DEAD, **changes})


def abroad(arn: Any) -> Resource:
    return a(tokens.EVENT_TARGET, arn=arn, deadLetterConfig=DEAD)


CASES = (
    good(RULE, "a function", FUNCTION, target(FUNCTION), MAY_CALL),
    good(RULE, "a topic", TOPIC, target(TOPIC), TOPIC_POLICY),
    good(RULE, "a queue", QUEUE, target(QUEUE), QUEUE_POLICY),
    good(RULE, "a queue with a policy of its own", OWN_POLICY, target(OWN_POLICY)),
    good(RULE, "a log group", LOGS, target(LOGS), LOG_POLICY),
    good(RULE, "a cluster with a role", CLUSTER, target(CLUSTER, roleArn=UNKNOWN)),
    good(RULE, "a schedule", schedule()),
    bad(RULE, "a function without permission", "no permission allows EventBridge to invoke",
        FUNCTION, target(FUNCTION)),
    bad(RULE, "a permission for others", "no permission", FUNCTION, target(FUNCTION), OTHER_MAY),
    bad(RULE, "a topic without policy", "no policy of t", TOPIC, target(TOPIC)),
    bad(RULE, "a queue without policy", "no policy of q", QUEUE, target(QUEUE)),
    bad(RULE, "a log group without policy", "no resource policy of CloudWatch Logs", LOGS, target(LOGS)),
    bad(RULE, "a cluster without role", "no role for its target", CLUSTER, target(CLUSTER)),
    bad(RULE, "a stream of another stack", "no role for its target", abroad("arn:aws:kinesis:eu-central-1:1:stream/s")),
    bad(
        RULE,
        "no dead-letter queue",
        "no dead-letter queue",
        FUNCTION,
        target(FUNCTION, deadLetterConfig=DROP),
        MAY_CALL,
    ),
    bad(RULE, "a schedule without one", "no dead-letter queue", schedule(deadLetterConfig=None)),
    bad(RULE, "a schedule without role", "no role for its target", schedule(roleArn=None)),
    unknown(RULE, "the target", abroad(UNKNOWN), FUNCTION),
    unknown(RULE, "a function of another stack", abroad("arn:aws:lambda:eu-central-1:111122223333:function:f")),
    unknown(RULE, "whose permission it is", FUNCTION, target(FUNCTION), a(tokens.PERMISSION, function=UNKNOWN)),
    other(RULE, "no target", FUNCTION),
)  # fmt: skip
