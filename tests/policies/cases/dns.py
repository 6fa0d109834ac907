from __future__ import annotations

from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

TTL = "dns-ttl-bounds"


def registry(ttl: Any = 10) -> Resource:
    dns = {"namespaceId": UNKNOWN, "dnsRecords": [{"type": "A", "ttl": ttl}]}
    return a(tokens.DISCOVERY_SERVICE, "cart", dnsConfig=dns)


def answering(stop: Any, ttl: Any = 60) -> tuple[Resource, ...]:
    """A registry, its service, and the task definition of that."""
    containers = [{"name": "cart", "stopTimeout": stop, "portMappings": [{"containerPort": 80}]}, {"name": "log"}]
    task, names = a(tokens.TASK_DEFINITION, containerDefinitions=containers), registry(ttl)
    of = {"taskDefinition": [task], "serviceRegistries": [names]}
    return names, task, a(tokens.SERVICE, "cart", depends=of, serviceRegistries={"registryArn": UNKNOWN})


CASES = (
    good(TTL, "tasks that serve as long", *answering(60)),
    bad(TTL, "tasks that stop before", "kept 60 s, and tasks of cart serve 30 s", *answering(30)),
    bad(TTL, "tasks that stop by default", "kept 60 s, and tasks of cart serve 30 s", *answering(None)),
    unknown(TTL, "how long tasks serve", *answering(UNKNOWN)),
    good(TTL, "ten seconds", registry()),
    good(TTL, "five minutes for a record", a(tokens.RECORD, ttl=300)),
    bad(TTL, "an hour for a task", "is kept 3600 s, must be at most 60 s", registry(3600)),
    bad(TTL, "a day for a record", "is kept 86400 s, must be at most 300 s", a(tokens.RECORD, ttl=86400)),
    unknown(TTL, "the time", registry(UNKNOWN)),
    other(TTL, "an alias", a(tokens.RECORD, aliases=[{"zoneId": UNKNOWN, "evaluateTargetHealth": True}])),
)  # fmt: skip
