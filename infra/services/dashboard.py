"""The dashboard of one service: its requests, its tasks, and the last lines that it wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..common.dashboards import Graph, Row, Table, body
from ..common.measures import Metric
from ..contract import Platform
from .target_group import ERROR_PERCENT, Side, TargetGroup


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the dashboard is about."""

    platform: Platform
    name: str
    """The service, as its stack names it."""
    service_name: pulumi.Input[str]
    """The same, as ECS names it."""
    log_group_name: pulumi.Input[str]
    minimum: int
    maximum: int
    target_groups: Sequence[TargetGroup]
    """None without a route."""


def dashboard(name: str, shown: Shown, opts: pulumi.ResourceOptions) -> aws.cloudwatch.Dashboard:
    """The dashboard in CloudWatch, named after cluster and service."""
    return aws.cloudwatch.Dashboard(
        name,
        dashboard_name=pulumi.Output.concat(shown.platform.cluster_name, "-service-", shown.name),
        dashboard_body=pulumi.Output.json_dumps(body(rows(shown), shown.platform.region)),
        opts=opts,
    )


def rows(shown: Shown) -> list[Row]:
    """From the top: users, where there is a route, then tasks, then the log."""
    log = Table(
        title="Last lines of the log",
        log_groups=[shown.log_group_name],
        query="fields @timestamp, @message | sort @timestamp desc | limit 50",
    )
    sides = [(group, side) for group in shown.target_groups for side in group.sides]
    users = [
        Row(height=6, widgets=_users(group, side, f" of {side.shown_name}" if len(sides) > 1 else ""))
        for group, side in sides
    ]
    return [*users, Row(height=6, widgets=_tasks(shown)), Row(height=8, widgets=[log])]


def _users(target_group: TargetGroup, side: Side, of_whom: str) -> list[Graph]:
    requests, latency = target_group.metric(side, "RequestCount"), target_group.metric(side, "TargetResponseTime")
    return [
        Graph(title=f"Requests{of_whom}", unit="a minute", lines={"requests": requests}),
        Graph(
            title=f"Errors (5xx){of_whom}",
            unit="% of requests",
            lines={"of the tasks": target_group.error_rate(side)},
            limits={"alarm": ERROR_PERCENT},
        ),
        Graph(
            title=f"Latency{of_whom}",
            unit="seconds",
            lines={percentile: latency.by(percentile) for percentile in ("p50", "p95", "p99")},
        ),
        Graph(
            title=f"Targets{of_whom}",
            unit="tasks",
            lines={
                "healthy": target_group.metric(side, "HealthyHostCount", "Minimum"),
                "unhealthy": target_group.metric(side, "UnHealthyHostCount", "Maximum"),
            },
        ),
    ]


def _tasks(shown: Shown) -> list[Graph]:
    def metric(name: str, statistic: str) -> Metric:
        return Metric(
            namespace="AWS/ECS",
            name=name,
            dimensions={"ClusterName": shown.platform.cluster_name, "ServiceName": shown.service_name},
            statistic=statistic,
        )

    cpu, memory = "CPUUtilization", "MemoryUtilization"
    return [
        Graph(
            title="Tasks",
            unit="tasks",
            # one sample a task and minute (ECS developer guide, "CloudWatch metrics")
            lines={"running": metric(cpu, "SampleCount")},
            limits={"minimum": shown.minimum, "maximum": shown.maximum},
        ),
        Graph(
            title="CPU",
            unit="% of what is reserved",
            lines={"mean": metric(cpu, "Average"), "busiest task": metric(cpu, "Maximum")},
        ),
        Graph(
            title="Memory",
            unit="% of what is reserved",
            lines={"mean": metric(memory, "Average"), "fullest task": metric(memory, "Maximum")},
        ),
    ]
