"""Target groups."""

from __future__ import annotations

from ecs_operations.engine.registry import Config, Results, Rule, Setting, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource

DEFAULT_DELAY_S = 300


DEFAULT_INTERVAL_S = 30


DEFAULT_UNHEALTHY = 3
"""What the provider sets where the program is silent."""


HTTP = ("HTTP", "HTTPS")


@Rule(
    id="tg-deregistration-delay-bounded",
    summary="A target has time to finish its requests, and not more than a drain can wait.",
    fix="Set deregistration_delay to the longest request that must not be cut.",
    severity=Severity.MEDIUM,
    source="Application Load Balancers, Deregistration delay",
    types=tokens.TARGET_GROUPS,
    unknown=WhenUnknown.FAIL,
    settings=(
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
    """A delay of 0 cuts requests in flight; a long one outlasts the drain, and the instance dies with connections."""
    if group.get("targetType") == "lambda":
        return
    delay = int(group.get("deregistrationDelay", default=DEFAULT_DELAY_S))
    if delay == 0:
        yield "deregistrationDelay is 0 s, which cuts requests in flight"
    elif delay > config["maximumSeconds"]:
        yield f"deregistrationDelay is {delay} s, must be at most {config['maximumSeconds']} s"


@Rule(
    id="tg-health-check",
    summary="A health check has a path and a matcher, and notices an unhealthy target soon.",
    fix="Set health_check path and matcher, and interval * unhealthy_threshold within the bound.",
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
    ),
    guards=("healthCheck",),
)
def tg_health_check(group: Resource, config: Config) -> Results:
    """The default check asks for `/`, which many applications answer with a redirect: all targets are unhealthy."""
    if group.get("targetType") == "lambda":
        return
    check = group.get("healthCheck", default={})
    protocol = check.get("protocol") or group.get("protocol", default="HTTP")
    if protocol in HTTP and group.get("protocol", default="HTTP") in HTTP:
        missing = [name for name in ("path", "matcher") if not check.get(name)]
        if missing:
            yield f"its health check has no {' and no '.join(missing)}"
    interval = check.get("interval") or DEFAULT_INTERVAL_S
    seconds = interval * (check.get("unhealthyThreshold") or DEFAULT_UNHEALTHY)
    if seconds > config["maximumDetectionSeconds"]:
        yield f"an unhealthy target is noticed after {seconds} s, must be at most {config['maximumDetectionSeconds']} s"


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
