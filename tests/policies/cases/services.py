from __future__ import annotations

from typing import Any

from ecs_operations import tokens
from ecs_operations.model import UNKNOWN, Resource
from tests.policies.cases.build import DROP, a, bad, good, other, unknown

GRACE, BREAKER, SPREAD, REBALANCING, ADDRESS = (
    "service-health-grace-period", "service-circuit-breaker", "service-spread-across-azs", "service-az-rebalancing",
    "service-no-public-ip",
)  # fmt: skip
ZONES = {"type": "spread", "field": "attribute:ecs.availability-zone"}
BINPACK = {"type": "binpack", "field": "memory"}
BALANCED = [{"targetGroupArn": UNKNOWN, "containerName": "web", "containerPort": 80}]


def service(**changes: Any) -> Resource:
    given = {
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "orderedPlacementStrategies": [ZONES, BINPACK],
    }
    return a(tokens.SERVICE, "web", **{**given, **changes})


def breaker(**changes: Any) -> Resource:
    return service(deploymentCircuitBreaker={"enable": True, "rollback": True, **changes})


DAEMON = service(schedulingStrategy="DAEMON", orderedPlacementStrategies=DROP, availabilityZoneRebalancing="DISABLED")
CASES = (
    good(GRACE, "behind a balancer", service(loadBalancers=BALANCED, healthCheckGracePeriodSeconds=60)),
    good(GRACE, "no balancer and none", service()),
    bad(GRACE, "behind a balancer without", "how long a task may take", service(loadBalancers=BALANCED)),
    bad(GRACE, "no balancer", "which ECS refuses", service(healthCheckGracePeriodSeconds=60)),
    unknown(GRACE, "both", service(loadBalancers=UNKNOWN, healthCheckGracePeriodSeconds=UNKNOWN)),
    other(GRACE, "no service", a(tokens.CLUSTER)),
    good(BREAKER, "with rollback", service()),
    bad(BREAKER, "silent", "goes on with deployments", service(deploymentCircuitBreaker=DROP)),
    bad(BREAKER, "off", "goes on with deployments", breaker(enable=False)),
    bad(BREAKER, "without rollback", "does not go back", breaker(rollback=False)),
    unknown(BREAKER, "the flag", breaker(enable=UNKNOWN)),
    other(BREAKER, "deployed by CodeDeploy",
          service(deploymentController={"type": "CODE_DEPLOY"}, deploymentCircuitBreaker=DROP)),
    good(SPREAD, "zones first", service()),
    bad(SPREAD, "silent", "does not spread", service(orderedPlacementStrategies=DROP)),
    bad(SPREAD, "memory first", "does not spread", service(orderedPlacementStrategies=[BINPACK, ZONES])),
    unknown(SPREAD, "the strategies", service(orderedPlacementStrategies=UNKNOWN)),
    other(SPREAD, "a daemon", DAEMON),
    other(SPREAD, "Fargate", service(launchType="FARGATE", orderedPlacementStrategies=DROP)),
    good(REBALANCING, "on by default", service()),
    bad(REBALANCING, "off", "leaves its tasks", service(availabilityZoneRebalancing="DISABLED")),
    bad(REBALANCING, "no room", "cannot be rebalanced", service(deploymentMaximumPercent=100)),
    unknown(REBALANCING, "the flag", service(availabilityZoneRebalancing=UNKNOWN)),
    other(REBALANCING, "a daemon", DAEMON),
    good(ADDRESS, "private", service(networkConfiguration={"subnets": [UNKNOWN], "assignPublicIp": False})),
    good(ADDRESS, "silent", service(networkConfiguration={"subnets": [UNKNOWN]})),
    bad(ADDRESS, "public", "public addresses", service(networkConfiguration={"subnets": [], "assignPublicIp": True})),
    unknown(ADDRESS, "the flag", service(networkConfiguration={"subnets": [], "assignPublicIp": UNKNOWN})),
    other(ADDRESS, "no network of its own", service()),
)  # fmt: skip
