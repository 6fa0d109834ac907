"""Alarms on the instances' own measurements: full disks, full memory, connections that the network refuses."""

from __future__ import annotations

import pulumi

from ...common.alarms import Alarm
from ...common.measures import Metric, growth
from .user_data import CONNECTIONS_REFUSED, metric_namespace

FULL_PERCENT = 85
"""Percent of a root volume in use: what is left of the default 50 GiB takes a few more images."""

FULL_MINUTES = 30
"""Minutes until it goes to ALARM: the ECS agent removes images that no task uses every half hour (user_data.py)."""

MEMORY_PERCENT = 95
"""Percent of an instance's memory in use. Tasks may fill what ECS has registered, 93 percent at most; beyond that the
kernel ends processes, the agents among them."""

MEMORY_MINUTES = 15
"""Minutes until it goes to ALARM: a peak that passes needs nobody."""

REFUSED_WINDOW_MINUTES, REFUSED_MINUTES = 15, 3
"""So many of the last minutes with refused connections raise an alarm."""


def host_metric(cluster_name: str, group_name: pulumi.Input[str], name: str, statistic: str = "Maximum") -> Metric:
    """What the CloudWatch agents of a group measure, by default of the worst instance."""
    return Metric(
        namespace=metric_namespace(cluster_name),
        name=name,
        dimensions={"AutoScalingGroupName": group_name},
        statistic=statistic,
    )


def host_alarms(cluster_name: str, group_name: pulumi.Input[str]) -> dict[str, Alarm]:
    """Name → alarm. On a full disk or without memory no task starts, while the agent stays connected."""
    return {
        "disk": Alarm(
            summary="The root volume of an instance is nearly full.",
            runbook="a-disk-is-nearly-full",
            measure=host_metric(cluster_name, group_name, "disk_used_percent"),
            threshold=FULL_PERCENT,
            periods=FULL_MINUTES,
            datapoints=FULL_MINUTES,
        ),
        "memory": Alarm(
            summary="The memory of an instance is nearly full.",
            runbook="the-memory-of-an-instance-is-nearly-full",
            measure=host_metric(cluster_name, group_name, "mem_used_percent"),
            threshold=MEMORY_PERCENT,
            periods=MEMORY_MINUTES,
            datapoints=MEMORY_MINUTES,
        ),
        "connections": Alarm(
            summary="An instance has more connections than its type tracks: new ones are refused.",
            runbook="an-instance-refuses-connections",
            measure=growth(host_metric(cluster_name, group_name, f"ethtool_{CONNECTIONS_REFUSED}")),
            threshold=1,
            periods=REFUSED_WINDOW_MINUTES,
            datapoints=REFUSED_MINUTES,
        ),
    }
