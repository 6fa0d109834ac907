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
BALANCED = [{"targetGroupArn": "arn:of-another-stack", "containerName": "web", "containerPort": 80}]


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
ROOM, TWO, IGNORED, ZONES, OWN = (
    "service-min-healthy", "service-desired-at-least-two", "service-desired-count-ignored",
    "service-subnets-multi-az", "service-own-security-group",
)  # fmt: skip
A, B = subnet("eu-central-1a"), subnet("eu-central-1b")
GROUP, SHARED = a(tokens.SECURITY_GROUP, "own"), a(tokens.SECURITY_GROUP, "shared")


def percent(least: Any, most: Any, count: Any = 2, **changes: Any) -> Resource:
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
SCALED_TARGET = target()
NIGHT = a(tokens.SCHEDULED_ACTION, "night", depends={"resourceId": [SCALED_TARGET]},
          scalableTargetAction={"minCapacity": "2"})  # fmt: skip
TO_ONE = a(tokens.SCHEDULED_ACTION, "night", depends={"resourceId": [SCALED_TARGET]},
           scalableTargetAction={"minCapacity": "1"})  # fmt: skip


def first_target(ignore: tuple[str, ...]) -> Resource:
    return a(tokens.SCALING_TARGET, "web", ignore=ignore, serviceNamespace="ecs", minCapacity=2, maxCapacity=10,
             resourceId="service/main/shop-web")  # fmt: skip


GROUPED = a(tokens.TARGET_GROUP, "web", healthCheck={"interval": 30})


def balanced(grace: Any) -> Resource:
    return service(depends={"loadBalancers": [GROUPED]}, loadBalancers=[{"targetGroupArn": UNKNOWN}],
                   healthCheckGracePeriodSeconds=grace)  # fmt: skip


def deployed_by(kind: str) -> Resource:
    return service(deploymentController={"type": kind}, deploymentCircuitBreaker=DROP)


def deploying(*, rolls_back: bool) -> Resource:
    return a(tokens.DEPLOYMENT_GROUP, "web", ecsService={"clusterName": "main", "serviceName": "shop-web"},
             autoRollbackConfiguration={"enabled": rolls_back})  # fmt: skip


FARGATE: dict[str, Any] = {"launchType": DROP, "orderedPlacementStrategies": DROP}
DEFAULT_FARGATE = a(tokens.CLUSTER_CAPACITY_PROVIDERS, clusterName="main",
                    defaultCapacityProviderStrategies=[{"capacityProvider": "FARGATE"}])  # fmt: skip
ON_FARGATE = a(tokens.TASK_DEFINITION, "web", family="web", requiresCompatibilities=["FARGATE"])


def placed_by(*providers: Any) -> Resource:
    return service(**FARGATE, capacityProviderStrategies=[{"capacityProvider": one} for one in providers])


ONE_TARGET = "service-one-scaling-target"
EXTERNAL = percent(100, 100, deploymentController={"type": "EXTERNAL"})
REGISTRY = "service-registry-health"


def registry(**changes: Any) -> Resource:
    dns = {"namespaceId": UNKNOWN, "dnsRecords": [{"type": "A", "ttl": 10}]}
    return a(tokens.DISCOVERY_SERVICE, "cart", dnsConfig=dns, **changes)


REPORTED = {"healthCheckCustomConfig": {"failureThreshold": 1}}

UPDATE = "arn:aws:scheduler:::aws-sdk:ecs:updateService"
COUNTS = a(tokens.SCHEDULE, "night", depends={"target": [service()]}, target={"arn": UPDATE, "input": UNKNOWN})

