"""ECS services: deployments, number of tasks, zones, security groups, addresses."""

from __future__ import annotations

import re
from math import ceil, floor

from ecs_operations.engine.registry import (
    Config,
    Level,
    NotEvaluated,
    Results,
    Rule,
    Setting,
    Severity,
    WhenUnknown,
)
from ecs_operations.engine.sentences import counted
from ecs_operations.engine.shared_settings import MINIMUM_ZONES
from ecs_operations.facts import tokens
from ecs_operations.facts.fargate import on_instances
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.options import ignores
from ecs_operations.facts.quantities import number
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.services import (
    controller,
    deployed_by_ecs,
    group_carriers,
    group_identities,
    is_daemon,
    least_tasks,
    most_tasks,
    scaling_targets,
    scheduled_actions,
    spreads_over_zones,
    unlinked_target,
)
from ecs_operations.facts.shapes import is_false, is_true, rows
from ecs_operations.facts.universal_targets import counting_schedules
from ecs_operations.facts.zones import zones_behind

DEFAULT_LEAST, DEFAULT_MOST = 100, 200
"""Percent; what ECS takes for a replica service (source: API reference, DeploymentConfiguration)."""


@Rule(
    id="service-health-grace-period",
    summary="A service behind a load balancer has a health check grace period, which outlasts the first check.",
    fix="Set health_check_grace_period_seconds to the time that the slowest start takes.",
    severity=Severity.MEDIUM,
    source="Amazon ECS API reference, CreateService: healthCheckGracePeriodSeconds; Application Load Balancers, "
    "Health checks (after its registration a target must pass one check)",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="maximumSeconds",
            default=3600,
            minimum=1,
            maximum=2_147_483_647,
            description="Longest grace period; until its end, a task that answers no check stays.",
        ),
    ),
    guards=("healthCheckGracePeriodSeconds", "loadBalancers"),
)
def service_health_grace_period(service: Resource, graph: Graph, config: Config) -> Results:
    """A check that counts from the first second stops each slow start: the service never becomes healthy.

    Without a load balancer the period is that of the containers' checks, which have a start period of their own.
    """
    if not service.has("loadBalancers"):
        return
    if not service.has("healthCheckGracePeriodSeconds"):
        yield "is behind a load balancer without healthCheckGracePeriodSeconds"
        return
    grace = number(service.get("healthCheckGracePeriodSeconds"))
    groups = graph.targets(service, "loadBalancers", tokens.TARGET_GROUPS, "arn") if grace > 0 else ()
    slowest = max((number(group.get("healthCheck", "interval")) for group in groups), default=1)
    if grace < slowest:
        yield f"healthCheckGracePeriodSeconds is {grace}, and its first health check may come after {slowest} s"
    elif grace > config["maximumSeconds"]:
        yield f"healthCheckGracePeriodSeconds is {grace}, must be at most {config['maximumSeconds']}"


@Rule(
    id="service-circuit-breaker",
    summary="A deployment that fails stops and rolls back.",
    fix="Set deployment_circuit_breaker with enable and rollback; with another controller, name what deploys.",
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, How the Amazon ECS deployment circuit breaker detects failures",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.FAIL,
    guards=("deploymentCircuitBreaker", "deploymentController", "taskDefinition"),
)
def service_circuit_breaker(service: Resource, graph: Graph, _config: Config) -> Results:
    """ECS starts a broken image again and again for hours; a small service has no healthy task left by then.

    Where ECS does not deploy, what does has to be in the stack: a deployment group that rolls back, or task sets.
    """
    kind = controller(service)
    if kind == "EXTERNAL" and not graph.sources((tokens.TASK_SET,), "service", service, "id", "arn", "name"):
        yield "is deployed by EXTERNAL, and no task set of this stack does: nothing stops a deployment that fails"
    elif kind == "CODE_DEPLOY":
        groups = graph.sources((tokens.DEPLOYMENT_GROUP,), "ecsService", service, "name", "id")
        if not any(is_true(group.get("autoRollbackConfiguration", "enabled")) for group in groups):
            yield f"is deployed by CODE_DEPLOY, and {'its deployment group does not roll' if groups else NO_GROUP} back"
    elif deployed_by_ecs(service):
        if not is_true(service.get("deploymentCircuitBreaker", "enable")):
            yield "does not stop deployments that fail"
        elif not is_true(service.get("deploymentCircuitBreaker", "rollback")):
            yield "stops a deployment that fails, but does not roll back"


NO_GROUP = "no deployment group of this stack rolls it"


