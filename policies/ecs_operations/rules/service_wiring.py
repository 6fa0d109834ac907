"""ECS services within their stack: scaling, subnets, security groups."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

from ecs_operations import tokens
from ecs_operations.documents import containers
from ecs_operations.registry import Config, Level, Results, Setting, Severity, WhenUnknown, stack_rule
from ecs_operations.services import deployed_by_ecs, is_daemon, scaling_targets
from ecs_operations.zones import zones_behind

if TYPE_CHECKING:
    from ecs_operations.model import Graph, Resource

DEFAULT_LEAST, DEFAULT_MOST = 100, 200
"""Percent; what ECS takes for a replica service (source: API reference, DeploymentConfiguration)."""
LARGE_SERVICE = 4
"""Tasks from which on a deployment may run with fewer than desired: three quarters of the capacity remain."""


def _least_tasks(service: Resource, graph: Graph) -> int:
    targets = scaling_targets(graph, service)
    if targets:
        return min(int(target.get("minCapacity", default=0)) for target in targets)
    return int(service.get("desiredCount", default=1))


@stack_rule(
    "service-min-healthy",
    summary="A deployment and a drain have room to move at least one task, and keep the service whole.",
    fix="Raise deployment_maximum_percent, or lower deployment_minimum_healthy_percent of a service with many tasks.",
    severity=Severity.HIGH,
    source="Amazon ECS API reference, DeploymentConfiguration; Amazon ECS developer guide, Container instance draining",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.SKIP,
    guards=("deploymentMinimumHealthyPercent", "deploymentMaximumPercent"),
)
def service_min_healthy(service: Resource, graph: Graph, _config: Config) -> Results:
    """With min = max = 100, or 1 task and 100/150, no task may stop and none may start: deployment and drain hang.

    Room: floor(tasks * max / 100) > ceil(tasks * min / 100), at the smallest number of tasks too.
    """
    if not deployed_by_ecs(service):
        return
    if is_daemon(service):
        if service.get("deploymentMinimumHealthyPercent", default=0) >= DEFAULT_LEAST:
            yield "a daemon may neither stop nor start a second task on its instance: no deployment can begin"
        return
    least = service.get("deploymentMinimumHealthyPercent", default=DEFAULT_LEAST)
    most = service.get("deploymentMaximumPercent", default=DEFAULT_MOST)
    count = _least_tasks(service, graph)
    if count and floor(count * most / 100) <= ceil(count * least / 100):
        yield f"cannot move: with {count} tasks, {least} % and {most} % leave no room to stop or start one"
    elif least < DEFAULT_LEAST and count < LARGE_SERVICE:
        yield f"a deployment may take it to {least} % of its {count} tasks"


@stack_rule(
    "service-desired-at-least-two",
    summary="A service runs at least two tasks.",
    fix="Raise desired_count, or min_capacity of its scaling target; exempt a singleton and say why it is one.",
    severity=Severity.HIGH,
    source="AWS Well-Architected, Reliability pillar, REL10: deploy the workload to multiple locations",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.SKIP,
    settings=(Setting(name="minimumTasks", default=2, minimum=1, maximum=100, description="Least number of tasks."),),
)
def service_desired_at_least_two(service: Resource, graph: Graph, config: Config) -> Results:
    """The only task of a service leaves with its host, and until another has started nobody answers."""
    if is_daemon(service):
        return
    count = _least_tasks(service, graph)
    if count < config["minimumTasks"]:
        yield f"runs {count} tasks, at least {config['minimumTasks']} are wanted"


@stack_rule(
    "service-desired-count-ignored",
    summary="A service that is scaled keeps its number of tasks through a deployment.",
    fix='Add "desiredCount" to ignore_changes of the service.',
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Automatically scale your Amazon ECS service",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.SKIP,
)
def service_desired_count_ignored(service: Resource, graph: Graph, _config: Config) -> Results:
    """Each `up` would set the count back to what the program says: from forty tasks to two, at noon."""
    owned = {"desiredCount", "*"} & set(service.ignore_changes)
    if service.has("desiredCount") and not owned and scaling_targets(graph, service):
        yield "is scaled, and each deployment sets its count back"


@stack_rule(
    "service-autoscaling-present",
    summary="A scaling target has a policy and room to scale.",
    fix="Add an appautoscaling.Policy for the target, and a max_capacity above min_capacity.",
    severity=Severity.MEDIUM,
    source="Application Auto Scaling user guide, Amazon ECS and Application Auto Scaling",
    types=(tokens.SCALING_TARGET,),
    unknown=WhenUnknown.SKIP,
    guards=("minCapacity", "maxCapacity"),
)
def service_autoscaling_present(target: Resource, graph: Graph, _config: Config) -> Results:
    """A target without a policy looks like autoscaling in a review, and never scales."""
    if target.get("serviceNamespace") != "ecs":
        return
    if not graph.sources((tokens.SCALING_POLICY,), "resourceId", target, "resourceId", "id"):
        yield "has no scaling policy"
    least, most = target.get("minCapacity", default=0), target.get("maxCapacity", default=0)
    if most <= least:
        yield f"may scale from {least} to {most} tasks, which is no room"


@stack_rule(
    "service-subnets-multi-az",
    summary="The tasks of a service may run in several Availability Zones.",
    fix="Give network_configuration one subnet in each of the zones.",
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Task networking with the awsvpc network mode",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.SKIP,
    settings=(Setting(name="minimumZones", default=2, minimum=2, maximum=6, description="Distinct zones at least."),),
)
def service_subnets_multi_az(service: Resource, graph: Graph, config: Config) -> Results:
    """A cluster over three zones does not help a service whose subnets lie in one of them."""
    if not service.has("networkConfiguration", "subnets"):
        return
    zones = zones_behind(graph, service, "networkConfiguration")
    if len(zones) < config["minimumZones"]:
        yield f"may run in {len(zones)} zones, at least {config['minimumZones']} are wanted"


@stack_rule(
    "service-own-security-group",
    summary="A service has a security group of its own.",
    fix="Make one security group for the service; allow from it and to it by reference.",
    severity=Severity.MEDIUM,
    source="Amazon ECS developer guide, Network security best practices for Amazon ECS",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.SKIP,
)
def service_own_security_group(service: Resource, graph: Graph, _config: Config) -> Results:
    """With one group for all, whoever may call one service may call each of them, and the hosts too."""
    if not service.has("networkConfiguration"):
        return
    if not service.has("networkConfiguration", "securityGroups"):
        yield "uses the default security group of the VPC"
        return
    own = set(_groups(graph, service, "networkConfiguration"))
    for other in graph.of(tokens.SERVICE):
        if other is not service and other.has("networkConfiguration"):
            own -= set(_groups(graph, other, "networkConfiguration"))
    for template in graph.of(tokens.LAUNCH_TEMPLATE):
        own -= set(_groups(graph, template, "vpcSecurityGroupIds"))
    if not own:
        yield "shares all its security groups with other services or with the instances"


def _groups(graph: Graph, source: Resource, property_: str) -> list[str]:
    return [group.urn for group in graph.targets(source, property_, (tokens.SECURITY_GROUP,), "id")]


@stack_rule(
    "tg-target-type-matches-network-mode",
    summary="Tasks with an interface of their own are registered by their address.",
    fix='Set target_type "ip" on the target group.',
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Use an Application Load Balancer for Amazon ECS",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.SKIP,
)
def tg_target_type_matches_network_mode(service: Resource, graph: Graph, _config: Config) -> Results:
    """In awsvpc mode a target group of instances is refused when the service is created, after all else stands."""
    tasks = graph.targets(service, "taskDefinition", (tokens.TASK_DEFINITION,), "arn", "family")
    if not service.has("loadBalancers") or not any(task.get("networkMode") == "awsvpc" for task in tasks):
        return
    for group in graph.targets(service, "loadBalancers", tokens.TARGET_GROUPS, "arn"):
        if group.get("targetType", default="instance") != "ip":
            yield f"runs in awsvpc mode, and {group.name} does not register addresses"


@stack_rule(
    "taskdef-container-health-check",
    summary="Somebody notices when a task hangs: a load balancer, or a health check of its container.",
    fix="Add healthCheck to an essential container, with a command that is in its image.",
    severity=Severity.MEDIUM,
    source="Amazon ECS developer guide, Determine Amazon ECS task health using container health checks",
    types=(tokens.TASK_DEFINITION,),
    level=Level.ADVISORY,
    unknown=WhenUnknown.SKIP,
    guards=("containerDefinitions",),
)
def taskdef_container_health_check(task: Resource, graph: Graph, _config: Config) -> Results:
    """ECS sees a process that runs, not that it answers: behind no balancer it stays in DNS for days and serves nobody.

    Daemons and tasks that no service runs are left alone.
    """
    services = graph.sources((tokens.SERVICE,), "taskDefinition", task, "arn", "family")
    unseen = [one.name for one in services if not one.has("loadBalancers") and not is_daemon(one)]
    if unseen and not any(item.get("healthCheck") for item in containers(task) if item.get("essential", True)):
        yield f"has no health check, and {', '.join(sorted(unseen))} has no load balancer that would notice"
