from __future__ import annotations

import json
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import DROP, a, bad, good, other, unknown

DELAY, HEALTH = "tg-deregistration-delay-bounded", "tg-health-check"
ASKS = {"path": "/health", "matcher": "200", "interval": 10, "unhealthyThreshold": 3}


def group(token: str = tokens.TARGET_GROUP, **changes: Any) -> Resource:
    return a(token, "web", **{"targetType": "ip", "protocol": "HTTP", "deregistrationDelay": 60, "healthCheck": ASKS,
                              **changes})  # fmt: skip


def asks(**changes: Any) -> Resource:
    return group(healthCheck={**ASKS, **changes})


def served(
    *ingress: Any,
    link: Any = None,
    check: Any = None,
    protocol: str = "HTTP",
    more: tuple[Resource, ...] = (),
    port: Any = 8080,
    **container: Any,
) -> tuple[Resource, ...]:
    """A service behind a target group; its tasks carry a group with these rules."""
    mapped = {"name": "web", "portMappings": [{"containerPort": 8080}], **container}
    task = a(tokens.TASK_DEFINITION, "task", networkMode="awsvpc", containerDefinitions=json.dumps([mapped]))
    targets = group(protocol=protocol, healthCheck=check or ASKS)
    tasks = a(tokens.SECURITY_GROUP, "tasks", ingress=list(ingress))
    service = a(
        tokens.SERVICE, "web",
        depends={"loadBalancers": [targets], "taskDefinition": [task], "networkConfiguration": [tasks]},
        loadBalancers=[{"targetGroupArn": UNKNOWN, "containerName": "web", "containerPort": port, **(link or {})}],
        networkConfiguration={"securityGroups": [UNKNOWN]},
    )  # fmt: skip
    return task, targets, tasks, service, *more


def served_twice(*ingress: dict[str, Any]) -> tuple[Resource, ...]:
    """A service behind two target groups, at 8080 and 9000."""
    task, targets, tasks, _ = served(*ingress)
    more, ports = a(tokens.TARGET_GROUP, "more", protocol="UDP", healthCheck=TCP), (8080, 9000)
    both = json.dumps([{"name": "web", "portMappings": [{"containerPort": port} for port in ports]}])
    task = a(tokens.TASK_DEFINITION, "task", networkMode="awsvpc", containerDefinitions=both)
    service = a(
        tokens.SERVICE, "web",
        depends={"loadBalancers": [targets, more], "taskDefinition": [task], "networkConfiguration": [tasks]},
        loadBalancers=[{"targetGroupArn": UNKNOWN, "containerName": "web", "containerPort": port} for port in ports],
        networkConfiguration={"securityGroups": [UNKNOWN]},
    )  # fmt: skip
    return task, targets, more, tasks, service


def opens(port: Any = 8080, protocol: str = "tcp", **source: Any) -> dict[str, Any]:
    return {"protocol": protocol, "fromPort": port, "toPort": port, **(source or {"cidrBlocks": ["10.0.0.0/16"]})}


def fronted(from_: str) -> tuple[Resource, ...]:
    """A service whose rule lets one group in; the load balancer carries the group `door`."""
    out = [opens(0, "-1", cidrBlocks=["0.0.0.0/0"])]
    door, other_group = (a(tokens.SECURITY_GROUP, name, egress=out) for name in ("door", "cart"))
    task, targets, tasks, service = served()
    balancer = a(tokens.LOAD_BALANCERS[1], "balancer", depends={"securityGroups": [door]})
    listener = a(tokens.LISTENER, depends={"loadBalancerArn": [balancer], "defaultActions": [targets]})
    source = {"door": door, "cart": other_group}[from_]
    rule = a(tokens.INGRESS_RULE, "rule", depends={"securityGroupId": [tasks], "referencedSecurityGroupId": [source]},
             ipProtocol="tcp", fromPort=8080, toPort=8080)  # fmt: skip
    return task, targets, tasks, service, door, other_group, balancer, listener, rule


