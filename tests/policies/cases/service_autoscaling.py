from __future__ import annotations

from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

SCALED = "service-autoscaling-present"


def target(least: Any = 2, most: int = 10, **changes: Any) -> Resource:
    given = {"serviceNamespace": "ecs", "minCapacity": least, "maxCapacity": most, **changes}
    return a(tokens.SCALING_TARGET, "web", resourceId="service/main/shop-web", **given)


TRACKING = "targetTrackingScalingPolicyConfiguration"
CPU = {"predefinedMetricSpecification": {"predefinedMetricType": "ECSServiceAverageCPUUtilization"}, "targetValue": 60}


def policy(kind: str = "TargetTrackingScaling", of: Resource | None = None, **changes: Any) -> Resource:
    given = {TRACKING: CPU} if kind == "TargetTrackingScaling" else {}
    return a(
        tokens.SCALING_POLICY, "cpu", policyType=kind, depends={"resourceId": [of or target()]}, **{**given, **changes}
    )


def tracking(**changes: Any) -> Resource:
    given: dict[str, Any] = {TRACKING: {**CPU, **changes}}
    return policy(**given)


POLICY, STEPS = policy(), policy("StepScaling")
CALLED = a(tokens.METRIC_ALARM, "busy", depends={"alarmActions": [STEPS]})


def called(action: str, text: Any, **changes: Any) -> Resource:
    """A schedule that calls AWS itself."""
    arn = f"arn:aws:scheduler:::aws-sdk:{action}"
    return a(tokens.SCHEDULE, "night", target={"arn": arn, "input": text}, scheduleExpression="cron(0 20 * * ? *)",
             **changes)  # fmt: skip


UPDATE, REGISTER = "ecs:updateService", "applicationautoscaling:registerScalableTarget"
CASES = (
    good(SCALED, "a schedule that restarts another service", target(), POLICY, called(
        UPDATE, '{"Service": "other", "DesiredCount": 1}')),
    good(SCALED, "a schedule that deploys", target(), POLICY, called(
        UPDATE, '{"Service": "shop-web", "ForceNewDeployment": true}')),
    good(SCALED, "a schedule that is off", target(), POLICY, called(
        UPDATE, '{"Service": "shop-web", "DesiredCount": 1}', state="DISABLED")),
    bad(SCALED, "a schedule that sets the number", "set by the schedule night, too", target(), POLICY, called(
        UPDATE, '{"Service": "arn:aws:ecs:eu-central-1:1:service/main/shop-web", "DesiredCount": 1}')),
    bad(SCALED, "a schedule that sets the bounds", "set by the schedule night, too", target(), POLICY, called(
        REGISTER, '{"ResourceId": "service/main/shop-web", "MinCapacity": 0}')),
    unknown(SCALED, "what a schedule sets", target(), POLICY, called(UPDATE, UNKNOWN)),
    good(SCALED, "a policy", target(), POLICY),
    bad(SCALED, "no policy", "has no scaling policy", target()),
    bad(SCALED, "no room", "from 2 to 2 tasks", target(most=2), POLICY),
    good(SCALED, "steps that an alarm calls", target(), STEPS, CALLED),
    bad(SCALED, "steps that nobody calls", "scales in steps, and no alarm calls it", target(), STEPS),
    bad(SCALED, "out of reach", "tracks 120 % of ECSServiceAverageCPUUtilization", target(), tracking(targetValue=120)),
    bad(SCALED, "a metric of something else", "which is no metric of ECS", target(),
        tracking(predefinedMetricSpecification={"predefinedMetricType": "LambdaProvisionedConcurrencyUtilization"})),
    bad(SCALED, "another dimension", "must be ecs:service:DesiredCount",
        target(scalableDimension="dynamodb:table:ReadCapacityUnits"), POLICY),
    bad(SCALED, "never back", "never scales in", target(), tracking(disableScaleIn=True)),
    bad(SCALED, "long pauses", "waits 86400 s between two steps", target(), tracking(scaleOutCooldown=86400)),
    bad(SCALED, "only a forecast", "forecasts, and does not scale", target(),
        policy("PredictiveScaling", predictiveScalingPolicyConfiguration={"mode": "ForecastOnly"})),
    bad(SCALED, "suspended", "while dynamicScalingOutSuspended is set",
        target(suspendedState={"dynamicScalingOutSuspended": True}), POLICY),
    unknown(SCALED, "what it tracks", target(), tracking(targetValue=UNKNOWN)),
    unknown(SCALED, "whose policy it is", target(), a(tokens.SCALING_POLICY, resourceId=UNKNOWN)),
    other(SCALED, "a table", target(serviceNamespace="dynamodb")),
)  # fmt: skip
