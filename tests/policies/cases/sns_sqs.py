from __future__ import annotations

from ecs_operations.facts import tokens
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

RULE = "sns-sqs-encrypted-dlq"
AWS_KEY = a(tokens.TOPIC, "alarms", kmsMasterKeyId="alias/aws/sns")
ALARM = a(tokens.METRIC_ALARM, depends={"alarmActions": [AWS_KEY]})

CASES = (
    good(RULE, "a key", a(tokens.TOPIC, kmsMasterKeyId=UNKNOWN)),
    good(RULE, "the key aws/sns, and no alarm", AWS_KEY),
    good(RULE, "a queue by SQS", a(tokens.QUEUE, sqsManagedSseEnabled=True)),
    good(RULE, "a queue with a key", a(tokens.QUEUE, kmsMasterKeyId="alias/shop")),
    bad(RULE, "a topic in the clear", "is not encrypted", a(tokens.TOPIC)),
    bad(RULE, "a topic that alarms cannot reach", "no alarm can publish", AWS_KEY, ALARM),
    bad(RULE, "a queue that is silent", "sets neither kmsMasterKeyId nor sqsManagedSseEnabled", a(tokens.QUEUE)),
    bad(RULE, "a queue in the clear", "is not encrypted", a(tokens.QUEUE, sqsManagedSseEnabled=False)),
    unknown(RULE, "whether SQS encrypts", a(tokens.QUEUE, sqsManagedSseEnabled=UNKNOWN)),
    other(RULE, "neither", a(tokens.CLUSTER)),
)  # fmt: skip