def called(port: Any, protocol: str = "tcp") -> tuple[Resource, ...]:
    """A service without a load balancer, and a caller that may get out to its port 8080."""
    caller, cart = a(tokens.SECURITY_GROUP, "web"), a(tokens.SECURITY_GROUP, "cart")
    service = a(tokens.SERVICE, "cart", depends={"networkConfiguration": [cart]},
                networkConfiguration={"securityGroups": [UNKNOWN]})  # fmt: skip
    way = a(tokens.EGRESS_RULE, "out", depends={"securityGroupId": [caller], "referencedSecurityGroupId": [cart]},
            ipProtocol="tcp", fromPort=8080, toPort=8080)  # fmt: skip
    rule = a(tokens.INGRESS_RULE, "in", depends={"securityGroupId": [cart], "referencedSecurityGroupId": [caller]},
             ipProtocol=protocol, fromPort=port, toPort=port)  # fmt: skip
    return caller, cart, service, way, *(() if port is None else (rule,))


def kept_in(**out: Any) -> tuple[Resource, ...]:
    """A service that opens its port 8080 to a caller, whose only egress rule is this."""
    caller, cart, service, _, rule = called(8080)
    way = a(tokens.EGRESS_RULE, "out", depends={"securityGroupId": [caller]}, **{"ipProtocol": "tcp", **out})
    return caller, cart, service, way, rule


def older_way() -> tuple[Resource, ...]:
    """A service that lets a caller in by a rule of the older type; the caller has no egress rule."""
    caller, cart, service, *_ = called(8080)
    rule = a(tokens.SECURITY_GROUP_RULE, "in", depends={"securityGroupId": [cart], "sourceSecurityGroupId": [caller]},
             type="ingress", protocol="tcp", fromPort=8080, toPort=8080)  # fmt: skip
    return caller, cart, service, rule


def leaving(delay: Any, stop: Any, **changes: Any) -> tuple[Resource, ...]:
    task = a(tokens.TASK_DEFINITION, "task", containerDefinitions=json.dumps([{"name": "web", "stopTimeout": stop}]))
    targets = group(deregistrationDelay=delay)
    depends = {"loadBalancers": [targets], "taskDefinition": [task]}
    return (
        task,
        targets,
        a(tokens.SERVICE, "web", depends=depends, loadBalancers=[{"targetGroupArn": UNKNOWN}], **changes),
    )


TCP = {"protocol": "TCP", "interval": 10, "timeout": 6}
LAMBDA = group(targetType="lambda", deregistrationDelay=0, healthCheck=DROP)
REACHED, EXIT = "tg-reachable", "tg-exit-time"
TYPE = "tg-target-type-matches-network-mode"


def behind(mode: str, kind: Any) -> tuple[Resource, ...]:
    task = a(tokens.TASK_DEFINITION, "task", networkMode=mode)
    group = a(tokens.TARGET_GROUPS[1], "targets", targetType=kind)
    balanced = [{"targetGroupArn": UNKNOWN, "containerName": "web", "containerPort": 80}]
    depends = {"loadBalancers": [group], "taskDefinition": [task]}
    return (task, group, a(tokens.SERVICE, "web", depends=depends, loadBalancers=balanced))


def grpc(matcher: str) -> Resource:
    return group(
        protocolVersion="GRPC", healthCheck={**ASKS, "path": "/grpc.health.v1.Health/Check", "matcher": matcher}
    )


def failing_open(part: str = "unhealthyStateRouting", **least: Any) -> Resource:
    return group(targetGroupHealth={part: least})


