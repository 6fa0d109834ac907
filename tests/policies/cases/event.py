from __future__ import annotations

import json
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import DROP, a, bad, good, other, unknown

RULE = "event-target-wired"
DEAD = {"arn": UNKNOWN}
EVENTS, ACCOUNT = "events.amazonaws.com", "111122223333"
FUNCTION, TOPIC, QUEUE = (
    a(tokens.FUNCTION, "f", name="f"),
    a(tokens.TOPIC, "t", name="t"),
    a(tokens.QUEUE, "q", name="q"),
)
LOGS, CLUSTER = a(tokens.LOG_GROUP, "l", name="/aws/events/l"), a(tokens.CLUSTER, "c")
EVENT_RULE, OTHER_RULE = a(tokens.EVENT_RULE, "failed", name="failed"), a(tokens.EVENT_RULE, "other", name="other")
LETTERS = a(tokens.QUEUE, "letters", name="letters")
SENDER = a(
    tokens.ROLE,
    "sender",
    assumeRolePolicy=json.dumps(
        {
            "Statement": [
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "scheduler.amazonaws.com"}}
            ]
        }
    ),
)


def arn(service: str, end: str) -> str:
    return f"arn:aws:{service}:eu-central-1:{ACCOUNT}:{end}"


def document(action: Any, resource: Any, service: Any = EVENTS, *more: dict[str, Any], **statement: Any) -> str:
    one = {"Effect": "Allow", "Action": action, "Resource": resource, "Principal": {"Service": service}, **statement}
    return json.dumps({"Version": "2012-10-17", "Statement": [one, *more]})


def permission(of: Resource, principal: str = EVENTS, **changes: Any) -> Resource:
    return a(tokens.PERMISSION, "call", depends={"function": [of]}, principal=principal, **changes)


def topic_policy(*args: Any, **statement: Any) -> Resource:
    policy = document("sns:Publish", arn("sns", "t"), *args, **statement)
    return a(tokens.TOPIC_POLICY, depends={"arn": [TOPIC]}, policy=policy)


def queue_policy(action: str = "sqs:SendMessage", of: Resource = QUEUE, *args: Any, **statement: Any) -> Resource:
    policy = document(action, arn("sqs", of.name), *args, **statement)
    return a(tokens.QUEUE_POLICY, of.name, depends={"queueUrl": [of]}, policy=policy)


def log_policy(group: str = "/aws/events/*", services: Any = (EVENTS, "delivery.logs.amazonaws.com")) -> Resource:
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    policy = document(actions, arn("logs", f"log-group:{group}:*"), list(services))
    return a(tokens.LOG_RESOURCE_POLICY, policyDocument=policy)


OF_RULE = {"ArnEquals": {"aws:SourceArn": arn("events", "rule/failed")}}
OF_OTHER = {"ArnEquals": {"aws:SourceArn": arn("events", "rule/other")}}
REFUSES = {"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Principal": "*"}
OWN_POLICY = a(tokens.QUEUE, "q", name="q", policy=document("sqs:SendMessage", "*"))


def target(of: Resource, **changes: Any) -> Resource:
    depends = {"arn": [of], "rule": [EVENT_RULE], "deadLetterConfig": [LETTERS]}
    return a(tokens.EVENT_TARGET, depends=depends, **{"deadLetterConfig": DEAD, **changes})


def wired(of: Resource, *more: Resource, **changes: Any) -> tuple[Resource, ...]:
    return (EVENT_RULE, of, target(of, **changes), LETTERS, queue_policy(of=LETTERS), *more)


def kept(*more: Resource) -> tuple[Resource, ...]:
    """A function behind a dead-letter queue whose policy is not there."""
    return (EVENT_RULE, FUNCTION, target(FUNCTION), permission(FUNCTION), LETTERS, *more)


def schedule(**changes: Any) -> Resource:
    return a(
        tokens.SCHEDULE,
        depends={"target": [FUNCTION, SENDER, LETTERS]},
        target={"arn": UNKNOWN, "roleArn": UNKNOWN, "deadLetterConfig": DEAD, **changes},
    )


def may(*statements: dict[str, Any]) -> Resource:
    text = json.dumps({"Statement": [{"Effect": "Allow", **one} for one in statements]})
    return a(tokens.ROLE_POLICY, "sender", depends={"role": [SENDER]}, policy=text)


INVOKES = {"Action": "lambda:InvokeFunction", "Resource": [arn("lambda", "function:f"), arn("lambda", "function:f:*")]}
KEEPS = {"Action": "sqs:SendMessage", "Resource": arn("sqs", "letters")}
SCHEDULED = (FUNCTION, LETTERS, SENDER, schedule())


def abroad(arn: Any) -> tuple[Resource, ...]:
    depends = {"rule": [EVENT_RULE], "deadLetterConfig": [LETTERS]}
    return (LETTERS, queue_policy(of=LETTERS), a(tokens.EVENT_TARGET, arn=arn, depends=depends, deadLetterConfig=DEAD))


