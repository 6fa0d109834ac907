from __future__ import annotations

from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

ALARMS, AWAITED = "service-deployment-alarms", "service-deployment-awaited"
BALANCED = [{"targetGroupArn": UNKNOWN, "containerName": "web", "containerPort": 80}]


def looking(**alarms: Any) -> Resource:
    given = {"alarmNames": ["web-errors"], "enable": True, "rollback": True, **alarms}
    return a(tokens.SERVICE, "web", loadBalancers=BALANCED, alarms=given)


def shifting(minutes: int) -> Resource:
    return a(tokens.SERVICE, "web", loadBalancers=BALANCED,
             alarms={"alarmNames": ["web-errors"], "enable": True, "rollback": True},
             deploymentConfiguration={"strategy": "BLUE_GREEN", "bakeTimeInMinutes": minutes})  # fmt: skip


BY_CODE_DEPLOY = a(tokens.SERVICE, "web", loadBalancers=BALANCED, deploymentController={"type": "CODE_DEPLOY"})

TARGETS, OTHERS = a(tokens.TARGET_GROUP, "web"), a(tokens.TARGET_GROUP, "other")


def named(*names: Any) -> Resource:
    return a(tokens.SERVICE, "web", depends={"loadBalancers": [TARGETS]}, loadBalancers=BALANCED,
             alarms={"alarmNames": list(names), "enable": True, "rollback": True})  # fmt: skip


def alarm(of: Resource = TARGETS, metric: str = "HTTPCode_Target_5XX_Count", **changes: Any) -> Resource:
    given = {"name": "web-errors", "metricName": metric, "comparisonOperator": "GreaterThanThreshold", **changes}
    return a(
        tokens.METRIC_ALARM, "web-errors", depends={"dimensions": [of]}, dimensions={"TargetGroup": UNKNOWN}, **given
    )


CASES = (
    good(ALARMS, "one of this stack", named("web-errors"), TARGETS, alarm()),
    good(ALARMS, "one of another stack", named("platform-errors")),
    unknown(ALARMS, "one of another stack beside one of this", named("platform-canary"), TARGETS, alarm()),
    bad(ALARMS, "one that nobody made", "names web-errorz for its deployments, which no alarm", named("web-errorz"),
        TARGETS, alarm()),
    bad(ALARMS, "one of another service", "by web-errors, which watches other", named("web-errors"), TARGETS, OTHERS,
        alarm(OTHERS)),
    bad(ALARMS, "one on good answers", "rolls back when all is well", named("web-errors"), TARGETS,
        alarm(metric="HTTPCode_Target_2XX_Count")),
    good(ALARMS, "one that rolls back", looking()),
    good(ALARMS, "names that are not known", looking(alarmNames=[UNKNOWN])),
    bad(ALARMS, "none", "no alarm stops a deployment", a(tokens.SERVICE, "web", loadBalancers=BALANCED)),
    bad(ALARMS, "no names", "no alarm stops a deployment", looking(alarmNames=[])),
    bad(ALARMS, "off", "does not look at the alarms", looking(enable=False)),
    bad(ALARMS, "off as a text", "does not look at the alarms", looking(enable="false")),
    bad(ALARMS, "no way back", "does not roll back", looking(rollback=False)),
    bad(ALARMS, "no time to look", "lets no time pass", shifting(0)),
    good(ALARMS, "time to look", shifting(10)),
    unknown(ALARMS, "the flag", looking(enable=UNKNOWN)),
    other(ALARMS, "no load balancer", a(tokens.SERVICE, "web")),
    other(ALARMS, "deployed by CodeDeploy", BY_CODE_DEPLOY),
    good(AWAITED, "waits", a(tokens.SERVICE, "web", waitForSteadyState=True)),
    bad(AWAITED, "a daemon that nobody waits for", "does not wait", a(tokens.SERVICE, schedulingStrategy="DAEMON")),
    bad(AWAITED, "does not", "does not wait for its deployments", a(tokens.SERVICE, "web")),
    bad(AWAITED, "said so", "does not wait for its deployments", a(tokens.SERVICE, "web", waitForSteadyState=False)),
    unknown(AWAITED, "the flag", a(tokens.SERVICE, "web", waitForSteadyState=UNKNOWN)),
    other(AWAITED, "deployed by CodeDeploy", BY_CODE_DEPLOY),
)  # fmt: skip
