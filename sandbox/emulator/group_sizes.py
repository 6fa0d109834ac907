"""What a group publishes of its sizes each minute, if it is told to (Auto Scaling user guide, "Group metrics")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends

from . import world

MINUTE_S = 60


def _in(*states: str) -> Callable[[Any], int]:
    return lambda group: sum(member.lifecycle_state.startswith(states) for member in group.instance_states)


SIZES: Mapping[str, Callable[[Any], int]] = {
    "GroupDesiredCapacity": lambda group: group.desired_capacity or 0,
    "GroupMinSize": lambda group: group.min_size,
    "GroupMaxSize": lambda group: group.max_size,
    "GroupInServiceInstances": _in("InService"),
    "GroupPendingInstances": _in("Pending"),
    "GroupStandbyInstances": _in("Standby"),
    "GroupTerminatingInstances": _in("Terminating"),
    "GroupTotalInstances": _in("InService", "Pending", "Standby", "Terminating"),
}
"""Metric → how it is counted."""


def tick(group: Any) -> None:
    """Publish the sizes of a group, if the last ones are a minute old."""
    here = world.current()
    if not group.metrics or here.now - getattr(group, "measured", 0.0) < MINUTE_S:
        return
    group.measured = here.now
    backend = cloudwatch_backends[group.autoscaling_backend.account_id][group.autoscaling_backend.region_name]
    backend.put_metric_data("AWS/AutoScaling", _data(group, here.when().replace(tzinfo=None)))


def _data(group: Any, now: Any) -> list[dict[str, Any]]:
    dimensions = [{"Name": "AutoScalingGroupName", "Value": group.name}]
    return [
        {"MetricName": name, "Dimensions": dimensions, "Value": count(group), "Timestamp": now}
        for name, count in SIZES.items()
        if name in group.metrics
    ]
