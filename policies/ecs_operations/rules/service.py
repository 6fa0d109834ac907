"""ECS services: deployments, number of tasks, zones, security groups, addresses."""

from __future__ import annotations

from math import ceil, floor

from ecs_operations.engine.registry import Config, Level, Results, Rule, Setting, Severity, WhenUnknown
from ecs_operations.engine.sentences import counted
from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.services import deployed_by_ecs, is_daemon, on_fargate, scaling_targets, spreads_over_zones
from ecs_operations.facts.zones import zones_behind

FULL_PERCENT = 100


DEFAULT_MOST_PERCENT = 200


@Rule(
    id="service-health-grace-period",
    summary="A service behind a load balancer has a health check grace period.",
    fix="Set health_check_grace_period_seconds to the time that the slowest start takes.",
    severity=Severity.MEDIUM,
    source="Amazon ECS API reference, CreateService: healthCheckGracePeriodSeconds",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.PRESENT,
    guards=("healthCheckGracePeriodSeconds",),
)
def service_health_grace_period(service: Resource, _config: Config) -> Results:
    """A check that counts from the first second stops each slow start: the service never becomes healthy.

    Without a load balancer the period is that of the containers' checks, which have a start period of their own.
    """
    if service.has("loadBalancers") and not service.has("healthCheckGracePeriodSeconds"):
        yield "is behind a load balancer without healthCheckGracePeriodSeconds"


@Rule(
    id="service-circuit-breaker",
    summary="A deployment that fails stops and rolls back.",
    fix="Set deployment_circuit_breaker with enable and rollback.",
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, How the Amazon ECS deployment circuit breaker detects failures",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.FAIL,
    guards=("deploymentCircuitBreaker",),
)
def service_circuit_breaker(service: Resource, _config: Config) -> Results:
    """ECS starts a broken image again and again for hours; a small service has no healthy task left by then."""
    if not deployed_by_ecs(service):
        return
    breaker = service.get("deploymentCircuitBreaker", default={})
    if not breaker.get("enable"):
        yield "does not stop deployments that fail"
    elif not breaker.get("rollback"):
        yield "stops a deployment that fails, but does not roll back"


@Rule(
    id="service-spread-across-azs",
    summary="The tasks of a service spread over Availability Zones first.",
    fix='Make spread over "attribute:ecs.availability-zone" the first of ordered_placement_strategies.',
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Use strategies to define Amazon ECS task placement",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.FAIL,
    guards=("orderedPlacementStrategies",),
)
def service_spread_across_azs(service: Resource, _config: Config) -> Results:
    """Packed by memory, all tasks of a service end up on one host and leave with it. Daemons and Fargate are spread."""
    if not is_daemon(service) and not on_fargate(service) and not spreads_over_zones(service):
        yield "does not spread its tasks over zones first"


@Rule(
    id="service-az-rebalancing",
    summary="A service may move its tasks back to an even spread over zones.",
    fix="Leave availability_zone_rebalancing on, with a maximum percent above 100 and a spread over zones first.",
    severity=Severity.LOW,
    source="Amazon ECS developer guide, Balancing an Amazon ECS service across Availability Zones",
    types=(tokens.SERVICE,),
    level=Level.ADVISORY,
    unknown=WhenUnknown.SKIP,
    guards=("availabilityZoneRebalancing",),
)
def service_az_rebalancing(service: Resource, _config: Config) -> Results:
    """After a zone has come back, its share of the tasks stays elsewhere, and the next failure stops more of them."""
    if is_daemon(service) or on_fargate(service):
        return
    if service.get("availabilityZoneRebalancing", default="ENABLED") == "DISABLED":
        yield "leaves its tasks where a failure of a zone has put them"
    elif service.get("deploymentMaximumPercent", default=DEFAULT_MOST_PERCENT) <= FULL_PERCENT:
        yield "cannot be rebalanced: no task may start before another stops (maximum percent 100)"


@Rule(
    id="service-no-public-ip",
    summary="Tasks have no public address.",
    fix="Remove assign_public_ip, and put the service into private subnets.",
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Network security best practices for Amazon ECS",
    anchors=("Security Hub ECS.2", "checkov CKV_333"),
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.FAIL,
    guards=("networkConfiguration",),
)
def service_no_public_ip(service: Resource, _config: Config) -> Results:
    """A task with a public address is reached around the load balancer, its TLS and its logs."""
    if service.get("networkConfiguration", "assignPublicIp", default=False) is not False:
        yield "gives its tasks public addresses"


