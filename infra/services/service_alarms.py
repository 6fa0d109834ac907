"""The alarms on how many tasks a service runs: too few, as many as it may for too long, or not on each instance."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from ..common.alarms import Alarm, alarm_to
from ..common.measures import Metric
from ..contract import Platform

TOO_FEW_MINUTES = 5
"""Minutes with fewer tasks than the service allows that raise an alarm: replacing a task takes less."""

TOO_FEW_WINDOW_MINUTES = 7
"""Minutes that they have to lie within: the capacity controller, which measures each minute, may miss some."""

AT_MAXIMUM_WINDOW_MINUTES, AT_MAXIMUM_MINUTES = 30, 25
"""So many of the last minutes at the maximum raise an alarm: a peak that passes needs nobody, and a task that is being
replaced is not counted for some."""

RUNNING_TASKS = "RunningTasks"
"""Metric of the capacity controller (lambdas/capacity/short_services.py): written only of services that run too few."""

MISSING_TASKS = "MissingTasks"
"""Metric of the same: instances without the task of a daemon, written only while there are some."""

MISSING_WINDOW_MINUTES, MISSING_MINUTES = 30, 25
"""So many of the last minutes with an instance without a daemon's task raise an alarm: an instance that joins and a
deployment, which `up` waits for as long by default, take less."""


@dataclass(frozen=True, kw_only=True)
class WatchedService:
    """Which service the alarms are about."""

    platform: Platform
    name: str
    service_name: pulumi.Input[str]
    """The physical name."""


def too_few_tasks(service: WatchedService, least: int, parent: pulumi.Resource) -> None:
    """Two alarms: no task at all, and fewer than `least`, which keeps quiet while there is none."""
    platform, name = service.platform, service.name
    none = alarm_to(platform.notified, f"{name}-no-tasks", _fewer_than(service, 1, "runs no task"), parent)
    alarm_to(
        platform.notified,
        f"{name}-too-few-tasks",
        _fewer_than(service, least, f"runs fewer than {least} tasks"),
        parent,
        cause=platform.at_maximum_alarm_arn,  # where the cluster may not grow, that is said once
        worse=none,
    )


def _fewer_than(service: WatchedService, least: int, problem: str) -> Alarm:
    return Alarm(
        summary=f"{service.name} {problem}.",
        runbook="a-service-runs-too-few-tasks",
        measure=Metric(
            namespace=service.platform.metric_namespace,
            name=RUNNING_TASKS,
            dimensions={"Cluster": service.platform.cluster_name, "Service": service.service_name},
            statistic="Maximum",
        ),
        comparison="LessThanThreshold",
        threshold=least,
        severity="page",
        periods=TOO_FEW_WINDOW_MINUTES,
        datapoints=TOO_FEW_MINUTES,
    )


def at_maximum(service: WatchedService, maximum: int, parent: pulumi.Resource) -> None:
    """An alarm when service auto scaling could not add a task for half an hour."""
    alarm_to(
        service.platform.notified,
        f"{service.name}-at-maximum",
        Alarm(
            summary=f"{service.name} has run {maximum} tasks, its maximum, for half an hour.",
            runbook="a-service-is-at-its-maximum",
            # ECS sends one sample a task and minute (ECS developer guide, "CloudWatch metrics", SampleCount).
            measure=Metric(
                namespace="AWS/ECS",
                name="CPUUtilization",
                dimensions={"ClusterName": service.platform.cluster_name, "ServiceName": service.service_name},
                statistic="SampleCount",
            ),
            threshold=maximum,
            periods=AT_MAXIMUM_WINDOW_MINUTES,
            datapoints=AT_MAXIMUM_MINUTES,
        ),
        parent,
    )


def missing_tasks(daemon: WatchedService, parent: pulumi.Resource) -> None:
    """An alarm when an instance has been without a task of the daemon for half an hour."""
    alarm_to(
        daemon.platform.notified,
        f"{daemon.name}-missing",
        Alarm(
            summary=f"{daemon.name} has not run on every instance for half an hour.",
            runbook="a-daemon-is-missing-on-an-instance",
            measure=Metric(
                namespace=daemon.platform.metric_namespace,
                name=MISSING_TASKS,
                dimensions={"Cluster": daemon.platform.cluster_name, "Service": daemon.service_name},
                statistic="Maximum",
            ),
            threshold=1,
            periods=MISSING_WINDOW_MINUTES,
            datapoints=MISSING_MINUTES,
        ),
        parent,
    )
