from __future__ import annotations

from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import DROP, a, bad, good, other, unknown

DELAY, HEALTH = "tg-deregistration-delay-bounded", "tg-health-check"
ASKS = {"path": "/health", "matcher": "200", "interval": 10, "unhealthyThreshold": 3}


def group(token: str = tokens.TARGET_GROUP, **changes: Any) -> Resource:
    return a(token, "web", **{"targetType": "ip", "protocol": "HTTP", "deregistrationDelay": 60, "healthCheck": ASKS,
                              **changes})  # fmt: skip


def asks(**changes: Any) -> Resource:
    return group(healthCheck={**ASKS, **changes})


LAMBDA = group(targetType="lambda", deregistrationDelay=0, healthCheck=DROP)
TYPE = "tg-target-type-matches-network-mode"


def behind(mode: str, kind: Any) -> tuple[Resource, ...]:
    task = a(tokens.TASK_DEFINITION, "task", networkMode=mode)
    group = a(tokens.TARGET_GROUPS[1], "targets", targetType=kind)
    balanced = [{"targetGroupArn": UNKNOWN, "containerName": "web", "containerPort": 80}]
    depends = {"loadBalancers": [group], "taskDefinition": [task]}
    return (task, group, a(tokens.SERVICE, "web", depends=depends, loadBalancers=balanced))


CASES = (
    good(DELAY, "a minute", group()),
    good(DELAY, "the default of 300 s", group(deregistrationDelay=DROP)),
    good(DELAY, "by the older token", group(tokens.TARGET_GROUPS[1])),
    bad(DELAY, "none", "cuts requests in flight", group(tokens.TARGET_GROUPS[1], deregistrationDelay=0)),
    bad(DELAY, "too long", "deregistrationDelay is 3600 s, must be at most 300 s", group(deregistrationDelay=3600)),
    bad(DELAY, "longer than configured", "at most 30 s", group(), maximumSeconds=30),
    unknown(DELAY, "the delay", group(deregistrationDelay=UNKNOWN)),
    other(DELAY, "functions as targets", LAMBDA),
    good(HEALTH, "asks and expects", group()),
    good(HEALTH, "TCP asks for no path", group(protocol="TCP", healthCheck={"protocol": "TCP"})),
    bad(HEALTH, "silent", "has no path and no matcher", group(healthCheck=DROP)),
    bad(HEALTH, "no path", "its health check has no path", asks(path=None)),
    bad(HEALTH, "slow", "after 300 s", asks(interval=60, unhealthyThreshold=5)),
    bad(HEALTH, "slow by default", "after 150 s", asks(interval=None, unhealthyThreshold=5)),
    unknown(HEALTH, "the path", asks(path=UNKNOWN)),
    other(HEALTH, "functions as targets", LAMBDA),
    good(TYPE, "addresses", *behind("awsvpc", "ip")),
    good(TYPE, "instances on a bridge", *behind("bridge", "instance")),
    bad(TYPE, "instances", "targets does not have targetType ip", *behind("awsvpc", "instance")),
    bad(TYPE, "silent", "targets does not have targetType ip", *behind("awsvpc", None)),
    unknown(TYPE, "the type", *behind("awsvpc", UNKNOWN)),
    other(TYPE, "no balancer", a(tokens.SERVICE, "web")),
)  # fmt: skip
