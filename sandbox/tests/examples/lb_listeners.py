"""Listeners with their certificates and rules."""

from __future__ import annotations

from sandbox.tests.example import TAGGED, TAGS, Example

EXAMPLES = [
    *(
        example
        for area in ("lb", "alb")
        for example in (
            Example(
                f"aws:{area}/listener:Listener",
                {
                    "loadBalancerArn": "${balancer.arn}",
                    "port": 8080,
                    "protocol": "HTTP",
                    "defaultActions": [
                        {
                            "type": "fixed-response",
                            "fixedResponse": {"contentType": "text/plain", "statusCode": "404", "messageBody": "no"},
                        }
                    ],
                    "tags": TAGS,
                },
                {
                    "defaultActions": [
                        {"type": "redirect", "redirect": {"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301"}}
                    ],
                    **TAGGED,
                },
                {"loadBalancerArn": "another"},
            ),
            Example(
                f"aws:{area}/listenerRule:ListenerRule",
                {
                    "listenerArn": "${listener.arn}",
                    "priority": 10,
                    "conditions": [{"pathPattern": {"values": ["/a/*"]}}, {"hostHeader": {"values": ["a.example"]}}],
                    "actions": [{"type": "forward", "targetGroupArn": "${targets.arn}"}],
                    "tags": TAGS,
                },
                {"conditions": [{"pathPattern": {"values": ["/b/*"]}}], "priority": 20, **TAGGED},
                {"listenerArn": "another"},
            ),
            Example(
                f"aws:{area}/listenerCertificate:ListenerCertificate",
                {"listenerArn": "${secure.arn}", "certificateArn": "${other_certificate.arn}"},
                {},
                {"certificateArn": "another"},
            ),
        )
    ),
]
