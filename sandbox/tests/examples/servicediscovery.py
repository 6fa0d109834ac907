"""Cloud Map: private DNS namespaces and their services."""

from __future__ import annotations

from sandbox.tests.example import TAGGED, TAGS, Example

EXAMPLES = [
    Example(
        "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
        {"name": "shop.internal", "vpc": "${vpc.id}", "description": "d", "tags": TAGS},
        {"description": "changed", **TAGGED},
        {"name": "other.internal"},
    ),
    Example(
        "aws:servicediscovery/service:Service",
        {
            "name": "cart",
            "dnsConfig": {
                "namespaceId": "${namespace.id}",
                "dnsRecords": [{"ttl": 10, "type": "A"}],
                "routingPolicy": "MULTIVALUE",
            },
            "forceDestroy": True,
            "tags": TAGS,
        },
        {
            "dnsConfig": {
                "namespaceId": "${namespace.id}",
                "dnsRecords": [{"ttl": 20, "type": "A"}],
                "routingPolicy": "MULTIVALUE",
            },
            **TAGGED,
        },
        {"name": "another"},
    ),
]