CASES = (
    good(HEALTH, "gRPC", grpc("0")),
    good(HEALTH, "gRPC, the default", grpc("12")),
    bad(HEALTH, "gRPC, everything", "takes nearly every error for healthy (matcher 0-99)", grpc("0-99")),
    bad(HEALTH, "gRPC, unavailable", "takes errors alone for healthy", grpc("14")),
    good(HEALTH, "the defaults of failing open", failing_open(
        minimumHealthyTargetsCount=1, minimumHealthyTargetsPercentage="off")),
    bad(HEALTH, "fails open at the first failure", "to unhealthy targets, too, when less than 100 % are healthy",
        failing_open(minimumHealthyTargetsPercentage="100")),
    bad(HEALTH, "fails open below a number", "when fewer than 3 are healthy",
        failing_open(minimumHealthyTargetsCount=3)),
    bad(HEALTH, "leaves DNS at the first failure", "takes a zone out of DNS when less than 100 %",
        failing_open("dnsFailover", minimumHealthyTargetsPercentage="100")),
    good(DELAY, "a minute", group()),
    good(DELAY, "the default of 300 s", group(deregistrationDelay=DROP)),
    good(DELAY, "by the older token", group(tokens.TARGET_GROUPS[1])),
    bad(DELAY, "none", "cuts requests in flight", group(tokens.TARGET_GROUPS[1], deregistrationDelay=0)),
    bad(DELAY, "too long", "deregistrationDelay is 3600 s, must be at most 300 s", group(deregistrationDelay=3600)),
    bad(DELAY, "longer than configured", "at most 30 s", group(), maximumSeconds=30),
    good(DELAY, "as text", group(deregistrationDelay="60")),
    bad(DELAY, "one second", "is 1 s, which cuts requests in flight; must be at least 5 s",
        group(deregistrationDelay=1)),
    bad(DELAY, "one second, as text", "is 1 s", group(deregistrationDelay="1")),
    bad(DELAY, "shorter than configured", "at least 90 s", group(), minimumSeconds=90),
    unknown(DELAY, "the delay", group(deregistrationDelay=UNKNOWN)),
    other(DELAY, "functions as targets", LAMBDA),
    good(HEALTH, "asks and expects", group()),
    good(HEALTH, "TCP asks for no path", group(protocol="TCP", healthCheck={"protocol": "TCP"})),
    bad(HEALTH, "silent", "has no path and no matcher", group(healthCheck=DROP)),
    bad(HEALTH, "no path", "its health check has no path", asks(path=None)),
    bad(HEALTH, "slow", "after 300 s", asks(interval=60, unhealthyThreshold=5)),
    bad(HEALTH, "slow by default", "after 150 s", asks(interval=None, unhealthyThreshold=5)),
    good(HEALTH, "numbers as text", asks(interval="10", timeout="5", unhealthyThreshold="3")),
    good(HEALTH, "a code of 4xx by its name", asks(matcher="200,401")),
    good(HEALTH, "statuses of gRPC", asks(matcher="0-99")),
    good(HEALTH, "TCP of a Network Load Balancer", group(protocol="TLS", healthCheck=TCP)),
    bad(HEALTH, "no slash", "asks for health, which does not begin with a slash", asks(path="health")),
    bad(HEALTH, "HTTP on a Network Load Balancer without a slash", "does not begin with a slash",
        group(protocol="TCP", healthCheck={"protocol": "HTTP", "path": "health"})),
    bad(HEALTH, "patient", "waits 10 s for an answer, must be less than the interval of 10 s", asks(timeout=10)),
    bad(HEALTH, "patient on TCP", "waits 120 s", group(protocol="TCP", healthCheck={**TCP, "timeout": 120})),
    bad(HEALTH, "every client error", "takes every client error for healthy", asks(matcher="200-499")),
    bad(HEALTH, "misses alone", "takes errors alone for healthy", asks(matcher="404")),
    bad(HEALTH, "no question", "asks by TCP, which says nothing", asks(protocol="TCP")),
    bad(HEALTH, "server errors", "takes server errors for healthy", asks(matcher="200,503")),
    bad(HEALTH, "anything", "takes server errors for healthy", asks(matcher="200-599")),
    bad(HEALTH, "late", "a new target is healthy after 600 s",
        asks(interval=60, unhealthyThreshold=1, healthyThreshold=10)),
    bad(HEALTH, "off", "is switched off", asks(enabled=False)),
    unknown(HEALTH, "the matcher", asks(matcher=UNKNOWN)),
    unknown(HEALTH, "the path", asks(path=UNKNOWN)),
    other(HEALTH, "functions as targets", LAMBDA),
    good(REACHED, "from the network", *served(opens())),
    good(REACHED, "every port of a protocol by number", *served({"protocol": 6, "cidrBlocks": ["0.0.0.0/0"]})),
    good(REACHED, "from a group of another stack", *served(opens(securityGroups=["sg-door"]))),
    good(REACHED, "from the load balancer's group", *fronted("door")),
    good(REACHED, "UDP and its TCP check", *served(opens(protocol="udp"), opens(9000), protocol="UDP",
         check={"protocol": "TCP", "port": "9000"})),
    good(REACHED, "TCP and UDP at one port", *served(opens(protocol="udp"), opens(), protocol="TCP_UDP", check=TCP)),
    bad(REACHED, "TCP of both", "no ingress rule opens port 8080", *served(
        opens(protocol="udp"), protocol="TCP_UDP", check=TCP)),
    bad(REACHED, "UDP of both", "no ingress rule opens UDP port 8080", *served(opens(), protocol="TCP_UDP", check=TCP)),
    bad(REACHED, "UDP, and its check by TCP at the same port", "no ingress rule opens port 8080", *served(
        opens(protocol="udp"), protocol="UDP", check=TCP)),
    good(REACHED, "one of several target groups by UDP", *served_twice(opens(protocol="udp"), opens(9000))),
    bad(REACHED, "one of several target groups by nothing", "no ingress rule opens port 9000", *served_twice(opens())),
    bad(REACHED, "no rule", "no ingress rule opens port 8080", *served()),
    bad(REACHED, "another port", "no ingress rule opens port 8080", *served(opens(8081))),
    bad(REACHED, "another protocol", "no ingress rule opens port 8080", *served(opens(protocol="udp"))),
    bad(REACHED, "the check's own port", "no ingress rule opens port 9000",
        *served(opens(), check={**ASKS, "port": 9000})),
    bad(REACHED, "from the tasks themselves", "open to others", *served(opens(self=True))),
    bad(REACHED, "from an office", "open to others", *served(opens(cidrBlocks=["192.0.2.0/24"]))),
    bad(REACHED, "from another group than the load balancer's", "open to others", *fronted("cart")),
    bad(REACHED, "a container of another name", "registers a container api that task does not have",
        *served(opens(), link={"containerName": "api"})),
    bad(REACHED, "a port that the container does not list", "registers port 9090 of web",
        *served(opens(9090), link={"containerPort": 9090})),
    unknown(REACHED, "who comes in", *served({**opens(), "cidrBlocks": UNKNOWN})),
    unknown(REACHED, "the port", *served(opens(), port=UNKNOWN)),
    good(REACHED, "a caller that comes in", *called(8080)),
    bad(REACHED, "a caller that does not come in", "no ingress rule of cart lets in what out lets out", *called(8081)),
    bad(REACHED, "a caller by another protocol", "lets in what out lets out", *called(8080, "udp")),
    good(REACHED, "a caller that may get out to the network", *kept_in(
        cidrIpv4="10.0.0.0/8", fromPort=8080, toPort=8080)),
    bad(REACHED, "a caller that may not get out", "in lets in web, of which no egress rule lets out to that port",
        *kept_in(cidrIpv4="0.0.0.0/0", fromPort=443, toPort=443)),
    bad(REACHED, "a caller that may not get out at all", "of which no egress rule lets out to that port",
        *(one for one in called(8080) if one.type != tokens.EGRESS_RULE)),
    bad(REACHED, "a caller that may not get out, by an older rule", "of which no egress rule lets out to that port",
        *older_way()),
    bad(REACHED, "a caller that may get out by another protocol", "of which no egress rule lets out to that port",
        *kept_in(cidrIpv4="10.0.0.0/8", ipProtocol="udp", fromPort=8080, toPort=8080)),
    bad(REACHED, "a caller that nobody expects", "lets in what out lets out", *called(None)),
    other(REACHED, "no load balancer", a(tokens.SERVICE)),
    other(REACHED, "a group of another stack", a(tokens.SERVICE, loadBalancers=[{"containerPort": 80}],
          networkConfiguration={"securityGroups": ["sg-1"]})),
    good(EXIT, "a minute", *leaving(60, 30)),
    good(EXIT, "the defaults of AWS", *leaving(DROP, None)),
    good(EXIT, "where the drain has more time", *leaving(300, 120), maximumSeconds=600),
    bad(EXIT, "both long", "takes 420 s to leave", *leaving("300", "120")),
    unknown(EXIT, "the delay", *leaving(UNKNOWN, 30)),
    other(EXIT, "a stack with the group", *leaving(300, 120), a(tokens.LIFECYCLE_HOOK)),
    other(EXIT, "Fargate", *leaving(300, 120, launchType="FARGATE")),
    other(EXIT, "no load balancer", a(tokens.SERVICE)),
    good(TYPE, "addresses", *behind("awsvpc", "ip")),
    good(TYPE, "instances on a bridge", *behind("bridge", "instance")),
    bad(TYPE, "instances", "targets does not have targetType ip", *behind("awsvpc", "instance")),
    bad(TYPE, "silent", "targets does not have targetType ip", *behind("awsvpc", None)),
    unknown(TYPE, "the type", *behind("awsvpc", UNKNOWN)),
    other(TYPE, "no balancer", a(tokens.SERVICE, "web")),
)  # fmt: skip
