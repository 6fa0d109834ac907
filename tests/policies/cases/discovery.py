from __future__ import annotations

from typing import Any

from ecs_operations import tokens
from ecs_operations.model import UNKNOWN, Resource
from tests.policies.cases.build import a, bad, good, other, unknown

HEALTH, TTL, ALIAS = "service-registry-health", "dns-ttl-bounds", "route53-alias-evaluates-health"


def registry(ttl: Any = 10, **changes: Any) -> Resource:
    dns = {"namespaceId": UNKNOWN, "dnsRecords": [{"type": "A", "ttl": ttl}]}
    return a(tokens.DISCOVERY_SERVICE, "cart", dnsConfig=dns, **changes)


def alias(evaluate: Any, zone: Any = UNKNOWN) -> Resource:
    return a(tokens.RECORD, aliases=[{"name": UNKNOWN, "zoneId": zone, "evaluateTargetHealth": evaluate}])


REPORTED = {"healthCheckCustomConfig": {"failureThreshold": 1}}
ON, OFF = [True], [False]
CASES = (
    good(HEALTH, "reported by ECS", registry(**REPORTED)),
    bad(HEALTH, "by nobody", "whose health nobody reports", registry()),
    unknown(HEALTH, "the settings", registry(healthCheckCustomConfig=UNKNOWN)),
    other(HEALTH, "a public namespace with checks of its own", registry(healthCheckConfig={"type": "HTTP"})),
    other(HEALTH, "no DNS", a(tokens.DISCOVERY_SERVICE)),
    good(TTL, "ten seconds", registry()),
    good(TTL, "five minutes for a record", a(tokens.RECORD, ttl=300)),
    bad(TTL, "an hour for a task", "lives 3600 s, at most 60 s", registry(3600)),
    bad(TTL, "a day for a record", "lives 86400 s, at most 300 s", a(tokens.RECORD, ttl=86400)),
    unknown(TTL, "the time", registry(UNKNOWN)),
    other(TTL, "an alias", alias(*ON)),
    good(ALIAS, "asks", alias(*ON)),
    bad(ALIAS, "does not ask", "does not evaluate", alias(*OFF)),
    unknown(ALIAS, "the flag", alias(UNKNOWN)),
    other(ALIAS, "CloudFront cannot be asked", alias(*OFF, zone="Z2FDTNDATAQYW2")),
    other(ALIAS, "no alias", a(tokens.RECORD, ttl=60)),
)
