from __future__ import annotations

import json
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

LIMITS, FAILURE, TRACING = "lambda-runtime-limits", "lambda-failure-path", "lambda-tracing"
RUNTIME = "lambda-runtime-supported"
ELSEWHERE = a(tokens.CLUSTER)


def function(depends: Any = None, **changes: Any) -> Resource:
    return a(tokens.FUNCTION, "f", depends=depends, **{"timeout": 50, "tracingConfig": {"mode": "Active"}, **changes})


LETTERS = a(tokens.QUEUE, "letters", name="letters", messageRetentionSeconds=3600)
ROLE = a(tokens.ROLE, "runs")
PLAIN, DEAD = function(), function(deadLetterConfig={"targetArn": UNKNOWN}, depends={"deadLetterConfig": [LETTERS]})
SCHEDULE = a(tokens.SCHEDULE, depends={"target": [PLAIN]}, scheduleExpression="rate(1 minute)")
TOPIC = a(tokens.SUBSCRIPTION, depends={"endpoint": [PLAIN]})
RULE = a(tokens.EVENT_RULE, "rule", scheduleExpression="cron(0/5 * * * ? *)")
EVENTS = (RULE, a(tokens.EVENT_TARGET, depends={"rule": [RULE], "arn": [PLAIN]}))


def outcome(kind: str) -> Resource:
    return a(
        tokens.INVOKE_CONFIG,
        depends={"functionName": [PLAIN], "destinationConfig": [LETTERS]},
        destinationConfig={kind: {"destination": UNKNOWN}},
    )


ON_FAILURE, ON_SUCCESS = outcome("onFailure"), outcome("onSuccess")
IN_ROLE = function(depends={"role": [ROLE]})


