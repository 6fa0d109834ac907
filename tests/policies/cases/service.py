from __future__ import annotations

from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import DROP, a, bad, good, other, subnet, unknown

GRACE, BREAKER, SPREAD, REBALANCING, ADDRESS = (
    "service-health-grace-period", "service-circuit-breaker", "service-spread-across-azs", "service-az-rebalancing",
    "service-no-public-ip",
)  # fmt: skip
BY_ZONE = {"type": "spread", "field": "attribute:ecs.availability-zone"}
BINPACK = {"type": "binpack", "field": "memory"}
BALANCED = [{"targetGroupArn": UNKNOWN, "containerName": "web", "containerPort": 80}]


def service(name: str = "web", ignore: tuple[str, ...] = (), depends: Any = None, **changes: Any) -> Resource:
    given = {
        "name": f"shop-{name}",
        "desiredCount": 2,
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "orderedPlacementStrategies": [BY_ZONE, BINPACK],
    }
    return a(tokens.SERVICE, name, ignore=ignore, depends=depends, **{**given, **changes})


def breaker(**changes: Any) -> Resource:
    return service(deploymentCircuitBreaker={"enable": True, "rollback": True, **changes})


DAEMON = service(
    schedulingStrategy="DAEMON",
    deploymentMinimumHealthyPercent=0,
    orderedPlacementStrategies=DROP,
    availabilityZoneRebalancing="DISABLED",
)
ROOM, TWO, IGNORED, SCALED, ZONES, OWN = (
    "service-min-healthy", "service-desired-at-least-two", "service-desired-count-ignored",
    "service-autoscaling-present", "service-subnets-multi-az", "service-own-security-group",
)  # fmt: skip
A, B = subnet("eu-central-1a"), subnet("eu-central-1b")
GROUP, SHARED = a(tokens.SECURITY_GROUP, "own"), a(tokens.SECURITY_GROUP, "shared")


def percent(least: int, most: int, count: int = 2, **changes: Any) -> Resource:
    return service(deploymentMinimumHealthyPercent=least, deploymentMaximumPercent=most, desiredCount=count, **changes)


def target(least: Any = 2, most: int = 10, of: Resource | None = None, **changes: Any) -> Resource:
    given = {"serviceNamespace": "ecs", "minCapacity": least, "maxCapacity": most, **changes}
    if of is None:
        given.setdefault("resourceId", "service/main/shop-web")
    return a(tokens.SCALING_TARGET, "web", depends={"resourceId": [of]} if of else None, **given)


def networked(*subnets: Resource, groups: tuple[Resource, ...] = (), name: str = "web") -> Resource:
    inner = {"subnets": [UNKNOWN] * len(subnets), "securityGroups": [UNKNOWN] * len(groups)}
    return service(name, depends={"networkConfiguration": (*subnets, *groups)}, networkConfiguration=inner)


HOST = a(tokens.LAUNCH_TEMPLATE, depends={"vpcSecurityGroupIds": [SHARED]})
POLICY = a(tokens.SCALING_POLICY, depends={"resourceId": [target()]})
EXTERNAL = percent(100, 100, deploymentController={"type": "EXTERNAL"})
REGISTRY = "service-registry-health"


def registry(**changes: Any) -> Resource:
    dns = {"namespaceId": UNKNOWN, "dnsRecords": [{"type": "A", "ttl": 10}]}
    return a(tokens.DISCOVERY_SERVICE, "cart", dnsConfig=dns, **changes)


REPORTED = {"healthCheckCustomConfig": {"failureThreshold": 1}}

