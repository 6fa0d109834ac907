"""Target groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ecs_operations.engine.registry import Config, Results, Rule, Setting, Severity, WhenUnknown, apart
from ecs_operations.facts import tokens
from ecs_operations.facts.documents import containers
from ecs_operations.facts.fargate import on_instances
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.reachability import balancers_of, callers, closed_ways, task_groups, unsent_ways
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import blocks, known, number

DEFAULT_DELAY_S, DEFAULT_INTERVAL_S, DEFAULT_THRESHOLD, DEFAULT_STOP_S = 300, 30, 3, 30
"""What the provider, or ECS, sets where the program is silent."""


HTTP = ("HTTP", "HTTPS")


@Rule(
    id="tg-deregistration-delay-bounded",
    summary="A target has time to finish its requests, and not more than a drain can wait.",
    fix="Set deregistration_delay to the longest request that must not be cut.",
    severity=Severity.MEDIUM,
    source="Application Load Balancers, Deregistration delay; Amazon ECS best practices, Connection draining",
    types=tokens.TARGET_GROUPS,
    unknown=WhenUnknown.FAIL,
    settings=(
        Setting(
            name="minimumSeconds",
            default=5,
            minimum=0,
            maximum=3600,
            description="Shortest delay; 5 s is what the best practices of ECS give to whoever answers within 1 s.",
        ),
        Setting(
            name="maximumSeconds",
            default=300,
            minimum=1,
            maximum=3600,
            description="Longest delay; 300 s is also what a target group has when the program is silent.",
        ),
    ),
    guards=("deregistrationDelay",),
)
def tg_deregistration_delay_bounded(group: Resource, config: Config) -> Results:
    """A short delay cuts requests in flight; a long one outlasts the drain, and the instance dies with connections."""
    if group.get("targetType") == "lambda":
        return
    delay, shortest = _delay(group), config["minimumSeconds"]
    if delay < shortest:
        yield f"deregistrationDelay is {delay} s, which cuts requests in flight; must be at least {shortest} s"
    elif delay > config["maximumSeconds"]:
        yield f"deregistrationDelay is {delay} s, must be at most {config['maximumSeconds']} s"


def _delay(group: Resource) -> int:
    given = number(group.get("deregistrationDelay", default=DEFAULT_DELAY_S))
    return DEFAULT_DELAY_S if given is None else int(given)


@Rule(
    id="tg-health-check",
    summary="A health check asks for something, tells good answers from bad ones, and notices a change soon.",
    fix="Set health_check path and a matcher of 200 to 399, timeout below interval, and interval * threshold within "
    "the bounds.",
    severity=Severity.MEDIUM,
    source="Application Load Balancers, Health checks for Application Load Balancer target groups",
    anchors=("checkov CKV_261",),
    types=tokens.TARGET_GROUPS,
    unknown=WhenUnknown.FAIL,
    settings=(
        Setting(
            name="maximumDetectionSeconds",
            default=90,
            minimum=5,
            maximum=3000,
            description="Seconds until an unhealthy target gets no more requests: interval * unhealthy threshold.",
        ),
        Setting(
            name="maximumRecoverySeconds",
            default=300,
            minimum=5,
            maximum=3000,
            description="Seconds until a new target gets its first request: interval * healthy threshold.",
        ),
        Setting(
            name="maximumFailOpenPercent",
            default=50,
            minimum=1,
            maximum=100,
            description="Healthy targets below which the group sends to all, the unhealthy ones included.",
        ),
        Setting(
            name="maximumFailOpenCount",
            default=1,
            minimum=1,
            maximum=1000,
            description="The same as a number of targets; 1 is the default of AWS.",
        ),
    ),
    guards=("healthCheck", "targetGroupHealth"),
)
def tg_health_check(group: Resource, config: Config) -> Results:
    """The default check asks for `/`, which many applications answer with a redirect: all targets are unhealthy.

    A check that takes errors for an answer keeps broken targets in; so does a group that sends to all targets, or
    takes a zone out of DNS, as soon as a few are unhealthy. Codes of 4xx may be named one by one.
    """
    if group.get("targetType") == "lambda":
        return
    check = next(iter(blocks(group.get("healthCheck", default={}))), {})
    if str(known(check).get("enabled", True)).lower() == "false":
        yield "its health check is switched off"
    yield from _asks(check, group)
    yield from _fails_open(group, config)
    interval = number(check.get("interval")) or DEFAULT_INTERVAL_S
    timeout = number(check.get("timeout")) or 0
    if timeout >= interval:
        yield f"its health check waits {timeout:g} s for an answer, must be less than the interval of {interval:g} s"
    for property_, what, longest in (
        ("unhealthyThreshold", "an unhealthy target is noticed", config["maximumDetectionSeconds"]),
        ("healthyThreshold", "a new target is healthy", config["maximumRecoverySeconds"]),
    ):
        seconds = interval * (number(check.get(property_)) or DEFAULT_THRESHOLD)
        if seconds > longest:
            yield f"{what} after {seconds:g} s, must be at most {longest} s"


HEALTH = {"unhealthyStateRouting": "sends to unhealthy targets, too,", "dnsFailover": "takes a zone out of DNS"}


def _fails_open(group: Resource, config: Config) -> Results:
    for part, what in HEALTH.items():
        given = next(iter(blocks(group.get("targetGroupHealth", part, default={}))), {})
        percent = number(known(given).get("minimumHealthyTargetsPercentage")) or 0
        count = number(given.get("minimumHealthyTargetsCount")) or 0
        if percent > (most := config["maximumFailOpenPercent"]):
            yield f"{what} when less than {percent:g} % are healthy (targetGroupHealth), must be at most {most} %"
        if count > (most := config["maximumFailOpenCount"]):
            yield f"{what} when fewer than {count:g} are healthy (targetGroupHealth), must be at most {most}"


def _asks(check: Mapping[str, Any], group: Resource) -> Results:
    of_group = group.get("protocol", default="HTTP")
    if (by := known(check.get("protocol")) or of_group) not in HTTP:
        if of_group in HTTP:
            yield f"its health check asks by {by}, which says nothing about answers"
        return
    path, matcher = known(check.get("path")), known(check.get("matcher"))
    missing = [name for name in ("path", "matcher") if not check.get(name)]
    if missing and of_group in HTTP:
        yield f"its health check has no {' and no '.join(missing)}"
    if path and not str(path).startswith("/"):
        yield f"its health check asks for {path}, which does not begin with a slash"
    grpc = str(group.get("protocolVersion", default="")).upper() == "GRPC"
    if matcher and (wrong := (_grpc_errors if grpc else _errors)(str(matcher))):
        yield f"its health check takes {wrong} for healthy (matcher {matcher})"


MISSES = 5
"""As many codes of 4xx may be named: `200,401` says that the check comes without a password."""


def _errors(matcher: str) -> str:
    codes = {code for part in matcher.split(",") for code in _codes(part.strip())}
    if codes and min(codes) >= 400:  # noqa: PLR2004  HTTP
        return "errors alone"
    if any(500 <= code < 600 for code in codes):  # noqa: PLR2004  HTTP
        return "server errors"
    return "every client error" if sum(400 <= code < 500 for code in codes) > MISSES else ""  # noqa: PLR2004  HTTP


WELL = frozenset({0, 12})
"""Codes of gRPC for OK, and for a method that the service does not have, which AWS asks for by default."""


def _grpc_errors(matcher: str) -> str:
    codes = {code for part in matcher.split(",") for code in _codes(part.strip())}
    if codes and not codes & WELL:
        return "errors alone"
    return "nearly every error" if len(codes - WELL) > MISSES else ""


def _codes(part: str) -> range:
    first, _, last = part.partition("-")
    if not first.isdecimal() or not (last or first).isdecimal():
        return range(0)
    return range(int(first), int(last or first) + 1)


@Rule(
    id="tg-reachable",
    summary="Load balancers and callers reach the port on which a service listens.",
    fix="Allow the container's port from the load balancer's security group with a vpc.SecurityGroupIngressRule, and "
    "name a container and port of the task definition in load_balancers.",
    severity=Severity.HIGH,
    source="Application Load Balancers, Security groups for your Application Load Balancer: targets",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.SKIP,
)
def tg_reachable(service: Resource, graph: Graph, _config: Config) -> Results:
    """A port that no rule opens fails every health check: the deployment ends after the circuit breaker's last try.

    Judged is what the stack knows: rules of the groups that the tasks carry, by port, protocol and who comes in.
    """
    links = blocks(service.get("loadBalancers", default=[]))
    groups = task_groups(service, graph) if service.has("networkConfiguration") else []
    yield from apart(groups, partial(_callers_come_in, graph=graph))
    if not links:
        return
    yield from apart(links, partial(_container_exists, service=service, graph=graph))
    targets = graph.targets(service, "loadBalancers", tokens.TARGET_GROUPS, "arn") if len(links) == 1 else ()
    if groups:
        yield from apart(links, partial(_port_is_open, groups=groups, targets=targets, graph=graph))


def _callers_come_in(group: Resource, graph: Graph) -> Results:
    closed = closed_ways(group, graph)
    for way in closed:
        yield f"no ingress rule of {group.name} lets in what {way.name} lets out to it"
    for rule, sender in () if closed else unsent_ways(group, graph):
        yield f"{rule.name} lets in {sender.name}, of which no egress rule lets out to that port"


def _container_exists(link: Any, service: Resource, graph: Graph) -> Results:
    name, port = known(known(link).get("containerName")), number(link.get("containerPort"))
    for task in graph.targets(service, "taskDefinition", (tokens.TASK_DEFINITION,), "arn", "family"):
        every = containers(task)
        found = [each for each in every if known(each.get("name")) == name]
        ports = [number(mapping.get("containerPort")) for each in found for mapping in blocks(each.get("portMappings"))]
        if every and not found:
            yield f"registers a container {name} that {task.name} does not have"
        elif found and port not in ports:
            yield f"registers port {link.get('containerPort')} of {name}, which does not list it"


def _port_is_open(link: Any, groups: list[Resource], targets: Sequence[Resource], graph: Graph) -> Results:
    """Of the container and of the health check, which may ask on a port of its own, and never by UDP."""
    port = number(known(link).get("containerPort"))
    if port is None:
        return
    balancers = [balancer for target in targets for balancer in balancers_of(target, graph)]
    for number_, protocols in _ways(port, targets):
        who = [caller for each in protocols for caller in callers(groups, int(number_), each, graph)]
        shown = f"UDP port {number_:g}" if protocols == ("udp",) else f"port {number_:g}"
        if not who:
            yield f"no ingress rule opens {shown} to its load balancer"
        elif not any(caller.may_be_of(balancers, graph) for caller in who):
            yield f"{shown} is open to others, but not to its load balancer"


TRANSPORTS = {"UDP": ("udp",), "TCP_UDP": ("tcp", "udp")}
"""Protocol of a target group → what its packets are; of others TCP."""


def _ways(port: float, targets: Sequence[Resource]) -> dict[tuple[float, tuple[str, ...]], None]:
    """Port and protocols, of which one has to be open; of several target groups nobody knows which link is whose."""
    if not targets:
        return {(port, ("tcp", "udp")): None}
    found: dict[tuple[float, tuple[str, ...]], None] = {}
    for target in targets:
        for each in TRANSPORTS.get(str(target.get("protocol", default="HTTP")), ("tcp",)):
            found[port, (each,)] = None
        found[_check_port(target) or port, ("tcp",)] = None
    return found


def _check_port(target: Resource) -> float | None:
    return number(next(iter(blocks(target.get("healthCheck", default={}))), {}).get("port"))


@Rule(
    id="tg-exit-time",
    summary="A task leaves a draining instance in the time that the instance has.",
    fix="Lower deregistration_delay of the target group or stopTimeout of the container; where the cluster's drain "
    "deadline leaves more time, set maximumSeconds.",
    severity=Severity.MEDIUM,
    source="Amazon ECS developer guide, Draining container instances; stopTimeout",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="maximumSeconds",
            default=DEFAULT_DELAY_S + DEFAULT_STOP_S,
            minimum=1,
            maximum=7200,
            description="Deregistration delay and stop timeout of a task together; by default those of AWS, 300 s and "
            "30 s. Where the group of instances is in the same stack, drain-time-budget compares with its deadline.",
        ),
    ),
)
def tg_exit_time(service: Resource, graph: Graph, config: Config) -> Results:
    """A drain that reaches its deadline ends with tasks on the instance; who sets these times rarely knows it."""
    if not on_instances(graph, service) or not service.has("loadBalancers") or graph.of(tokens.LIFECYCLE_HOOK):
        return
    delays = [_delay(group) for group in graph.targets(service, "loadBalancers", tokens.TARGET_GROUPS, "arn")]
    tasks = graph.targets(service, "taskDefinition", (tokens.TASK_DEFINITION,), "arn", "family")
    stops = [number(each.get("stopTimeout")) or DEFAULT_STOP_S for task in tasks for each in containers(task)]
    delay, stop = max(delays, default=0), max(stops, default=DEFAULT_STOP_S)
    if delay + stop > config["maximumSeconds"]:
        yield (
            f"a task takes {delay + stop:g} s to leave (deregistration delay {delay} s, stop timeout {stop:g} s), "
            f"must be at most {config['maximumSeconds']} s"
        )


@Rule(
    id="tg-target-type-matches-network-mode",
    summary="Tasks in awsvpc mode are registered by their IP address.",
    fix='Set target_type "ip" on the target group.',
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Use an Application Load Balancer for Amazon ECS",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.SKIP,
)
def tg_target_type_matches_network_mode(service: Resource, graph: Graph, _config: Config) -> Results:
    """ECS refuses a target group of instances for a service in awsvpc mode, after everything else was created."""
    tasks = graph.targets(service, "taskDefinition", (tokens.TASK_DEFINITION,), "arn", "family")
    if not service.has("loadBalancers") or not any(task.get("networkMode") == "awsvpc" for task in tasks):
        return
    for group in graph.targets(service, "loadBalancers", tokens.TARGET_GROUPS, "arn"):
        if group.get("targetType", default="instance") != "ip":
            yield f"runs in awsvpc mode, but {group.name} does not have targetType ip"
