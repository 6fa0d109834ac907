"""ECS services: deployments that end, tasks that stand apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_operations import tokens
from ecs_operations.registry import Config, Level, Results, Severity, WhenUnknown, resource_rule
from ecs_operations.services import deployed_by_ecs, is_daemon, on_fargate, spreads_over_zones

if TYPE_CHECKING:
    from ecs_operations.model import Resource

FULL_PERCENT = 100
DEFAULT_MOST_PERCENT = 200


@resource_rule(
    "service-health-grace-period",
    summary="A service behind a load balancer gives its tasks time to start; another has no such time to give.",
    fix="Set health_check_grace_period_seconds to the time that the slowest start takes; remove it without balancer.",
    severity=Severity.MEDIUM,
    source="Amazon ECS API reference, CreateService: healthCheckGracePeriodSeconds",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.PRESENT,
    guards=("healthCheckGracePeriodSeconds",),
)
def service_health_grace_period(service: Resource, _config: Config) -> Results:
    """A check that counts from the first second stops every task that starts slowly, and the service never gets up."""
    attached, grace = service.has("loadBalancers"), service.has("healthCheckGracePeriodSeconds")
    if attached and not grace:
        yield "does not say how long a task may take to start"
    elif grace and not attached:
        yield "has a grace period and no load balancer, which ECS refuses"


@resource_rule(
    "service-circuit-breaker",
    summary="A deployment that fails stops and goes back.",
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
        yield "goes on with deployments that fail"
    elif not breaker.get("rollback"):
        yield "stops a deployment that fails, but does not go back"


@resource_rule(
    "service-spread-across-azs",
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


@resource_rule(
    "service-az-rebalancing",
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
    """After a zone has come back, its share of the tasks stays elsewhere, and the next failure takes more of them."""
    if is_daemon(service) or on_fargate(service):
        return
    if service.get("availabilityZoneRebalancing", default="ENABLED") == "DISABLED":
        yield "leaves its tasks where a failure of a zone has put them"
    elif service.get("deploymentMaximumPercent", default=DEFAULT_MOST_PERCENT) <= FULL_PERCENT:
        yield "cannot be rebalanced: no task may start before another stops (maximum percent 100)"


@resource_rule(
    "service-no-public-ip",
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