@Rule(
    id="service-spread-across-azs",
    summary="The tasks of a service spread over Availability Zones first.",
    fix='Make spread over "attribute:ecs.availability-zone" the first of ordered_placement_strategies.',
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Use strategies to define Amazon ECS task placement",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.FAIL,
    guards=("orderedPlacementStrategies", "placementConstraints"),
)
def service_spread_across_azs(service: Resource, graph: Graph, _config: Config) -> Results:
    """Packed by memory, all tasks of a service end up on one host and leave with it. Daemons and Fargate are spread."""
    if is_daemon(service) or not on_instances(graph, service):
        return
    if not spreads_over_zones(service):
        yield "does not spread its tasks over zones first"
    tasks = graph.targets(service, "taskDefinition", (tokens.TASK_DEFINITION,), "arn", "family")
    for holder in (service, *tasks):
        for constraint in rows(holder.get("placementConstraints")):
            if ONE_ZONE.search(str(constraint.get("expression"))):
                yield f"may run in one zone only ({constraint.get('expression')})"


ONE_ZONE = re.compile(r"ecs\.availability-zone\s*(==\s*\S|in\s*\[[^],]+\])", re.IGNORECASE)
"""Source: Amazon ECS developer guide, Create expressions to define container instances (cluster query language)."""


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
def service_az_rebalancing(service: Resource, graph: Graph, _config: Config) -> Results:
    """After a zone has come back, its share of the tasks stays elsewhere, and the next failure stops more of them."""
    if is_daemon(service) or not on_instances(graph, service) or most_tasks(graph, service) == 1:
        return
    if is_false(service.get("availabilityZoneRebalancing")):
        yield "leaves its tasks where a failure of a zone has put them"
    elif number(service.get("deploymentMaximumPercent"), DEFAULT_MOST) <= DEFAULT_LEAST:
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
    given = service.get("networkConfiguration", "assignPublicIp")
    if given is not None and not is_false(given):
        yield "gives its tasks public addresses (assignPublicIp)"


MANY = 4
"""Tasks from which on a deployment may run with fewer than desired: three quarters of the capacity remain."""

CHECKED_COUNTS = 200
"""Numbers of tasks at which there has to be room, from the smallest on; above them a percent is a task."""


@Rule(
    id="service-min-healthy",
    summary="A deployment and a drain have room to move at least one task, and leave enough of them running.",
    fix="Raise deployment_maximum_percent, or lower deployment_minimum_healthy_percent of a service with many tasks.",
    severity=Severity.HIGH,
    source="Amazon ECS API reference, DeploymentConfiguration; Amazon ECS developer guide, Container instance draining",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="minimumPercentOfMany",
            default=50,
            minimum=0,
            maximum=100,
            description="Least deployment_minimum_healthy_percent of a service with 4 tasks or more.",
        ),
    ),
    guards=("deploymentMinimumHealthyPercent", "deploymentMaximumPercent"),
)
def service_min_healthy(service: Resource, graph: Graph, config: Config) -> Results:
    """With min = max = 100, or 1 task and 100/150, no task may stop and none may start: deployment and drain hang.

    Room: floor(tasks * max / 100) > ceil(tasks * min / 100), at each number of tasks that scaling may choose.
    """
    if not deployed_by_ecs(service):
        return
    if is_daemon(service):
        if number(service.get("deploymentMinimumHealthyPercent")) >= DEFAULT_LEAST:
            yield "a daemon may neither stop nor start a second task on its instance: no deployment can begin"
        return
    least = number(service.get("deploymentMinimumHealthyPercent"), DEFAULT_LEAST)
    most = number(service.get("deploymentMaximumPercent"), DEFAULT_MOST)
    count, wanted = least_tasks(graph, service), config["minimumPercentOfMany"]
    highest = min(most_tasks(graph, service), count + CHECKED_COUNTS)
    stuck = next((one for one in range(max(count, 1), highest + 1) if _is_stuck(one, least, most)), None)
    if stuck:
        yield f"with {counted(stuck, 'task')}, {least} % and {most} % leave no room to stop or start one"
    elif highest == 1 and most <= DEFAULT_LEAST:
        return  # a singleton: its task has to stop before another one may start
    elif count and least < (DEFAULT_LEAST if count < MANY else wanted):
        yield f"a deployment may take it to {least} % of its {counted(count, 'task')}"


