"""Target groups."""

from __future__ import annotations

from typing import Any

from sandbox.tests.example import TAGGED, TAGS, Example


def ends(protocol: str, ended: bool) -> dict[str, Any]:
    """What becomes of connections to unhealthy targets; of UDP they cannot be ended."""
    if "UDP" in protocol:
        return {}
    interval = {} if ended else {"unhealthyDrainingInterval": 60}
    return {"targetHealthStates": [{"enableUnhealthyConnectionTermination": ended, **interval}]}


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
    *(
        Example(
            "aws:lb/targetGroup:TargetGroup",
            {
                "vpcId": "${vpc.id}",
                "port": 443,
                "protocol": protocol,
                "targetType": "ip",
                "preserveClientIp": "true",
                "proxyProtocolV2": True,
                "connectionTermination": True,
                "healthCheck": {"protocol": "TCP", "interval": 10, "healthyThreshold": 3, "port": "8080"},
                **({} if protocol == "TLS" else {"stickiness": {"type": "source_ip", "enabled": True}}),
                **ends(protocol, True),
            },
            {
                **ends(protocol, False),
                "proxyProtocolV2": False,
                "healthCheck": {"protocol": "HTTP", "path": "/health", "matcher": "200-399", "interval": 10},
            },
            {"protocol": "HTTP"},
        )
        for protocol in ("TCP", "UDP", "TCP_UDP", "TLS")
    ),
    *(
        Example(
            "aws:lb/targetGroup:TargetGroup",
            {
                "vpcId": "${vpc.id}",
                "port": 50051,
                "protocol": "HTTP",
                "protocolVersion": version,
                "targetType": "ip",
                "slowStart": 60,
                "healthCheck": {"path": "/grpc.health.v1.Health/Check", "matcher": matcher},
                "stickiness": {"type": "app_cookie", "cookieName": "session", "cookieDuration": 600},
            },
            {"slowStart": 0, "healthCheck": {"path": "/a.B/Check", "matcher": changed}},
            {"protocolVersion": "HTTP1"},
        )
        for version, matcher, changed in (("GRPC", "0-99", "0,12"), ("HTTP2", "200", "200-299"))
    ),
]
