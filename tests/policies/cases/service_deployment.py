from __future__ import annotations

from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

ALARMS, AWAITED, SHIFT = "service-deployment-alarms", "service-deployment-awaited", "service-deployment-shift"
WEIGHTS = "service-deployment-weights"
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


SECOND = a(tokens.TARGET_GROUP, "web-alternate")
CANARY = {
    "strategy": "CANARY",
    "bakeTimeInMinutes": "10",
    "canaryConfiguration": {"canaryPercent": 5, "canaryBakeTimeInMinutes": "10"},
}
LINEAR = {
    "strategy": "LINEAR",
    "bakeTimeInMinutes": "10",
    "linearConfiguration": {"stepPercent": 10, "stepBakeTimeInMinutes": "6"},
}


def weighing(*ignore: str) -> Resource:
    return a(tokens.LISTENER_RULE, "web-rule", depends={"actions": [TARGETS, SECOND]}, ignore=ignore)


RULE = weighing("actions")


def errors(of: Resource) -> Resource:
    name = f"{of.name}-errors"
    return a(tokens.METRIC_ALARM, name, depends={"dimensions": [of]}, metricName="HTTPCode_Target_5XX_Count", name=name,
             comparisonOperator="GreaterThanThreshold", dimensions={"TargetGroup": UNKNOWN})  # fmt: skip


BOTH = (errors(TARGETS), errors(SECOND))


def shifted(settings: Any = CANARY, *, advanced: bool = True, rule: Resource = RULE, **changes: Any) -> Resource:
    second = {"advancedConfiguration": {"alternateTargetGroupArn": UNKNOWN, "roleArn": UNKNOWN}} if advanced else {}
    watched = {"alarmNames": [alarm.name for alarm in BOTH], "enable": True, "rollback": True}
    given = {"alarms": watched, "loadBalancers": [{**BALANCED[0], **second}], **changes}
    return a(tokens.SERVICE, "web", depends={"loadBalancers": [TARGETS, SECOND, rule]},
             deploymentConfiguration=settings, **given)  # fmt: skip


def canary(**changes: Any) -> Resource:
    return shifted({**CANARY, "canaryConfiguration": {**CANARY["canaryConfiguration"], **changes}})


def linear(**changes: Any) -> Resource:
    return shifted({**LINEAR, "linearConfiguration": {**LINEAR["linearConfiguration"], **changes}})


CASES = (
    *(good(SHIFT, settings["strategy"], shifted(settings), TARGETS, SECOND, RULE, *BOTH) for settings in (
        CANARY, LINEAR, {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": "10"})),
    good(SHIFT, "alarms of another stack", shifted(), TARGETS, SECOND, RULE),
    good(SHIFT, "a worker that swaps all of its tasks",
         a(tokens.SERVICE, "web", deploymentConfiguration={"strategy": "BLUE_GREEN", "bakeTimeInMinutes": "10"})),
    good(ALARMS, "those of both target groups", shifted(), TARGETS, SECOND, RULE, *BOTH),
    bad(SHIFT, "one target group", "no second target group", shifted(advanced=False), TARGETS, RULE),
    bad(SHIFT, "no load balancer", "no load balancer whose traffic could shift",
        a(tokens.SERVICE, "web", deploymentConfiguration=CANARY)),
    good(WEIGHTS, "left alone", shifted(), TARGETS, SECOND, RULE),
    unknown(WEIGHTS, "the strategy", shifted({"strategy": UNKNOWN}), RULE),
    other(WEIGHTS, "step by step", a(tokens.SERVICE, "web", loadBalancers=BALANCED)),
    bad(WEIGHTS, "weights that `up` sets back", "whose weights the next `up` sets back",
        shifted(rule=weighing()), TARGETS, SECOND, weighing(), *BOTH),
    bad(SHIFT, "a second target group that nobody watches", "to web-alternate and back, and none of its alarms",
        shifted(alarms={"alarmNames": ["web-errors"], "enable": True, "rollback": True}), TARGETS, SECOND, RULE, *BOTH),
    bad(SHIFT, "a first one that nobody watches", "to web and back",
        shifted(alarms={"alarmNames": ["web-alternate-errors"], "enable": True, "rollback": True}), TARGETS, SECOND,
        RULE, *BOTH),
    bad(SHIFT, "a canary of everything", "all of its traffic at once", canary(canaryPercent=100)),
    bad(SHIFT, "a canary without a look", "canaryBakeTimeInMinutes is 0", canary(canaryBakeTimeInMinutes="0")),
    bad(SHIFT, "one step", "all of its traffic at once (stepPercent is 100)", linear(stepPercent=100)),
    bad(SHIFT, "steps without a look", "stepBakeTimeInMinutes is 0", linear(stepBakeTimeInMinutes=0)),
    bad(SHIFT, "no bake time", "ends the old tasks as soon as",
        shifted({key: value for key, value in CANARY.items() if key != "bakeTimeInMinutes"})),
    unknown(SHIFT, "the strategy", shifted({"strategy": UNKNOWN})),
    other(SHIFT, "step by step", a(tokens.SERVICE, "web", loadBalancers=BALANCED)),
    other(SHIFT, "deployed by CodeDeploy", BY_CODE_DEPLOY),
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
