from __future__ import annotations

from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

ALIAS = "route53-alias-evaluates-health"


def alias(evaluate: Any, zone: Any = UNKNOWN) -> Resource:
    return a(tokens.RECORD, aliases=[{"name": UNKNOWN, "zoneId": zone, "evaluateTargetHealth": evaluate}])


def primary(**changes: Any) -> Resource:
    return a(tokens.RECORD, failoverRoutingPolicies=[{"type": "PRIMARY"}], setIdentifier="a", ttl=60, **changes)


ON, OFF = [True], [False]

CASES = (
    good(ALIAS, "asks", alias(*ON)),
    good(ALIAS, "asks, as text", alias("true")),
    good(ALIAS, "a primary that is checked", primary(healthCheckId=UNKNOWN)),
    bad(ALIAS, "a primary that nothing checks", "is the primary of a failover", primary()),
    bad(ALIAS, "does not ask, as text", "does not evaluate", alias("false")),
    bad(ALIAS, "does not ask", "does not evaluate", alias(*OFF)),
    unknown(ALIAS, "the flag", alias(UNKNOWN)),
    other(ALIAS, "CloudFront cannot be asked", alias(*OFF, zone="Z2FDTNDATAQYW2")),
    other(ALIAS, "no alias", a(tokens.RECORD, ttl=60)),
)  # fmt: skip
