"""Load balancers."""

from __future__ import annotations

from sandbox.tests.example import TAGGED, TAGS, Example

EXAMPLES = [
    *(
        example
        for area in ("lb", "alb")
        for example in (
            Example(
                f"aws:{area}/loadBalancer:LoadBalancer",
                {
                    "subnets": ["${subnet.id}", "${other_subnet.id}"],
                    "securityGroups": ["${group.id}"],
                    "dropInvalidHeaderFields": True,
                    "idleTimeout": 60,
                    "tags": TAGS,
                },
                {"idleTimeout": 90, "securityGroups": ["${other_group.id}"], **TAGGED},
                {"internal": True},
            ),
        )
    ),
    Example(
        "aws:lb/loadBalancer:LoadBalancer",
        {
            "loadBalancerType": "network",
            "internal": True,
            "subnets": ["${subnet.id}", "${other_subnet.id}"],
            "securityGroups": ["${group.id}"],
            "enableCrossZoneLoadBalancing": True,
            "dnsRecordClientRoutingPolicy": "availability_zone_affinity",
            "tags": TAGS,
        },
        {
            "enableCrossZoneLoadBalancing": False,
            "dnsRecordClientRoutingPolicy": "any_availability_zone",
            "securityGroups": ["${other_group.id}"],
            **TAGGED,
        },
        {"loadBalancerType": "application"},
    ),
    Example(
        "aws:lb/loadBalancer:LoadBalancer",
        {
            "loadBalancerType": "network",
            "subnetMappings": [{"subnetId": "${subnet.id}", "allocationId": "${eip.allocationId}"}],
        },
        {"enableDeletionProtection": False},
        {"internal": True},
    ),
]