CASES = (
    good(RULE, "a function", *wired(FUNCTION, permission(FUNCTION))),
    good(RULE, "a function for this rule", *wired(
        FUNCTION, permission(FUNCTION, sourceArn=arn("events", "rule/fail*")))),
    good(RULE, "a topic", *wired(TOPIC, topic_policy())),
    good(RULE, "a queue", *wired(QUEUE, queue_policy())),
    good(RULE, "a queue for this rule", *wired(QUEUE, queue_policy(Condition=OF_RULE))),
    good(RULE, "a queue with a policy of its own", *wired(OWN_POLICY)),
    good(RULE, "a queue that everybody in the account may use", *wired(QUEUE, queue_policy(
        Principal="*", Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}}))),
    good(RULE, "a log group", *wired(LOGS, log_policy())),
    good(RULE, "a cluster with a role", *wired(CLUSTER, roleArn=UNKNOWN)),
    good(RULE, "a dead-letter queue", *kept(queue_policy(of=LETTERS))),
    good(RULE, "a schedule", *SCHEDULED, may(INVOKES, KEEPS)),
    good(RULE, "a schedule of functions elsewhere", schedule()),
    bad(RULE, "a function without permission", "no permission allows EventBridge to invoke", *wired(FUNCTION)),
    bad(RULE, "a permission for others", "no permission", *wired(FUNCTION, permission(FUNCTION, "sns.amazonaws.com"))),
    bad(RULE, "a permission for another rule", "for this rule",
        OTHER_RULE, *wired(FUNCTION, permission(FUNCTION, sourceArn=arn("events", "rule/other")))),
    bad(RULE, "a permission to look", "no permission",
        *wired(FUNCTION, permission(FUNCTION, action="lambda:GetFunction"))),
    bad(RULE, "a topic without policy", "no policy of t", *wired(TOPIC)),
    bad(RULE, "a topic for alarms", "no policy of t", *wired(TOPIC, topic_policy("cloudwatch.amazonaws.com"))),
    bad(RULE, "a queue without policy", "no policy of q", *wired(QUEUE)),
    bad(RULE, "a queue for readers", "no policy of q", *wired(QUEUE, queue_policy("sqs:ReceiveMessage"))),
    bad(RULE, "a queue for another rule", "no policy of q", *wired(QUEUE, queue_policy(Condition=OF_OTHER))),
    bad(RULE, "a log group without policy", "no resource policy of CloudWatch Logs allows events.amazonaws.com",
        *wired(LOGS, log_policy(services=["delivery.logs.amazonaws.com"]))),
    bad(RULE, "a policy of other log groups", "allows delivery.logs.amazonaws.com",
        *wired(LOGS, log_policy("/aws/events/l*", services=[EVENTS]), log_policy("/x"))),
    bad(RULE, "a cluster without role", "no role for its target", *wired(CLUSTER)),
    bad(RULE, "a stream of another stack", "no role for its target",
        *abroad("arn:aws:kinesis:eu-central-1:1:stream/s")),
    bad(RULE, "no dead-letter queue", "no dead-letter queue",
        *wired(FUNCTION, permission(FUNCTION), deadLetterConfig=DROP)),
    bad(RULE, "a dead-letter queue without policy", "the policy of letters", *kept()),
    bad(RULE, "a dead-letter queue for topics", "the policy of letters",
        *kept(queue_policy("sqs:SendMessage", LETTERS, "sns.amazonaws.com"))),
    bad(RULE, "a dead-letter queue that refuses", "the policy of letters",
        *kept(queue_policy("sqs:SendMessage", LETTERS, EVENTS, REFUSES))),
    bad(RULE, "a schedule without one", "no dead-letter queue",
        FUNCTION, SENDER, schedule(deadLetterConfig=None), may(INVOKES)),
    bad(RULE, "a schedule without role", "no role for its target", schedule(roleArn=None)),
    bad(RULE, "a schedule that may not invoke", "does not allow lambda:InvokeFunction on f", *SCHEDULED, may(KEEPS)),
    bad(RULE, "a schedule that may not keep", "does not allow sqs:SendMessage on letters", *SCHEDULED, may(INVOKES)),
    unknown(RULE, "a dead-letter queue of another stack",
        *wired(FUNCTION, permission(FUNCTION), deadLetterConfig={"arn": "arn:aws:sqs:eu-central-1:1:x"})[:3],
        permission(FUNCTION)),
    unknown(RULE, "the target", *abroad(UNKNOWN), FUNCTION),
    unknown(RULE, "a function of another stack", *abroad("arn:aws:lambda:eu-central-1:111122223333:function:f")),
    unknown(RULE, "whose permission it is", *wired(FUNCTION, a(tokens.PERMISSION, function=UNKNOWN))),
    unknown(RULE, "what a queue allows", *kept(
        a(tokens.QUEUE_POLICY, depends={"queueUrl": [LETTERS]}, policy=UNKNOWN))),
    unknown(RULE, "what a role allows", *SCHEDULED, a(tokens.ROLE_POLICY, depends={"role": [SENDER]}, policy=UNKNOWN)),
    other(RULE, "no target", FUNCTION),
)  # fmt: skip
