from __future__ import annotations

from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.balanced import balancer
from tests.policies.cases.build import DROP, a, bad, good, other, subnet, unknown

TLS, REDIRECT, LOGS, PROTECTED, HYGIENE, ZONES, AGREE = (
    "alb-tls-policy", "alb-http-redirects", "alb-access-logs", "alb-deletion-protection", "alb-hygiene", "alb-multi-az",
    "asg-alb-service-azs-agree",
)  # fmt: skip
CURRENT = "ELBSecurityPolicy-TLS13-1-2-2021-06"
OLD_TOKEN, OLD_LISTENER = tokens.LOAD_BALANCERS[1], tokens.LISTENERS[1]
A, B, C = (subnet(f"eu-central-1{letter}") for letter in "abc")
ELSEWHERE = a(tokens.CLUSTER)


def listener(token: str = tokens.LISTENER, **changes: Any) -> Resource:
    return a(token, "https", **{"port": 443, "protocol": "HTTPS", "sslPolicy": CURRENT, **changes})


def http(of: Resource | None = None, kind: str = "redirect", **redirect: Any) -> Resource:
    action = {"type": kind, "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301", **redirect}}
    return a(tokens.LISTENER, "http", depends={"loadBalancerArn": [of]} if of else None, port=80, protocol="HTTP",
             defaultActions=[action])  # fmt: skip


CLEAN: dict[str, Any] = {"dropInvalidHeaderFields": True}
CASES = (
    good(TLS, "a current policy", listener()),
    good(TLS, "by the older token", listener(OLD_LISTENER)),
    good(TLS, "a policy of the configuration", listener(sslPolicy="house"), policies=["house"]),
    bad(TLS, "an old policy", "uses ELBSecurityPolicy-2016-08", listener(sslPolicy="ELBSecurityPolicy-2016-08")),
    bad(TLS, "silent", "uses the default policy", listener(OLD_LISTENER, sslPolicy=DROP)),
    unknown(TLS, "the policy", listener(sslPolicy=UNKNOWN)),
    other(TLS, "HTTP", http()),
    good(REDIRECT, "a redirect", http(balancer()), balancer()),
    good(REDIRECT, "a balancer of another stack", http()),
    bad(REDIRECT, "forwards", "answers HTTP with forward", http(balancer(), kind="forward"), balancer()),
    bad(REDIRECT, "for a while", "not permanently (HTTP_301)", http(balancer(), statusCode="HTTP_302"), balancer()),
    bad(REDIRECT, "to HTTP", "not permanently (HTTP_301)", http(balancer(), protocol="HTTP"), balancer()),
    bad(REDIRECT, "port 80 without a protocol", "answers HTTP with forward",
        a(tokens.LISTENER, port=80, defaultActions=[{"type": "forward"}])),
    unknown(REDIRECT, "whether the balancer is internal", http(balancer(), kind="forward"), balancer(internal=UNKNOWN)),
    unknown(REDIRECT, "whose listener it is",
            a(tokens.LISTENER, protocol="HTTP", loadBalancerArn=UNKNOWN), balancer()),
    other(REDIRECT, "HTTPS", listener()),
    other(REDIRECT, "an internal balancer", http(balancer(), kind="forward"), balancer(internal=True)),
    good(LOGS, "a bucket", balancer(accessLogs={"enabled": True, "bucket": UNKNOWN})),
    good(LOGS, "by the older token", balancer(token=OLD_TOKEN, accessLogs={"enabled": True, "bucket": "b"})),
    bad(LOGS, "silent", "writes no access logs", balancer()),
    bad(LOGS, "off", "writes no access logs", balancer(accessLogs={"enabled": False, "bucket": "b"})),
    unknown(LOGS, "all of it", balancer(accessLogs=UNKNOWN)),
    other(LOGS, "no balancer", ELSEWHERE),
    good(PROTECTED, "on", balancer(enableDeletionProtection=True)),
    bad(PROTECTED, "silent", "by accident", balancer()),
    unknown(PROTECTED, "the flag", balancer(enableDeletionProtection=UNKNOWN)),
    other(PROTECTED, "no balancer", ELSEWHERE),
    good(HYGIENE, "drops", balancer(**CLEAN)),
    good(HYGIENE, "strictest", balancer(**CLEAN, desyncMitigationMode="strictest")),
    bad(HYGIENE, "silent", "passes malformed headers", balancer()),
    bad(HYGIENE, "only watches", "lets request smuggling through", balancer(**CLEAN, desyncMitigationMode="monitor")),
    unknown(HYGIENE, "the flag", balancer(dropInvalidHeaderFields=UNKNOWN)),
    other(HYGIENE, "a network load balancer", balancer(loadBalancerType="network")),
    good(ZONES, "three", balancer(A, B, C), A, B, C, minimumZones=3),
    good(ZONES, "by mapping", a(tokens.LOAD_BALANCER, depends={"subnetMappings": [A, B]}), A, B),
    bad(ZONES, "one", "is in 1 zone, must be in at least 2", balancer(A), A),
    bad(ZONES, "none", "is in 0 zones, must", balancer()),
    unknown(ZONES, "subnets of another stack", balancer(subnets=["s-1", "s-2"])),
    other(ZONES, "no balancer", ELSEWHERE),
)  # fmt: skip
