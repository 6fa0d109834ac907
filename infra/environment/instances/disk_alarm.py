"""What the instances' own measurements warn of."""

from __future__ import annotations

import pulumi_aws as aws

from ...common.alarms import Alarm
from ..monitoring.alarm_topic import AlarmTopic
from .instances import Instances
from .user_data import METRICS_NAMESPACE

FULL_PERCENT = 85
"""Percent of a root volume in use: what is left of the default 50 GiB takes a few more images."""

FULL_MINUTES = 30
"""Minutes until somebody is called: the ECS agent removes images that no task uses every half hour (user_data.py)."""


def watch_disks(name: str, alarm_topic: AlarmTopic, instances: Instances) -> aws.cloudwatch.MetricAlarm:
    """An alarm on the fullest root volume of the group: on a full one no task starts, and its agent stays connected."""
    return alarm_topic.alarm(
        name,
        Alarm(
            says="The root volume of an instance is nearly full.",
            runbook="a-disk-is-nearly-full",
            namespace=METRICS_NAMESPACE,
            metric="disk_used_percent",
            dimensions={"AutoScalingGroupName": instances.group.name},
            statistic="Maximum",
            threshold=FULL_PERCENT,
            periods=FULL_MINUTES,
            datapoints=FULL_MINUTES,
        ),
        instances,
    )
