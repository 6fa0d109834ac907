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
    *(
        Example(
            "aws:lb/listener:Listener",
            {
                "loadBalancerArn": "${network_balancer.arn}",
                "port": 8443,
                "protocol": protocol,
                "defaultActions": [{"type": "forward", "targetGroupArn": f"${{{group}.arn}}"}],
                **more,
            },
            change,
            {"loadBalancerArn": "another"},
        )
        for protocol, group, more, change in (
            ("TCP", "tcp", {"tcpIdleTimeoutSeconds": 60}, {"tcpIdleTimeoutSeconds": 6000, "port": 8444}),
            ("UDP", "udp", {}, {"port": 8444}),
            ("TCP_UDP", "both", {}, {"port": 8444}),
            (
                "TLS",
                "tcp",
                {
                    "certificateArn": "${certificate.arn}",
                    "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
                    "alpnPolicy": "HTTP2Preferred",
                },
                {"certificateArn": "${other_certificate.arn}"},
            ),
        )
    ),
    *(
        Example(
            "aws:lb/listenerRule:ListenerRule",
            {"listenerArn": "${secure.arn}", "priority": 30, "conditions": conditions, "actions": actions},
            {"priority": 31},
        )
        for conditions, actions in (
            (
                [
                    {"httpHeader": {"httpHeaderName": "X-Tenant", "values": ["a*"]}},
                    {"httpRequestMethod": {"values": ["GET", "HEAD"]}},
                    {"queryStrings": [{"key": "version", "value": "2"}, {"value": "beta"}]},
                ],
                [{"type": "redirect", "redirect": {"host": "#{host}", "path": "/new", "statusCode": "HTTP_302"}}],
            ),
            (
                [{"sourceIp": {"values": ["10.0.0.0/8"]}}, {"hostHeader": {"regexValues": ["^api[0-9]+\\.example$"]}}],
                [
                    {
                        "type": "forward",
                        "forward": {
                            "targetGroups": [
                                {"arn": "${targets.arn}", "weight": 90},
                                {"arn": "${green.arn}", "weight": 10},
                            ],
                            "stickiness": {"enabled": True, "duration": 600},
                        },
                    }
                ],
            ),
            (
                [{"pathPattern": {"values": ["/weighted"]}}],
                [
                    {
                        "type": "forward",
                        "forward": {
                            "targetGroups": [
                                {"arn": "${targets.arn}", "weight": 100},
                                {"arn": "${green.arn}", "weight": 0},
                            ]
                        },
                    }
                ],
            ),
            (
                [{"pathPattern": {"regexValues": ["^/v[0-9]+/"]}}],
                [
                    {
                        "type": "authenticate-oidc",
                        "order": 1,
                        "authenticateOidc": {
                            "authorizationEndpoint": "https://login.example.com/authorize",
                            "clientId": "shop",
                            "clientSecret": "secret",
                            "issuer": "https://login.example.com",
                            "tokenEndpoint": "https://login.example.com/token",
                            "userInfoEndpoint": "https://login.example.com/user",
                            "sessionTimeout": 3600,
                        },
                    },
                    {"type": "forward", "order": 2, "targetGroupArn": "${targets.arn}"},
                ],
            ),
            (
                [{"pathPattern": {"values": ["/admin/*"]}}],
                [
                    {
                        "type": "authenticate-cognito",
                        "order": 1,
                        "authenticateCognito": {
                            "userPoolArn": "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_a",
                            "userPoolClientId": "client",
                            "userPoolDomain": "shop",
                            "onUnauthenticatedRequest": "deny",
                            "scope": "openid",
                        },
                    },
                    {
                        "type": "fixed-response",
                        "order": 2,
                        "fixedResponse": {"contentType": "text/plain", "messageBody": "hi", "statusCode": "200"},
                    },
                ],
            ),
        )
    ),
]
