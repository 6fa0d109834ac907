from __future__ import annotations

from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown
from tests.policies.cases.controllers import controller

SCALING = "capacity-scaling-present"
SET = "autoscaling:SetDesiredCapacity"
GROUP = a(tokens.GROUP, "web", namePrefix="web-")


def provider(**scaling: Any) -> Resource:
    return a(tokens.CAPACITY_PROVIDER, "web", depends={"autoScalingGroupProvider": [GROUP]},
             autoScalingGroupProvider={"managedScaling": scaling})  # fmt: skip


def tracking(**specification: Any) -> Resource:
    return a(tokens.GROUP_POLICY, "follow", depends={"autoscalingGroupName": [GROUP]},
             targetTrackingConfiguration={"targetValue": 75, **specification})  # fmt: skip


def stepped(metric: Any) -> tuple[Resource, ...]:
    policy = a(tokens.GROUP_POLICY, "step", depends={"autoscalingGroupName": [GROUP]}, policyType="StepScaling")
    alarm = a(tokens.METRIC_ALARM, "low", depends={"alarmActions": [policy]}, metricName=metric)
    return (GROUP, policy, alarm)


ON_CPU = tracking(predefinedMetricSpecification={"predefinedMetricType": "ASGAverageCPUUtilization"})
ON_RESERVATION = tracking(customizedMetricSpecification={"metricName": "CapacityProviderReservation"})
BY_MATH = tracking(customizedMetricSpecification={"metrics": [
    {"id": "m", "metricStat": {"stat": "Average", "metric": {"metricName": "MemoryReservation"}}}]})  # fmt: skip

CASES = (
    good(SCALING, "a controller", GROUP, *controller(SET)),
    good(SCALING, "managed scaling", GROUP, provider(status="ENABLED", targetCapacity=90)),
    good(SCALING, "managed scaling to the full", GROUP, provider(status="ENABLED")),
    good(SCALING, "a policy on reservation", GROUP, ON_RESERVATION),
    good(SCALING, "a policy on metric math", GROUP, BY_MATH),
    good(SCALING, "steps on schedulable tasks", *stepped("SchedulableTasks")),
    bad(SCALING, "nothing", "nothing adjusts its size", GROUP),
    bad(SCALING, "managed scaling is off", "nothing adjusts", GROUP, provider(status="DISABLED")),
    bad(SCALING, "a controller of other groups", "nothing adjusts", GROUP, *controller(SET, resource="arn:x")),
    bad(SCALING, "two of them", "managed scaling of web and by the policy follow", GROUP, ON_RESERVATION,
        provider(status="ENABLED")),
    bad(SCALING, "managed scaling and a controller", "by the function controller",
        GROUP, provider(status="ENABLED"), *controller(SET)),
    bad(SCALING, "CPU beside managed scaling", "follow scales on ASGAverageCPUUtilization", GROUP, ON_CPU,
        provider(status="ENABLED")),
    unknown(SCALING, "whose policy it is", GROUP, a(tokens.GROUP_POLICY, autoscalingGroupName=UNKNOWN)),
    unknown(SCALING, "the role's document", GROUP, *controller(SET, known=False)),
    unknown(SCALING, "the metric", *stepped(UNKNOWN)),
    other(SCALING, "no group", a(tokens.CLUSTER)),
)  # fmt: skip