def _is_stuck(count: int, least: float, most: float) -> bool:
    return floor(count * most / 100) <= ceil(count * least / 100)


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
    """The only task of a service stops with its instance, and until another has started nothing answers.

    What nobody calls and what scales from none by its work waits for work, and no caller for it.
    """
    if is_daemon(service):
        return
    count = least_tasks(graph, service)
    is_called = bool(service.get("loadBalancers") or service.has("serviceRegistries"))
    if count == 0 and not is_called and most_tasks(graph, service) > 0:
        return
    if count < config["minimumTasks"]:
        yield f"runs {counted(count, 'task')}, must be at least {config['minimumTasks']}"


@Rule(
    id="service-desired-count-ignored",
    summary="A service that is scaled keeps its number of tasks through a deployment.",
    fix='Add "desiredCount" to ignore_changes of the service, and what a schedule sets to those of its scaling target.',
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Automatically scale your Amazon ECS service; Application Auto Scaling user "
    "guide, Scheduled scaling",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.SKIP,
    reads_ignore_changes=True,
)
def service_desired_count_ignored(service: Resource, graph: Graph, _config: Config) -> Results:
    """Each `up` would set the count back to what the program says: from forty tasks to two, at noon."""
    targets = scaling_targets(graph, service)
    if targets and service.has("desiredCount") and not ignores(service, "desiredCount"):
        yield "is scaled, and each `up` sets desiredCount back"
    elif not targets and service.has("desiredCount") and not ignores(service, "desiredCount"):
        for schedule in counting_schedules(graph, service):
            yield f"{schedule.name} sets its number of tasks, and each `up` sets desiredCount back"
    for target in targets:
        for action in scheduled_actions(graph, target):
            both = {name for name in ("minCapacity", "maxCapacity") if action.has("scalableTargetAction", name)}
            if open_ := sorted(name for name in both if not ignores(target, name)):
                yield f"{action.name} sets {' and '.join(open_)} of {target.name}, and each `up` sets it back"


@Rule(
    id="service-one-scaling-target",
    summary="One scaling target owns the number of tasks of a service, which begins within its bounds.",
    fix="Remove all scaling targets but one, and put desired_count between its min_capacity and max_capacity.",
    severity=Severity.HIGH,
    source="Application Auto Scaling user guide, Register scalable targets; Amazon ECS developer guide, Automatically "
    "scale your Amazon ECS service",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.SKIP,
)
def service_one_scaling_target(service: Resource, graph: Graph, _config: Config) -> Results:
    """Two that own one number undo each other: the bounds are those that `up` wrote last."""
    targets = scaling_targets(graph, service)
    if len(targets) > 1:
        yield f"has {len(targets)} scaling targets: {', '.join(target.name for target in targets)}"
    if targets and (lost := unlinked_target(graph)):
        yield NotEvaluated(f"resourceId of {lost}")
    for target in targets:
        least, most = number(target.get("minCapacity")), number(target.get("maxCapacity"))
        count = number(service.get("desiredCount"), least)
        if least <= most and not least <= count <= most:
            yield f"begins with {counted(int(count), 'task')}, and {target.name} keeps it between {least} and {most}"


@Rule(
    id="service-subnets-multi-az",
    summary="The tasks of a service may run in several Availability Zones.",
    fix="Give network_configuration one subnet in each of the zones.",
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Task networking with the awsvpc network mode",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.SKIP,
    settings=(MINIMUM_ZONES,),
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
    carriers, lost = group_carriers(graph)
    groups = group_identities(graph, service, "networkConfiguration", "securityGroups")
    if not any(carriers[group] == {service.urn} for group in groups):
        yield "shares all its security groups with other services, the load balancer or the instances"
    else:
        yield from (NotEvaluated(f"security groups of {name}") for name in lost)


@Rule(
    id="service-registry-health",
    summary="A Cloud Map service in a private namespace has tasks, and lets ECS report their health.",
    fix="Set health_check_custom_config, and service_registries of the service.",
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Use service discovery to connect Amazon ECS services with DNS names",
    types=(tokens.DISCOVERY_SERVICE,),
    unknown=WhenUnknown.PRESENT,
    guards=("healthCheckCustomConfig",),
)
def service_registry_health(registry: Resource, graph: Graph, _config: Config) -> Results:
    """Without it the address of a task that no longer answers stays in DNS, and callers keep trying it.

    A name at which no service of the stack registers its tasks has no address at all.
    """
    if not registry.has("dnsConfig") or registry.has("healthCheckConfig"):
        return
    if not registry.has("healthCheckCustomConfig"):
        yield "publishes addresses without healthCheckCustomConfig"
    users = (tokens.SERVICE, tokens.TASK_SET)
    if graph.of(*users) and not graph.sources(users, "serviceRegistries", registry, "arn"):
        yield "no service registers its tasks with it"
