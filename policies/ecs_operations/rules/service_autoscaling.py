"""Service auto scaling that scales: bounds, and policies between them."""

from __future__ import annotations

from ecs_operations.engine.registry import Config, Results, Rule, Setting, Severity, WhenUnknown, apart
from ecs_operations.engine.sentences import counted
from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.quantities import number
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import is_true
from ecs_operations.facts.universal_targets import counting_schedules

TRACKED_PERCENT = ("ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization")
TRACKED = (*TRACKED_PERCENT, "ALBRequestCountPerTarget")
"""Source: Application Auto Scaling API reference, PredefinedMetricSpecification, those of Amazon ECS."""
DIMENSION = "ecs:service:DesiredCount"


@Rule(
    id="service-autoscaling-present",
    summary="A scaling target has room to scale, and policies that can scale it out and in.",
    fix="Add an appautoscaling.Policy whose target can be reached, and a max_capacity above min_capacity; for "
    "other bounds at certain times use appautoscaling.ScheduledAction instead of a schedule that calls ECS.",
    severity=Severity.MEDIUM,
    source="Application Auto Scaling user guide, Amazon ECS and Application Auto Scaling; Target tracking policies",
    types=(tokens.SCALING_TARGET,),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="maximumTargetPercent",
            default=90,
            minimum=1,
            maximum=99,
            description="Highest target of CPU or memory; above it a peak meets full tasks before others have started.",
        ),
        Setting(
            name="maximumCooldownSeconds",
            default=1800,
            minimum=0,
            maximum=86400,
            description="Longest cooldown of a policy.",
        ),
    ),
    guards=("minCapacity", "maxCapacity", "suspendedState"),
)
def service_autoscaling_present(target: Resource, graph: Graph, config: Config) -> Results:
    """A target without a policy that works looks like autoscaling in a review, and never scales."""
    if target.get("serviceNamespace") != "ecs":
        return
    least, most = number(target.get("minCapacity")), number(target.get("maxCapacity"))
    if target.get("scalableDimension", default=DIMENSION) != DIMENSION:
        yield f"scales {target.get('scalableDimension')}, must be {DIMENSION}"
    if most <= least:
        yield f"may scale from {least} to {counted(int(most), 'task')}, maxCapacity must be above minCapacity"
    if off := [name for name in SUSPENDED if is_true(target.get("suspendedState", name))]:
        yield f"does not scale while {' and '.join(off)} is set"
    for schedule in counting_schedules(graph, target):
        yield f"its number of tasks is set by the schedule {schedule.name}, too"
    policies = graph.sources((tokens.SCALING_POLICY,), "resourceId", target, "resourceId", "id")
    if not policies:
        yield "has no scaling policy"
    elif all(is_true(policy.get(TRACKING, "disableScaleIn")) for policy in policies):
        yield "never scales in: disableScaleIn is set in all its policies"
    yield from apart(policies, lambda policy: _acts(policy, graph, config))


SUSPENDED = ("dynamicScalingInSuspended", "dynamicScalingOutSuspended")
TRACKING, PREDEFINED = "targetTrackingScalingPolicyConfiguration", "predefinedMetricSpecification"


def _acts(policy: Resource, graph: Graph, config: Config) -> Results:
    kind = policy.get("policyType", default="StepScaling")
    if kind == "TargetTrackingScaling":
        yield from _tracks(policy, config["maximumTargetPercent"])
    elif kind == "PredictiveScaling":
        if policy.get("predictiveScalingPolicyConfiguration", "mode") != "ForecastAndScale":
            yield f"{policy.name} forecasts, and does not scale"
    elif not graph.sources((tokens.METRIC_ALARM,), "alarmActions", policy, "arn"):
        yield f"{policy.name} scales in steps, and no alarm calls it"
    paths = (
        (TRACKING, "scaleOutCooldown"),
        (TRACKING, "scaleInCooldown"),
        ("stepScalingPolicyConfiguration", "cooldown"),
    )
    if (slowest := max(number(policy.get(*path)) for path in paths)) > (longest := config["maximumCooldownSeconds"]):
        yield f"{policy.name} waits {slowest} s between two steps, must be at most {longest} s"


def _tracks(policy: Resource, most: int) -> Results:
    metric = policy.get(TRACKING, PREDEFINED, "predefinedMetricType")
    value = number(policy.get(TRACKING, "targetValue"))
    if metric is not None and metric not in TRACKED:
        yield f"{policy.name} tracks {metric}, which is no metric of ECS"
    elif metric in TRACKED_PERCENT and not 0 < value <= most:
        yield f"{policy.name} tracks {value} % of {metric}, must be above 0 and at most {most} %"
