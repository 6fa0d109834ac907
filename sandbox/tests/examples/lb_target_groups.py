"""Target groups."""

from __future__ import annotations

from sandbox.tests.example import TAGGED, TAGS, Example

EXAMPLES = [
    *(
        example
        for area in ("lb", "alb")
        for example in (
            Example(
                f"aws:{area}/targetGroup:TargetGroup",
                {
                    "vpcId": "${vpc.id}",
                    "port": 8080,
                    "protocol": "HTTP",
                    "targetType": "ip",
                    "deregistrationDelay": 30,
                    "healthCheck": {"path": "/health", "interval": 10, "timeout": 5, "matcher": "200-299"},
                    "tags": TAGS,
                },
                {
                    "deregistrationDelay": 60,
                    "healthCheck": {"path": "/ready", "interval": 10, "matcher": "200"},
                    **TAGGED,
                },
                {"port": 80},
            ),
        )
    ),
]
