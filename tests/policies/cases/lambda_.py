from __future__ import annotations

from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

LIMITS, FAILURE, TRACING = "lambda-runtime-limits", "lambda-failure-path", "lambda-tracing"
ELSEWHERE = a(tokens.CLUSTER)


def function(**changes: Any) -> Resource:
    return a(tokens.FUNCTION, "f", **{"timeout": 50, "tracingConfig": {"mode": "Active"}, **changes})


PLAIN, DEAD = function(), function(deadLetterConfig={"targetArn": UNKNOWN})
SCHEDULE = a(tokens.SCHEDULE, depends={"target": [PLAIN]})
TOPIC = a(tokens.SUBSCRIPTION, depends={"endpoint": [PLAIN]})
RULE = a(tokens.EVENT_RULE, "rule")
EVENTS = (RULE, a(tokens.EVENT_TARGET, depends={"rule": [RULE], "arn": [PLAIN]}))
ON_FAILURE = a(tokens.INVOKE_CONFIG, depends={"functionName": [PLAIN]},
               destinationConfig={"onFailure": {"destination": UNKNOWN}})  # fmt: skip
ON_SUCCESS = a(tokens.INVOKE_CONFIG, depends={"functionName": [PLAIN]},
               destinationConfig={"onSuccess": {"destination": UNKNOWN}})  # fmt: skip
QUEUE, REDRIVEN = a(tokens.QUEUE, "jobs"), a(tokens.QUEUE, "jobs", redrivePolicy=UNKNOWN)
POLL = a(tokens.EVENT_SOURCE_MAPPING, depends={"eventSourceArn": [QUEUE], "functionName": [PLAIN]})


def permission(**changes: Any) -> Resource:
    return a(tokens.PERMISSION, "call", **{"principal": "events.amazonaws.com", **changes})


SOURCE = "lambda-permission-source"

CASES = (
    good(LIMITS, "50 seconds", function()),
    good(LIMITS, "a reservation", function(reservedConcurrentExecutions=1)),
    good(LIMITS, "no reservation at all", function(reservedConcurrentExecutions=-1)),
    bad(LIMITS, "silent", "default timeout of 3 s", function(timeout=None)),
    bad(LIMITS, "longer than configured", "at most 60 s", function(timeout=120), maximumSeconds=60),
    bad(LIMITS, "switched off", "its reserved concurrency is 0", function(reservedConcurrentExecutions=0)),
    unknown(LIMITS, "both", function(timeout=UNKNOWN, reservedConcurrentExecutions=UNKNOWN)),
    other(LIMITS, "no function", ELSEWHERE),
    good(FAILURE, "an on-failure destination", PLAIN, SCHEDULE, ON_FAILURE),
    good(FAILURE, "a dead-letter queue", DEAD, *EVENTS),
    good(FAILURE, "a queue that is redriven", REDRIVEN, PLAIN, POLL),
    bad(FAILURE, "a schedule", "invoked asynchronously", PLAIN, SCHEDULE),
    bad(FAILURE, "a topic", "invoked asynchronously", PLAIN, TOPIC),
    bad(FAILURE, "an event rule", "invoked asynchronously", PLAIN, *EVENTS),
    bad(FAILURE, "only successes are kept", "invoked asynchronously", PLAIN, SCHEDULE, ON_SUCCESS),
    bad(FAILURE, "a queue that is not redriven", "polled by a function", QUEUE, PLAIN, POLL),
    unknown(FAILURE, "whom a topic calls", PLAIN, a(tokens.SUBSCRIPTION, endpoint=UNKNOWN)),
    other(FAILURE, "called by nobody in this stack", PLAIN),
    other(FAILURE, "a queue that nobody polls", QUEUE),
    good(TRACING, "active", function()),
    bad(TRACING, "silent", "is not traced", function(tracingConfig=None)),
    bad(TRACING, "passed through", "is not traced", function(tracingConfig={"mode": "PassThrough"})),
    unknown(TRACING, "the mode", function(tracingConfig={"mode": UNKNOWN})),
    other(TRACING, "no function", ELSEWHERE),
    good(SOURCE, "one rule", permission(sourceArn=UNKNOWN)),
    good(SOURCE, "one account", permission(sourceAccount="111122223333")),
    bad(SOURCE, "anybody", "allows events.amazonaws.com to invoke", permission()),
    unknown(SOURCE, "the caller", permission(principal=UNKNOWN)),
    other(SOURCE, "an account", permission(principal="111122223333")),
)  # fmt: skip
