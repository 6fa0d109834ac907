from __future__ import annotations

import json
from typing import Any

from ecs_operations import tokens
from ecs_operations.model import UNKNOWN, Resource
from tests.policies.cases.build import a, bad, good, other, subnet, unknown

ROOM, TWO, IGNORED, SCALED, ZONES, OWN = (
    "service-min-healthy", "service-desired-at-least-two", "service-desired-count-ignored",
    "service-autoscaling-present", "service-subnets-multi-az", "service-own-security-group",
)  # fmt: skip
A, B = subnet("eu-central-1a"), subnet("eu-central-1b")
GROUP, SHARED = a(tokens.SECURITY_GROUP, "own"), a(tokens.SECURITY_GROUP, "shared")


def service(name: str = "web", ignore: tuple[str, ...] = (), depends: Any = None, **changes: Any) -> Resource:
    return a(
        tokens.SERVICE, name, ignore=ignore, depends=depends, **{"name": f"shop-{name}", "desiredCount": 2, **changes}
    )


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
DAEMON = service(schedulingStrategy="DAEMON", deploymentMinimumHealthyPercent=0)
EXTERNAL = percent(100, 100, deploymentController={"type": "EXTERNAL"})


def behind(mode: str, kind: Any) -> tuple[Resource, ...]:
    task = a(tokens.TASK_DEFINITION, "task", networkMode=mode)
    group = a(tokens.TARGET_GROUPS[1], "targets", targetType=kind)
    balanced = [{"targetGroupArn": UNKNOWN, "containerName": "web", "containerPort": 80}]
    depends = {"loadBalancers": [group], "taskDefinition": [task]}
    return (task, group, service(depends=depends, loadBalancers=balanced))


def run_by(*, essential: bool = True, known: bool = True, check: Any = None, **changes: Any) -> Any:
    """A task definition, and the service that runs it."""
    text = json.dumps([{"name": "web", "essential": essential, "healthCheck": check}])
    task = a(tokens.TASK_DEFINITION, "task", containerDefinitions=text if known else UNKNOWN)
    return task, service(depends={"taskDefinition": [task]}, **changes)


CURL = {"command": ["CMD", "curl", "-f", "http://localhost/"]}
HANGS = "taskdef-container-health-check"
TYPE = "tg-target-type-matches-network-mode"
CASES = (
    good(ROOM, "the defaults", service()),
    good(ROOM, "half of many", percent(50, 100, 8)),
    good(ROOM, "scaled to none", percent(100, 100, 0)),
    good(ROOM, "a daemon may stop first", DAEMON),
    bad(ROOM, "100 and 100", "cannot move: with 2 tasks", percent(100, 100)),
    bad(ROOM, "one task with 100 and 150", "cannot move: with 1 tasks", percent(100, 150, 1)),
    bad(ROOM, "no room at the smallest count", "cannot move: with 1 tasks", percent(100, 150, 8), target(1)),
    bad(ROOM, "half of two", "take it to 50 %", percent(50, 200)),
    bad(ROOM, "a daemon that may not stop", "no deployment can begin",
        service(schedulingStrategy="DAEMON", deploymentMinimumHealthyPercent=100)),
    unknown(ROOM, "the percentage", service(deploymentMaximumPercent=UNKNOWN)),
    other(ROOM, "deployed from outside", EXTERNAL),
    good(TWO, "two", service()),
    good(TWO, "two at least", service(desiredCount=1), target(2)),
    good(TWO, "a singleton by configuration", service(desiredCount=1), minimumTasks=1),
    bad(TWO, "one", "runs 1 tasks", service(desiredCount=1)),
    bad(TWO, "silent", "runs 1 tasks", service(desiredCount=None)),
    bad(TWO, "one at least", "runs 1 tasks", service(desiredCount=4), target(1)),
    unknown(TWO, "the count", service(desiredCount=UNKNOWN)),
    other(TWO, "a daemon", DAEMON),
    good(IGNORED, "ignored", service(ignore=("desiredCount",)), target(of=service())),
    good(IGNORED, "not given", service(desiredCount=None), target()),
    bad(IGNORED, "set back", "sets its count back", service(), target(of=service())),
    bad(IGNORED, "set back, linked by name", "sets its count back", service(), target()),
    unknown(IGNORED, "what is scaled", service(), target(resourceId=UNKNOWN)),
    other(IGNORED, "not scaled", service()),
    other(IGNORED, "another service is scaled", service("api"), target()),
    good(SCALED, "a policy", target(), POLICY),
    bad(SCALED, "no policy", "has no scaling policy", target()),
    bad(SCALED, "no room", "from 2 to 2 tasks", target(most=2), POLICY),
    unknown(SCALED, "whose policy it is", target(), a(tokens.SCALING_POLICY, resourceId=UNKNOWN)),
    other(SCALED, "a table", target(serviceNamespace="dynamodb")),
    good(ZONES, "two", networked(A, B), A, B),
    bad(ZONES, "one", "may run in 1 zones", networked(A), A),
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
    good(TYPE, "addresses", *behind("awsvpc", "ip")),
    good(TYPE, "instances on a bridge", *behind("bridge", "instance")),
    bad(TYPE, "instances", "targets does not register addresses", *behind("awsvpc", "instance")),
    bad(TYPE, "silent", "targets does not register addresses", *behind("awsvpc", None)),
    unknown(TYPE, "the type", *behind("awsvpc", UNKNOWN)),
    other(TYPE, "no balancer", service()),
    good(HANGS, "a health check", *run_by(check=CURL)),
    good(HANGS, "behind a load balancer", *run_by(loadBalancers=[{"targetGroupArn": UNKNOWN}])),
    good(HANGS, "a daemon", *run_by(schedulingStrategy="DAEMON")),
    bad(HANGS, "nobody looks", "web has no load balancer", *run_by()),
    bad(HANGS, "only the sidecar is checked", "has no health check", *run_by(essential=False, check=CURL)),
    unknown(HANGS, "the containers", *run_by(known=False)),
    other(HANGS, "no service runs it", run_by()[0]),
    other(HANGS, "another task definition", run_by()[0], service(taskDefinition="other:1")),
)  # fmt: skip
