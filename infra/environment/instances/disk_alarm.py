"""The alarm on full disks, from the instances' own measurements."""

from __future__ import annotations

import pulumi

from ...common.alarms import Alarm
from .user_data import metric_namespace

FULL_PERCENT = 85
"""Percent of a root volume in use: what is left of the default 50 GiB takes a few more images."""

FULL_MINUTES = 30
"""Minutes until it goes to ALARM: the ECS agent removes images that no task uses every half hour (user_data.py)."""


def disk_alarm(cluster_name: str, group_name: pulumi.Input[str]) -> Alarm:
    """An alarm on the fullest root volume of the group: on a full one no task starts, and its agent stays connected."""
    return Alarm(
        summary="The root volume of an instance is nearly full.",
        runbook="a-disk-is-nearly-full",
        namespace=metric_namespace(cluster_name),
        metric="disk_used_percent",
        dimensions={"AutoScalingGroupName": group_name},
        statistic="Maximum",
        threshold=FULL_PERCENT,
        periods=FULL_MINUTES,
        datapoints=FULL_MINUTES,
    )