def allows(action: str, queue: str = "letters", policy: Any = None) -> Resource:
    resource = f"arn:aws:sqs:eu-central-1:111122223333:{queue}"
    text = json.dumps({"Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]})
    return a(tokens.ROLE_POLICY, "runs", depends={"role": [ROLE]}, policy=text if policy is None else policy)


def queue(**changes: Any) -> Resource:
    policy = json.dumps({"maxReceiveCount": changes.pop("attempts", 5), "deadLetterTargetArn": "arn:x"})
    return a(
        tokens.QUEUE,
        "jobs",
        depends={"redrivePolicy": [LETTERS]},
        **{"redrivePolicy": policy, "visibilityTimeoutSeconds": 300, "messageRetentionSeconds": 3600, **changes},
    )


QUEUE = a(tokens.QUEUE, "jobs")
POLL = a(tokens.EVENT_SOURCE_MAPPING, depends={"eventSourceArn": [QUEUE], "functionName": [PLAIN]})


def permission(**changes: Any) -> Resource:
    return a(tokens.PERMISSION, "call", **{"principal": "events.amazonaws.com", **changes})


SOURCE = "lambda-permission-source"

CASES = (
    good(LIMITS, "50 seconds", function()),
    good(LIMITS, "a reservation", function(reservedConcurrentExecutions=1)),
    good(LIMITS, "no reservation at all", function(reservedConcurrentExecutions=-1)),
    bad(LIMITS, "silent", "default timeout of 3 s", function(timeout=None)),
    bad(LIMITS, "shorter than the default", "timeout is 1 s, must be at least 3 s", function(timeout="1")),
    bad(LIMITS, "longer than configured", "at most 60 s", function(timeout=120), maximumSeconds=60),
    bad(LIMITS, "switched off", "its reserved concurrency is 0", function(reservedConcurrentExecutions=0)),
    good(LIMITS, "a run that outlives the next", function(timeout="90"), SCHEDULE),
    good(LIMITS, "as long as it likes, one at a time", function(timeout=900, reservedConcurrentExecutions=1), SCHEDULE),
    good(LIMITS, "as long as it likes, each day", function(timeout=900), a(
        tokens.SCHEDULE, depends={"target": [PLAIN]}, scheduleExpression="cron(0 3 * * ? *)")),
    good(LIMITS, "a source that is read", POLL),
    bad(LIMITS, "runs that pile up", "900 s and is started every 60 s; must be at most 120 s",
        function(timeout=900), SCHEDULE),
    bad(LIMITS, "runs of a rule that pile up", "started every 300 s", function(timeout=900), *EVENTS),
    bad(LIMITS, "a source that is not read", "is disabled", a(tokens.EVENT_SOURCE_MAPPING, enabled=False)),
    unknown(LIMITS, "both", function(timeout=UNKNOWN, reservedConcurrentExecutions=UNKNOWN)),
    other(LIMITS, "no function", ELSEWHERE),
    good(FAILURE, "an on-failure destination", PLAIN, SCHEDULE, ON_FAILURE, LETTERS),
    good(FAILURE, "a dead-letter queue", DEAD, *EVENTS, LETTERS),
    good(FAILURE, "a queue that is redriven", queue(), LETTERS, PLAIN, POLL),
    good(FAILURE, "a destination that the role may use", IN_ROLE, ROLE, LETTERS, SCHEDULE, ON_FAILURE,
         allows("sqs:SendMessage")),
    bad(FAILURE, "a destination that the role may not use", "runs does not allow sqs:SendMessage on letters",
        IN_ROLE, ROLE, LETTERS, SCHEDULE, ON_FAILURE, allows("sqs:ReceiveMessage")),
    bad(FAILURE, "a role for another queue", "does not allow sqs:SendMessage on letters",
        IN_ROLE, ROLE, LETTERS, SCHEDULE, ON_FAILURE, allows("sqs:*", "other")),
    bad(FAILURE, "a queue that gives a message twice", "for 30 s while its function may run 50 s",
        queue(visibilityTimeoutSeconds=None), LETTERS, PLAIN, POLL),
    bad(FAILURE, "a queue that tries for longer than it keeps", "after 1000 attempts of 300 s",
        queue(attempts=1000), LETTERS, PLAIN, POLL),
    bad(FAILURE, "dead letters that are gone first", "letters counts from the same start",
        queue(messageRetentionSeconds=86_400), LETTERS, PLAIN, POLL),
    bad(FAILURE, "dead letters that are gone in a minute", "for 60 s, must be at least 3600 s",
        DEAD, *EVENTS, a(tokens.QUEUE, "letters", messageRetentionSeconds=60)),
    unknown(FAILURE, "a destination of another stack", PLAIN, SCHEDULE, ON_FAILURE),
    unknown(FAILURE, "how a queue is redriven", queue(redrivePolicy=UNKNOWN), LETTERS, PLAIN, POLL),
    unknown(FAILURE, "what the role may", IN_ROLE, ROLE, LETTERS, SCHEDULE, ON_FAILURE, allows("", policy=UNKNOWN)),
    bad(FAILURE, "a schedule", "invoked asynchronously", PLAIN, SCHEDULE),
    bad(FAILURE, "a topic", "invoked asynchronously", PLAIN, TOPIC),
    bad(FAILURE, "an event rule", "invoked asynchronously", PLAIN, *EVENTS),
    bad(FAILURE, "only successes are kept", "invoked asynchronously", PLAIN, SCHEDULE, ON_SUCCESS, LETTERS),
    bad(FAILURE, "a queue that is not redriven", "polled by a function", QUEUE, PLAIN, POLL),
    unknown(FAILURE, "whom a topic calls", PLAIN, a(tokens.SUBSCRIPTION, endpoint=UNKNOWN)),
    other(FAILURE, "called by nobody in this stack", PLAIN),
    other(FAILURE, "a queue that nobody polls", QUEUE),
    good(TRACING, "active", function()),
    bad(TRACING, "silent", "is not traced", function(tracingConfig=None)),
    bad(TRACING, "passed through", "is not traced", function(tracingConfig={"mode": "PassThrough"})),
    unknown(TRACING, "the mode", function(tracingConfig={"mode": UNKNOWN})),
    other(TRACING, "no function", ELSEWHERE),
    good(RUNTIME, "supported", function(runtime="python3.13")),
    good(RUNTIME, "newer than the table", function(runtime="python3.99")),
    good(RUNTIME, "supported on that day", function(runtime="python3.9"), on="2024-01-01"),
    bad(RUNTIME, "out of support", "python3.8, which is out of support since 2024-10-14",
        function(runtime="python3.8")),
    bad(RUNTIME, "out of support in time", "nodejs22.x", function(runtime="nodejs22.x"), on="2027-12-01"),
    bad(RUNTIME, "a day that is none", "python3.8", function(runtime="python3.8"), on="soon"),
    unknown(RUNTIME, "the runtime", function(runtime=UNKNOWN)),
    other(RUNTIME, "an image", function(packageType="Image")),
    good(SOURCE, "an organization", permission(principal="*", principalOrgId="o-1")),
    good(SOURCE, "a bucket", permission(principal="s3.amazonaws.com", sourceArn="arn:aws:s3:::logs")),
    bad(SOURCE, "everybody", "allows everybody to invoke", permission(principal="*")),
    bad(SOURCE, "rules of every account", "for every account", permission(sourceArn="arn:aws:events:*:*:rule/*")),
    bad(SOURCE, "everything", "for every account", permission(sourceArn="*")),
    good(SOURCE, "one rule", permission(sourceArn=UNKNOWN)),
    good(SOURCE, "one account", permission(sourceAccount="111122223333")),
    bad(SOURCE, "anybody", "allows events.amazonaws.com to invoke", permission()),
    unknown(SOURCE, "the caller", permission(principal=UNKNOWN)),
    other(SOURCE, "an account", permission(principal="111122223333")),
)  # fmt: skip
