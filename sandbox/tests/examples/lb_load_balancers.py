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
]
