"""Where resources are: their account, their Region, and the ARNs that they may have."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from ecs_operations.facts import tokens
from ecs_operations.facts.globs import GIVEN_END, UNSAID
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import Unknown, leaves

_FORMS = {
    tokens.QUEUE: ("sqs", "{}", ("name",)),
    tokens.TOPIC: ("sns", "{}", ("name",)),
    tokens.FUNCTION: ("lambda", "function:{}", ("name",)),
    tokens.EVENT_RULE: ("events", "rule/{}", ("name",)),
    tokens.SCHEDULE: ("scheduler", f"schedule/{UNSAID}/{{}}", ("name",)),
    tokens.METRIC_ALARM: ("cloudwatch", "alarm:{}", ("name",)),
    tokens.COMPOSITE_ALARM: ("cloudwatch", "alarm:{}", ("alarmName",)),
    tokens.LOG_GROUP: ("logs", "log-group:{}", ("name",)),
    tokens.CLUSTER: ("ecs", "cluster/{}", ("name",)),
    tokens.BUCKET: ("s3", "{}", ("bucket", "id")),
}
"""Type → service, end of its ARN, and which of its properties name it (source: Service Authorization Reference)."""

_NO_PLACE = frozenset({tokens.BUCKET})
"""Types whose ARN has neither Region nor account."""
_ACCOUNT = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}):")
_REGION = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:([a-z0-9-]+):\d{12}:")
_MANY = 3


def region_of(resource: Resource) -> str:
    """Return the Region of a resource as its provider has it, or UNSAID."""
    region = resource.peek("region") or resource.provider.get("region")
    return region if isinstance(region, str) and region else UNSAID


@lru_cache(maxsize=4)
def _region_of_stack(graph: Graph) -> str:
    found = Counter(region for text in _documents(graph) for region in _REGION.findall(text))
    region, count = next(iter(found.most_common(1)), (UNSAID, 0))
    return region if count >= _MANY and count * 3 >= found.total() * 2 else UNSAID


def likely_region(graph: Graph, resource: Resource) -> str:
    """Return the Region of a resource as its provider has it, else the one that nearly all ARNs of its stack name."""
    own = region_of(resource)
    return _region_of_stack(graph) if own == UNSAID else own


@lru_cache(maxsize=4)
def account_of(graph: Graph) -> str:
    """Return the account of a stack: the one that nearly all ARNs in its documents name; UNSAID if there is none."""
    found = Counter(account for text in _documents(graph) for account in _ACCOUNT.findall(text))
    account, count = next(iter(found.most_common(1)), (UNSAID, 0))
    return account if count >= _MANY and count * 3 >= found.total() * 2 else UNSAID


def _documents(graph: Graph) -> Iterator[str]:
    for resource in graph.of(
        tokens.ROLE_POLICY, tokens.MANAGED_POLICY, tokens.QUEUE_POLICY, tokens.LOG_RESOURCE_POLICY
    ):
        for property_ in ("policy", "policyDocument"):
            yield from (leaf for leaf in leaves(resource.inputs.get(property_)) if isinstance(leaf, str))


_PREFIXES = ("namePrefix", "bucketPrefix")


def names_of(resource: Resource, *keys: str) -> frozenset[str]:
    """Return the names that a resource may have: known ones, its prefix, or what Pulumi makes of its logical name."""
    if names := resource.known(*keys):
        return names
    if any(isinstance(resource.peek(key), Unknown) for key in (*keys, *_PREFIXES)):
        return frozenset({UNSAID})
    prefix = next((found for key in _PREFIXES if (found := resource.peek(key))), None)
    return frozenset({f"{prefix if isinstance(prefix, str) and prefix else resource.name}{GIVEN_END}"})


def arn(graph: Graph, resource: Resource, service: str, end: str) -> str:
    """Return an ARN in the place of a resource."""
    return f"arn:{UNSAID}:{service}:{region_of(resource)}:{account_of(graph)}:{end}"


def arns_of(graph: Graph, resource: Resource) -> tuple[str, ...]:
    """Return the ARNs that a resource may have; none for a type whose ARNs are not known here."""
    if known := resource.known("arn"):
        return tuple(sorted(known))
    service, end, keys = _FORMS.get(resource.type, ("", "", ()))
    names = sorted(names_of(resource, *keys)) if service else []
    if resource.type == tokens.EVENT_RULE and resource.has("eventBusName"):
        names = [*names, *(f"{UNSAID}/{name}" for name in names)]
    if resource.type in _NO_PLACE:
        return tuple(f"arn:{UNSAID}:{service}:::{end.format(name)}" for name in names)
    return tuple(arn(graph, resource, service, end.format(name)) for name in names)
