"""Auto Scaling of instances and of services."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final
from zoneinfo import available_timezones

from .relation import Params, Relation, between, values
from .schedules import is_expression

_API: Final = "Amazon EC2 Auto Scaling API (2011-01-01)"
_SCALING_API: Final = "Application Auto Scaling API (2016-02-06)"
_GROUP: Final = ("CreateAutoScalingGroup", "UpdateAutoScalingGroup")
_DAY_S: Final = 86400
_HEARTBEATS: Final = "[HeartbeatTimeout, LifecycleHookSpecificationList[].HeartbeatTimeout][]"


def _sizes(params: Params) -> Iterator[str]:
    least, most, wanted = (params.get(name) for name in ("MinSize", "MaxSize", "DesiredCapacity"))
    if least is not None and most is not None and least > most:
        yield f"Max bound, {most}, must be greater than or equal to min bound, {least}"
    elif None not in (least, most, wanted) and not least <= wanted <= most:  # pyright: ignore[reportOptionalOperand]
        yield (f"Desired capacity:{wanted} must be between the specified min size:{least} and max size:{most}")


def _maintenance(params: Params) -> Iterator[str]:
    policy: dict[str, Any] = params.get("InstanceMaintenancePolicy") or {}
    least, most = policy.get("MinHealthyPercentage"), policy.get("MaxHealthyPercentage")
    if not policy:
        return
    if least is None or most is None:
        yield "Both MinHealthyPercentage and MaxHealthyPercentage must be specified"
    elif (least, most) != (-1, -1) and not (most >= 100 and 0 <= most - least <= 100 and least >= 0):  # noqa: PLR2004 - percent
        yield "MaxHealthyPercentage must be 100 to 200, and at most 100 above MinHealthyPercentage"


def _checkpoints(params: Params) -> Iterator[str]:
    preferences: dict[str, Any] = params.get("Preferences") or {}
    percentages: list[int] = preferences.get("CheckpointPercentages") or []
    if any(before >= after for before, after in pairwise(percentages)):
        yield f"CheckpointPercentages must be unique and in ascending order, got {percentages}"
    if "CheckpointDelay" in preferences and not percentages:
        yield "CheckpointDelay needs CheckpointPercentages"


def _lifetime(params: Params) -> Iterator[str]:
    if (seconds := params.get("MaxInstanceLifetime")) and seconds < _DAY_S:
        yield f"MaxInstanceLifetime must be 0 or at least {_DAY_S} seconds"


def _weights(params: Params) -> Iterator[str]:
    template = (params.get("MixedInstancesPolicy") or {}).get("LaunchTemplate") or {}
    held = [bool(each.get("WeightedCapacity")) for each in template.get("Overrides") or []]
    if any(held) and not all(held):
        yield "All overrides must have a weight, or none"


def _bounds(params: Params) -> Iterator[str]:
    least, most = params.get("MinCapacity"), params.get("MaxCapacity")
    if least is not None and most is not None and least > most:
        yield "Maximum capacity cannot be less than minimum capacity"


def _action(params: Params) -> Iterator[str]:
    sizes: dict[str, Any] = params.get("ScalableTargetAction") or {}
    least, most = sizes.get("MinCapacity"), sizes.get("MaxCapacity")
    if least is None and most is None:
        yield "ScalableTargetAction must have a MinCapacity or a MaxCapacity"
    elif least is not None and most is not None and least > most:
        yield "Maximum capacity cannot be less than minimum capacity"


def _tracking(params: Params) -> Iterator[str]:
    settings: dict[str, Any] = params.get("TargetTrackingScalingPolicyConfiguration") or {}
    if not settings:
        return
    custom: dict[str, Any] = settings.get("CustomizedMetricSpecification") or {}
    if bool(custom) == bool(settings.get("PredefinedMetricSpecification")):
        yield "A policy must have either a predefined or a customized metric specification"
    plain = all(custom.get(name) for name in ("MetricName", "Namespace", "Statistic"))
    if custom and bool(custom.get("Metrics")) == plain:
        yield "A customized metric must have either Metrics or MetricName, Namespace and Statistic"
    returned = [each for each in custom.get("Metrics") or [] if each.get("ReturnData", True)]
    if custom.get("Metrics") and len(returned) != 1:
        yield "Exactly one of the metrics of a policy must return data"


def _steps(params: Params) -> Iterator[str]:
    settings: dict[str, Any] = params.get("StepScalingPolicyConfiguration") or {}
    held = [
        (each.get("MetricIntervalLowerBound", float("-inf")), each.get("MetricIntervalUpperBound", float("inf")))
        for each in settings.get("StepAdjustments") or []
    ]
    ordered = sorted(held)
    if any(low >= high for low, high in ordered):
        yield "The upper bound of a step adjustment must be above its lower bound"
    elif any(before[1] != after[0] for before, after in pairwise(ordered)):
        yield "Step adjustments must not overlap or leave a gap"


RELATIONS: Final = (
    Relation(service="autoscaling", operations=_GROUP, problems=_sizes, source=f"{_API}, CreateAutoScalingGroup"),
    Relation(
        service="autoscaling", operations=_GROUP, problems=_maintenance, source=f"{_API}, InstanceMaintenancePolicy"
    ),
    Relation(
        service="autoscaling",
        operations=("StartInstanceRefresh",),
        problems=_checkpoints,
        source=f"{_API}, RefreshPreferences",
    ),
    Relation(service="autoscaling", operations=_GROUP, problems=_lifetime, source=f"{_API}, MaxInstanceLifetime"),
    Relation(service="autoscaling", operations=_GROUP, problems=_weights, source=f"{_API}, LaunchTemplateOverrides"),
    Relation(
        service="autoscaling",
        operations=_GROUP,
        problems=values(
            "MixedInstancesPolicy.InstancesDistribution.OnDemandPercentageAboveBaseCapacity",
            between(0, 100),
            "OnDemandPercentageAboveBaseCapacity must be 0 to 100, got {value}",
        ),
        source=f"{_API}, InstancesDistribution",
    ),
    Relation(
        service="autoscaling",
        operations=("PutLifecycleHook", "CreateAutoScalingGroup"),
        problems=values(_HEARTBEATS, between(30, 7200), "HeartbeatTimeout must be 30 to 7200 seconds, got {value}"),
        source=f"{_API}, PutLifecycleHook, HeartbeatTimeout",
    ),
    Relation(
        service="application-autoscaling",
        operations=("RegisterScalableTarget",),
        problems=_bounds,
        source="Application Auto Scaling API (2016-02-06), RegisterScalableTarget",
    ),
    Relation(
        service="application-autoscaling",
        operations=("PutScheduledAction",),
        problems=values("Schedule", is_expression, "Schedule '{value}' is not a valid expression"),
        source=f"{_SCALING_API}, PutScheduledAction, Schedule",
    ),
    Relation(
        service="application-autoscaling",
        operations=("PutScheduledAction",),
        problems=values("Timezone", lambda name: name in available_timezones(), "Timezone '{value}' is not valid"),
        source=f"{_SCALING_API}, PutScheduledAction, Timezone",
    ),
    Relation(
        service="application-autoscaling",
        operations=("PutScheduledAction",),
        problems=_action,
        source=f"{_SCALING_API}, ScalableTargetAction",
    ),
    Relation(
        service="application-autoscaling",
        operations=("PutScalingPolicy",),
        problems=_tracking,
        source=f"{_SCALING_API}, CustomizedMetricSpecification",
    ),
    Relation(
        service="application-autoscaling",
        operations=("PutScalingPolicy",),
        problems=_steps,
        source=f"{_SCALING_API}, StepAdjustment",
    ),
)
