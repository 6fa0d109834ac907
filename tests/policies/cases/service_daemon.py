from __future__ import annotations

from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

DAEMON = "service-daemon"
BY_ZONE = {"type": "spread", "field": "attribute:ecs.availability-zone"}
TARGET = a(tokens.SCALING_TARGET, "web", serviceNamespace="ecs", resourceId="service/main/agent", minCapacity=1,
           maxCapacity=4)  # fmt: skip


def daemon(**changes: Any) -> Resource:
    given = {"name": "agent", "schedulingStrategy": "DAEMON", "deploymentMinimumHealthyPercent": 0}
    return a(tokens.SERVICE, "agent", **{**given, **changes})


CASES = (
    good(DAEMON, "as ECS takes it", daemon(deploymentMaximumPercent=100, availabilityZoneRebalancing="DISABLED")),
    good(DAEMON, "silent", daemon()),
    good(DAEMON, "with constraints", daemon(placementConstraints=[{"type": "memberOf", "expression": "a == b"}])),
    good(DAEMON, "lists that are empty", daemon(orderedPlacementStrategies=[], desiredCount=0)),
    good(DAEMON, "another service is scaled", daemon(name="other"), TARGET),
    bad(DAEMON, "200 percent", "may run 200 % of its tasks in a deployment, and ECS takes 100 at most",
        daemon(deploymentMaximumPercent=200)),
    bad(DAEMON, "101 percent as a text", "may run 101 %", daemon(deploymentMaximumPercent="101")),
    bad(DAEMON, "a count", "has a desiredCount", daemon(desiredCount=2)),
    bad(DAEMON, "strategies", "has placement strategies", daemon(orderedPlacementStrategies=[BY_ZONE])),
    bad(DAEMON, "rebalanced", "is rebalanced over zones", daemon(availabilityZoneRebalancing="ENABLED")),
    bad(DAEMON, "scaled", "is scaled by web", daemon(), TARGET),
    bad(DAEMON, "on Fargate", "runs on instances alone", daemon(launchType="FARGATE")),
    bad(DAEMON, "of CodeDeploy", "deploys itself", daemon(deploymentController={"type": "CODE_DEPLOY"})),
    unknown(DAEMON, "the percentage", daemon(deploymentMaximumPercent=UNKNOWN)),
    other(DAEMON, "tasks that are counted", a(tokens.SERVICE, "web", desiredCount=2, deploymentMaximumPercent=200,
          orderedPlacementStrategies=[BY_ZONE], availabilityZoneRebalancing="ENABLED")),
)  # fmt: skip