CASES = (
    good(GRACE, "behind a balancer", service(loadBalancers=BALANCED, healthCheckGracePeriodSeconds=60)),
    good(GRACE, "no balancer and none", service()),
    bad(GRACE, "behind a balancer without", "without healthCheckGracePeriodSeconds", service(loadBalancers=BALANCED)),
    good(GRACE, "no balancer, for the check of a container", service(healthCheckGracePeriodSeconds=60)),
    good(GRACE, "after the first check", balanced("30"), GROUPED),
    bad(GRACE, "none", "healthCheckGracePeriodSeconds is 0", balanced(0), GROUPED),
    bad(GRACE, "before the first check", "is 5, and its first health check may come after 30 s", balanced(5), GROUPED),
    unknown(GRACE, "both", service(loadBalancers=UNKNOWN, healthCheckGracePeriodSeconds=UNKNOWN)),
    other(GRACE, "no service", a(tokens.CLUSTER)),
    good(BREAKER, "with rollback", service()),
    bad(BREAKER, "silent", "does not stop deployments", service(deploymentCircuitBreaker=DROP)),
    bad(BREAKER, "off", "does not stop deployments", breaker(enable=False)),
    bad(BREAKER, "without rollback", "does not roll back", breaker(rollback=False)),
    unknown(BREAKER, "the flag", breaker(enable=UNKNOWN)),
    good(BREAKER, "texts", service(deploymentCircuitBreaker={"enable": "true", "rollback": "true"})),
    bad(BREAKER, "off as a text", "does not stop deployments", breaker(enable="false")),
    good(BREAKER, "CodeDeploy that rolls back", deployed_by("CODE_DEPLOY"), deploying(rolls_back=True)),
    bad(BREAKER, "CodeDeploy that does not", "does not roll back", deployed_by("CODE_DEPLOY"),
        deploying(rolls_back=False)),
    bad(BREAKER, "CodeDeploy of nobody", "no deployment group of this stack", deployed_by("CODE_DEPLOY")),
    bad(BREAKER, "deployed by nobody", "no task set of this stack", deployed_by("EXTERNAL")),
    other(BREAKER, "task sets", deployed_by("EXTERNAL"), a(tokens.TASK_SET, service="shop-web")),
    good(BREAKER, "a daemon that rolls back", DAEMON),
    bad(BREAKER, "a daemon that does not", "does not roll back",
        service(schedulingStrategy="DAEMON", deploymentCircuitBreaker={"enable": True})),
    bad(BREAKER, "a daemon without one", "does not stop deployments",
        service(schedulingStrategy="DAEMON", deploymentCircuitBreaker=DROP)),
    good(SPREAD, "zones first", service()),
    bad(SPREAD, "silent", "does not spread", service(orderedPlacementStrategies=DROP)),
    bad(SPREAD, "memory first", "does not spread", service(orderedPlacementStrategies=[BINPACK, BY_ZONE])),
    unknown(SPREAD, "the strategies", service(orderedPlacementStrategies=UNKNOWN)),
    other(SPREAD, "a daemon", DAEMON),
    other(SPREAD, "Fargate", service(launchType="FARGATE", orderedPlacementStrategies=DROP)),
    other(SPREAD, "Fargate by its strategy", placed_by("FARGATE", "FARGATE_SPOT")),
    other(SPREAD, "Fargate by default of its cluster",
          service(**FARGATE, cluster="arn:aws:ecs:eu-central-1:123456789012:cluster/main"), DEFAULT_FARGATE),
    other(SPREAD, "Fargate by its task definition", service(**FARGATE, taskDefinition="web"), ON_FARGATE),
    other(SPREAD, "machines outside of AWS", service(launchType="EXTERNAL", orderedPlacementStrategies=DROP)),
    bad(SPREAD, "instances of another cluster", "does not spread",
        service(**FARGATE, cluster="other"), DEFAULT_FARGATE),
    bad(SPREAD, "a capacity provider of instances", "does not spread", placed_by("hosts")),
    unknown(SPREAD, "its capacity provider", placed_by(UNKNOWN)),
    good(REBALANCING, "on by default", service()),
    good(REBALANCING, "one task is in one zone", service(availabilityZoneRebalancing="DISABLED", desiredCount=1)),
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
    good(ROOM, "the only task stops before another starts", percent(0, 100, 1)),
    bad(ROOM, "the only one of many to come", "take it to 0 % of its 1 task", percent(0, 200, 1), target(1)),
    bad(ROOM, "100 and 100", "with 2 tasks, 100 % and 100 % leave no room", percent(100, 100)),
    bad(ROOM, "one task with 100 and 150", "with 1 task, 100 % and 150 % leave no room", percent(100, 150, 1)),
    bad(ROOM, "no room at the smallest count", "with 1 task, 100 % and 150 % leave no room",
        percent(100, 150, 8), target(1)),
    bad(ROOM, "half of two", "take it to 50 %", percent(50, 200)),
    bad(ROOM, "a daemon that may not stop", "no deployment can begin",
        service(schedulingStrategy="DAEMON", deploymentMinimumHealthyPercent=100)),
    bad(ROOM, "none of many", "take it to 0 % of its 4 tasks", percent(0, 200, 4)),
    bad(ROOM, "no room at a number between", "with 9 tasks, 90 % and 100 % leave no room",
        percent(90, 100, 10), target(9)),
    bad(ROOM, "numbers as texts", "leave no room", percent("100", "100", "2")),
    good(ROOM, "a third of many, by configuration", percent(34, 200, 12), minimumPercentOfMany=30),
    unknown(ROOM, "the percentage", service(deploymentMaximumPercent=UNKNOWN)),
    other(ROOM, "deployed from outside", EXTERNAL),
    good(TWO, "two", service()),
    good(TWO, "two at least", service(desiredCount=1), target(2)),
    good(TWO, "a singleton by configuration", service(desiredCount=1), minimumTasks=1),
    good(TWO, "a worker that scales from none", service(desiredCount=0), target(0)),
    bad(TWO, "none of what is called", "runs 0 tasks, must be",
        service(desiredCount=0, serviceRegistries={"registryArn": UNKNOWN}), target(0)),
    bad(TWO, "none, ever", "runs 0 tasks, must be", service(desiredCount=0)),
    bad(TWO, "one", "runs 1 task, must be at least 2", service(desiredCount=1)),
    bad(TWO, "silent", "runs 1 task, must be at least 2", service(desiredCount=None)),
    bad(TWO, "one at least", "runs 1 task, must be at least 2", service(desiredCount=4), target(1)),
    bad(TWO, "one at night", "runs 1 task, must be at least 2", service(), SCALED_TARGET, TO_ONE),
    unknown(TWO, "the count", service(desiredCount=UNKNOWN)),
    other(TWO, "a daemon", DAEMON),
    good(IGNORED, "ignored", service(ignore=("desiredCount",)), target(of=service())),
    good(IGNORED, "not given", service(desiredCount=None), target()),
    bad(IGNORED, "set back", "sets desiredCount back", service(), target(of=service())),
    bad(IGNORED, "set back, linked by name", "sets desiredCount back", service(), target()),
    good(IGNORED, "as a path", service(ignore=('["desiredCount"]',)), target()),
    good(IGNORED, "what a schedule sets", service(ignore=("*",)), first_target(("minCapacity",)), NIGHT),
    bad(IGNORED, "what a schedule sets", "night sets minCapacity of web",
        service(ignore=("*",)), first_target(()), NIGHT),
    good(IGNORED, "what a schedule counts, ignored", service(ignore=("desiredCount",)), COUNTS),
    good(IGNORED, "what a schedule counts of another", service(), a(tokens.SCHEDULE, "night", target={
        "arn": UPDATE, "input": '{"Service": "other", "DesiredCount": 1}'})),
    bad(IGNORED, "what a schedule counts", "night sets its number of tasks, and each `up`", service(), COUNTS),
    unknown(IGNORED, "what is scaled", service(), target(resourceId=UNKNOWN)),
    other(IGNORED, "not scaled", service()),
    other(IGNORED, "another service is scaled", service("api"), target()),
    good(ONE_TARGET, "one", service(), target()),
    good(ONE_TARGET, "no count", service(desiredCount=None), target()),
    bad(ONE_TARGET, "two", "has 2 scaling targets: again, web", service(), target(),
        a(tokens.SCALING_TARGET, "again", serviceNamespace="ecs", resourceId="service/main/shop-web",
          minCapacity=1, maxCapacity=4)),
    bad(ONE_TARGET, "more than it may", "begins with 40 tasks, and web keeps it between 2 and 10",
        service(desiredCount=40), target()),
    unknown(ONE_TARGET, "what another one scales", service(), target(),
            a(tokens.SCALING_TARGET, "again", serviceNamespace="ecs", resourceId=UNKNOWN)),
    unknown(ONE_TARGET, "the bounds", service(), target(UNKNOWN)),
    other(ONE_TARGET, "not scaled", service()),
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
    good(OWN, "one of another stack", service(networkConfiguration={"subnets": ["s"], "securityGroups": ["sg-1"]})),
    bad(OWN, "the group of the load balancer", "shares all its security groups",
        networked(A, groups=(SHARED,)), a(tokens.LOAD_BALANCER, depends={"securityGroups": [SHARED]}), A, SHARED),
    bad(OWN, "the group of an interface of the instances", "shares all its security groups",
        networked(A, groups=(SHARED,)), A, SHARED,
        a(tokens.LAUNCH_TEMPLATE, depends={"networkInterfaces": [SHARED]},
          networkInterfaces=[{"securityGroups": [UNKNOWN]}])),
    bad(OWN, "one by its id, of another stack", "shares all its security groups",
        service(networkConfiguration={"securityGroups": ["sg-1"]}), a(tokens.INSTANCE, vpcSecurityGroupIds=["sg-1"])),
    unknown(OWN, "those of another service", networked(A, groups=(GROUP,)), A, GROUP,
            service("api", networkConfiguration={"securityGroups": [UNKNOWN]})),
    unknown(OWN, "groups from an output", service(networkConfiguration={"securityGroups": [UNKNOWN]}), GROUP),
    other(OWN, "no network of its own", service()),
    good(REGISTRY, "reported by ECS", registry(**REPORTED)),
    good(REGISTRY, "of a service", registry(**REPORTED), service(depends={"serviceRegistries": [registry()]})),
    bad(REGISTRY, "without tasks", "no service registers", registry(**REPORTED), service()),
    bad(REGISTRY, "by nobody", "without healthCheckCustomConfig", registry()),
    unknown(REGISTRY, "the settings", registry(healthCheckCustomConfig=UNKNOWN)),
    other(REGISTRY, "a public namespace with checks of its own", registry(healthCheckConfig={"type": "HTTP"})),
    other(REGISTRY, "no DNS", a(tokens.DISCOVERY_SERVICE)),
)  # fmt: skip
