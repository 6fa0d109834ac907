"""Auto Scaling of instances and of services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from .relation import Params, Relation, between, values

_API: Final = "Amazon EC2 Auto Scaling API (2011-01-01)"
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
    elif (least, most) != (-1, -1) and not (most >= 100 and 0 <= most - least <= 100 and least >= 0):  # noqa: PLR2004
        yield "MaxHealthyPercentage must be 100 to 200, and at most 100 above MinHealthyPercentage"


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


RELATIONS: Final = (
    Relation(service="autoscaling", operations=_GROUP, problems=_sizes, source=f"{_API}, CreateAutoScalingGroup"),
    Relation(
        service="autoscaling", operations=_GROUP, problems=_maintenance, source=f"{_API}, InstanceMaintenancePolicy"
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
)