DEFAULT_LEAST, DEFAULT_MOST = 100, 200
"""Percent; what ECS takes for a replica service (source: API reference, DeploymentConfiguration)."""


LARGE_SERVICE = 4
"""Tasks from which on a deployment may run with fewer than desired: three quarters of the capacity remain."""


def _least_tasks(service: Resource, graph: Graph) -> int:
    targets = scaling_targets(graph, service)
    if targets:
        return min(int(target.get("minCapacity", default=0)) for target in targets)
    return int(service.get("desiredCount", default=1))


@Rule(
    id="service-min-healthy",
    summary="A deployment and a drain have room to move at least one task, and leave enough of them running.",
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
        yield f"with {counted(count, 'task')}, {least} % and {most} % leave no room to stop or start one"
    elif least < DEFAULT_LEAST and count < LARGE_SERVICE:
        yield f"a deployment may take it to {least} % of its {counted(count, 'task')}"


@Rule(
    id="service-desired-at-least-two",
    summary="A service runs at least two tasks.",
    fix="Raise desired_count, or min_capacity of its scaling target; exempt a singleton and say why it is one.",
    severity=Severity.HIGH,
    source="AWS Well-Architected, Reliability pillar, REL10: deploy the workload to multiple locations",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.SKIP,
    settings=(Setting(name="minimumTasks", default=2, minimum=1, maximum=100, description="Least number of tasks."),),
)
def service_desired_at_least_two(service: Resource, graph: Graph, config: Config) -> Results:
    """The only task of a service stops with its instance, and until another has started nothing answers."""
    if is_daemon(service):
        return
    count = _least_tasks(service, graph)
    if count < config["minimumTasks"]:
        yield f"runs {counted(count, 'task')}, must be at least {config['minimumTasks']}"


@Rule(
    id="service-desired-count-ignored",
    summary="A service that is scaled keeps its number of tasks through a deployment.",
    fix='Add "desiredCount" to ignore_changes of the service.',
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Automatically scale your Amazon ECS service",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.SKIP,
    reads_ignore_changes=True,
)
def service_desired_count_ignored(service: Resource, graph: Graph, _config: Config) -> Results:
    """Each `up` would set the count back to what the program says: from forty tasks to two, at noon."""
    owned = {"desiredCount", "*"} & set(service.ignore_changes)
    if service.has("desiredCount") and not owned and scaling_targets(graph, service):
        yield "is scaled, and each `up` sets desiredCount back"


@Rule(
    id="service-autoscaling-present",
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
        yield f"may scale from {least} to {counted(most, 'task')}, maxCapacity must be above minCapacity"


@Rule(
    id="service-subnets-multi-az",
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
        yield f"may run in {counted(len(zones), 'zone')}, must be in at least {config['minimumZones']}"


@Rule(
    id="service-own-security-group",
    summary="A service has a security group of its own.",
    fix="Make one security group for the service; allow from it and to it by reference.",
    severity=Severity.MEDIUM,
    source="Amazon ECS developer guide, Network security best practices for Amazon ECS",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.SKIP,
)
def service_own_security_group(service: Resource, graph: Graph, _config: Config) -> Results:
    """With one group for all, a caller of one service may call each of them, and the instances too."""
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


@Rule(
    id="service-registry-health",
    summary="A Cloud Map service in a private namespace lets ECS report the health of its tasks.",
    fix="Set health_check_custom_config.",
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Use service discovery to connect Amazon ECS services with DNS names",
    types=(tokens.DISCOVERY_SERVICE,),
    unknown=WhenUnknown.PRESENT,
    guards=("healthCheckCustomConfig",),
)
def service_registry_health(service: Resource, _config: Config) -> Results:
    """Without it the address of a task that no longer answers stays in DNS, and callers keep trying it."""
    if service.has("dnsConfig") and not service.has("healthCheckConfig") and not service.has("healthCheckCustomConfig"):
        yield "publishes addresses without healthCheckCustomConfig"