CASES = (
    good(GRACE, "behind a balancer", service(loadBalancers=BALANCED, healthCheckGracePeriodSeconds=60)),
    good(GRACE, "no balancer and none", service()),
    bad(GRACE, "behind a balancer without", "without healthCheckGracePeriodSeconds", service(loadBalancers=BALANCED)),
    good(GRACE, "no balancer, for the check of a container", service(healthCheckGracePeriodSeconds=60)),
    unknown(GRACE, "both", service(loadBalancers=UNKNOWN, healthCheckGracePeriodSeconds=UNKNOWN)),
    other(GRACE, "no service", a(tokens.CLUSTER)),
    good(BREAKER, "with rollback", service()),
    bad(BREAKER, "silent", "does not stop deployments", service(deploymentCircuitBreaker=DROP)),
    bad(BREAKER, "off", "does not stop deployments", breaker(enable=False)),
    bad(BREAKER, "without rollback", "does not roll back", breaker(rollback=False)),
    unknown(BREAKER, "the flag", breaker(enable=UNKNOWN)),
    other(BREAKER, "deployed by CodeDeploy",
          service(deploymentController={"type": "CODE_DEPLOY"}, deploymentCircuitBreaker=DROP)),
    good(SPREAD, "zones first", service()),
    bad(SPREAD, "silent", "does not spread", service(orderedPlacementStrategies=DROP)),
    bad(SPREAD, "memory first", "does not spread", service(orderedPlacementStrategies=[BINPACK, BY_ZONE])),
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
    good(ROOM, "the defaults", service()),
    good(ROOM, "half of many", percent(50, 100, 8)),
    good(ROOM, "scaled to none", percent(100, 100, 0)),
    good(ROOM, "a daemon may stop first", DAEMON),
    bad(ROOM, "100 and 100", "with 2 tasks, 100 % and 100 % leave no room", percent(100, 100)),
    bad(ROOM, "one task with 100 and 150", "with 1 task, 100 % and 150 % leave no room", percent(100, 150, 1)),
    bad(ROOM, "no room at the smallest count", "with 1 task, 100 % and 150 % leave no room",
        percent(100, 150, 8), target(1)),
    bad(ROOM, "half of two", "take it to 50 %", percent(50, 200)),
    bad(ROOM, "a daemon that may not stop", "no deployment can begin",
        service(schedulingStrategy="DAEMON", deploymentMinimumHealthyPercent=100)),
    unknown(ROOM, "the percentage", service(deploymentMaximumPercent=UNKNOWN)),
    other(ROOM, "deployed from outside", EXTERNAL),
    good(TWO, "two", service()),
    good(TWO, "two at least", service(desiredCount=1), target(2)),
    good(TWO, "a singleton by configuration", service(desiredCount=1), minimumTasks=1),
    bad(TWO, "one", "runs 1 task, must be at least 2", service(desiredCount=1)),
    bad(TWO, "silent", "runs 1 task, must be at least 2", service(desiredCount=None)),
    bad(TWO, "one at least", "runs 1 task, must be at least 2", service(desiredCount=4), target(1)),
    unknown(TWO, "the count", service(desiredCount=UNKNOWN)),
    other(TWO, "a daemon", DAEMON),
    good(IGNORED, "ignored", service(ignore=("desiredCount",)), target(of=service())),
    good(IGNORED, "not given", service(desiredCount=None), target()),
    bad(IGNORED, "set back", "sets desiredCount back", service(), target(of=service())),
    bad(IGNORED, "set back, linked by name", "sets desiredCount back", service(), target()),
    unknown(IGNORED, "what is scaled", service(), target(resourceId=UNKNOWN)),
    other(IGNORED, "not scaled", service()),
    other(IGNORED, "another service is scaled", service("api"), target()),
    good(SCALED, "a policy", target(), POLICY),
    bad(SCALED, "no policy", "has no scaling policy", target()),
    bad(SCALED, "no room", "from 2 to 2 tasks", target(most=2), POLICY),
    unknown(SCALED, "whose policy it is", target(), a(tokens.SCALING_POLICY, resourceId=UNKNOWN)),
    other(SCALED, "a table", target(serviceNamespace="dynamodb")),
    good(ZONES, "two", networked(A, B), A, B),
    bad(ZONES, "one", "may run in 1 zone, must be in at least 2", networked(A), A),
    unknown(ZONES, "subnets of another stack", service(networkConfiguration={"subnets": ["s-1", "s-2"]})),
    other(ZONES, "no network of its own", service()),
    good(OWN, "one", networked(A, groups=(GROUP,)), A, GROUP),
    good(OWN, "one and a shared one", networked(A, groups=(GROUP, SHARED)),
         networked(A, groups=(a(tokens.SECURITY_GROUP, "api"), SHARED), name="api"), a(tokens.SECURITY_GROUP, "api"),
         A, GROUP, SHARED),
    bad(OWN, "the default group", "default security group", networked(A), A),
    bad(OWN, "the group of the instances", "shares all its security groups",
        networked(A, groups=(SHARED,)), HOST, A, SHARED),
    unknown(OWN, "groups from an output", service(networkConfiguration={"securityGroups": [UNKNOWN]}), GROUP),
    other(OWN, "no network of its own", service()),
    good(REGISTRY, "reported by ECS", registry(**REPORTED)),
    bad(REGISTRY, "by nobody", "without healthCheckCustomConfig", registry()),
    unknown(REGISTRY, "the settings", registry(healthCheckCustomConfig=UNKNOWN)),
    other(REGISTRY, "a public namespace with checks of its own", registry(healthCheckConfig={"type": "HTTP"})),
    other(REGISTRY, "no DNS", a(tokens.DISCOVERY_SERVICE)),
)  # fmt: skip
