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


REDIRECTS: dict[str, Any] = {
    "type": "redirect",
    "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"},
}


def answered(on: int, **redirect: Any) -> tuple[Resource, ...]:
    """A redirect, and the listener that it should lead to."""
    door = balancer()
    return door, http(door, **redirect), a(tokens.LISTENER, "https", depends={"loadBalancerArn": [door]}, port=on,
                                           protocol="HTTPS", sslPolicy=CURRENT)  # fmt: skip


def ruled(action: Any, token: str = tokens.LISTENER_RULE) -> tuple[Resource, ...]:
    door, plain, tls = answered(443)
    return door, plain, tls, a(token, "rule", depends={"listenerArn": [plain]}, actions=[action])


def with_listener(protocol: str, **changes: Any) -> tuple[Resource, ...]:
    """A Network Load Balancer with one listener."""
    door = balancer(loadBalancerType="network", **changes)
    return door, a(tokens.LISTENER, depends={"loadBalancerArn": [door]}, port=443, protocol=protocol)


CLEAN: dict[str, Any] = {"dropInvalidHeaderFields": True}
CASES = (
    good(TLS, "a current policy", listener()),
    good(TLS, "by the older token", listener(OLD_LISTENER)),
    good(TLS, "a policy of the configuration", listener(sslPolicy="house"), policies=["house"]),
    good(TLS, "post-quantum and FIPS", listener(sslPolicy="ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09")),
    good(TLS, "a policy of tomorrow", listener(sslPolicy="ELBSecurityPolicy-TLS13-1-3-PQ-2031-01")),
    bad(TLS, "TLS 1.1", "offers TLS 1.1", listener(sslPolicy="ELBSecurityPolicy-TLS13-1-1-FIPS-2023-04")),
    bad(TLS, "a post-quantum policy of TLS 1.0", "1-0-PQ-2025-09 offers TLS 1.0",
        listener(sslPolicy="ELBSecurityPolicy-TLS13-1-0-PQ-2025-09")),
    bad(TLS, "old ciphers", "without forward secrecy", listener(sslPolicy="ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06")),
    bad(TLS, "a name of nothing", "can read", listener(sslPolicy="house")),
    bad(TLS, "1.2 where 1.3 is wanted", "offers TLS 1.2", listener(), oldestVersion="1.3"),
    bad(TLS, "an old policy", "ELBSecurityPolicy-2016-08 offers TLS 1.0",
        listener(sslPolicy="ELBSecurityPolicy-2016-08")),
    bad(TLS, "silent", "the default policy ELBSecurityPolicy-2016-08 offers", listener(OLD_LISTENER, sslPolicy=DROP)),
    unknown(TLS, "the policy", listener(sslPolicy=UNKNOWN)),
    other(TLS, "HTTP", http()),
    good(REDIRECT, "a redirect", *answered(443)),
    bad(REDIRECT, "where nobody speaks TLS", "HTTPS listens on no port", http(balancer()), balancer()),
    good(REDIRECT, "a balancer of another stack", http()),
    bad(REDIRECT, "forwards", "answers HTTP with forward", http(balancer(), kind="forward"), balancer()),
    bad(REDIRECT, "for a while", "not permanently (HTTP_301)", http(balancer(), statusCode="HTTP_302"), balancer()),
    bad(REDIRECT, "to HTTP", "not permanently (HTTP_301)", http(balancer(), protocol="HTTP"), balancer()),
    bad(REDIRECT, "port 80 without a protocol", "answers HTTP with forward",
        a(tokens.LISTENER, port=80, defaultActions=[{"type": "forward"}])),
    good(REDIRECT, "to the port that answers", *answered(8443, port="8443")),
    good(REDIRECT, "a port as text", a(tokens.LISTENER, port="80", protocol="HTTP", defaultActions=[REDIRECTS])),
    good(REDIRECT, "a rule that redirects one host", *ruled(
        {"type": "redirect", "redirect": {**REDIRECTS["redirect"], "host": "a.b"}})),
    good(REDIRECT, "a rule that answers itself", *ruled({"type": "fixed-response"}, tokens.LISTENER_RULES[1])),
    bad(REDIRECT, "a loop", "on its own port 80, a loop", http(balancer(), port="80"), balancer()),
    bad(REDIRECT, "a loop by default", "a loop", http(balancer(), port=None), balancer()),
    bad(REDIRECT, "a loop by name", "a loop", http(balancer(), port="#{port}"), balancer()),
    bad(REDIRECT, "to a port where nothing is", "nothing answers; HTTPS listens on 443", *answered(443, port="8443")),
    bad(REDIRECT, "to no port that it can know", "nothing answers", http(port="8080")),
    bad(REDIRECT, "to another host", "to the host evil.example", *answered(443, host="evil.example")),
    bad(REDIRECT, "to one page", "to the path /", *answered(443, path="/")),
    bad(REDIRECT, "a rule that forwards", "answers HTTP with forward", *ruled({"type": "forward"})),
    bad(REDIRECT, "an older rule that forwards", "with forward",
        *ruled({"type": "forward"}, tokens.LISTENER_RULES[1])),
    bad(REDIRECT, "a rule for a while", "not permanently", *ruled(
        {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_302"}})),
    unknown(REDIRECT, "one of the actions", http(), a(tokens.LISTENER, "more", port=80, protocol="HTTP",
            defaultActions=[UNKNOWN, REDIRECTS])),
    unknown(REDIRECT, "the actions", a(tokens.LISTENER, port=80, protocol="HTTP", defaultActions=UNKNOWN)),
    other(REDIRECT, "a rule of another stack's listener", a(tokens.LISTENER_RULE, listenerArn="arn:x",
          actions=[{"type": "forward"}])),
    other(REDIRECT, "TCP", a(tokens.LISTENER, port=80, protocol="TCP", defaultActions=[{"type": "forward"}])),
    unknown(REDIRECT, "whether the balancer is internal", http(balancer(), kind="forward"), balancer(internal=UNKNOWN)),
    unknown(REDIRECT, "whose listener it is",
            a(tokens.LISTENER, protocol="HTTP", loadBalancerArn=UNKNOWN), balancer()),
    other(REDIRECT, "HTTPS", listener()),
    other(REDIRECT, "an internal balancer", http(balancer(), kind="forward"), balancer(internal=True)),
    good(LOGS, "a bucket", balancer(accessLogs={"enabled": True, "bucket": UNKNOWN})),
    good(LOGS, "by the older token", balancer(token=OLD_TOKEN, accessLogs={"enabled": True, "bucket": "b"})),
    bad(LOGS, "silent", "writes no access logs", balancer()),
    bad(LOGS, "off", "writes no access logs", balancer(accessLogs={"enabled": False, "bucket": "b"})),
    good(LOGS, "enabled as text", balancer(accessLogs={"enabled": "true", "bucket": "b"})),
    bad(LOGS, "TLS of a Network Load Balancer", "no access logs", *with_listener("TLS")),
    other(LOGS, "a Network Load Balancer without TLS", *with_listener("TCP")),
    other(LOGS, "a Gateway Load Balancer", balancer(loadBalancerType="gateway")),
    unknown(LOGS, "all of it", balancer(accessLogs=UNKNOWN)),
    other(LOGS, "no balancer", ELSEWHERE),
    good(PROTECTED, "on", balancer(enableDeletionProtection=True)),
    good(PROTECTED, "on, as text", balancer(enableDeletionProtection="true")),
    bad(PROTECTED, "off, as text", "by accident", balancer(enableDeletionProtection="false")),
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
