"""What the dashboard of an environment shows: is it up, is there room, what is being replaced, and why. Pure.

It is built from the measures that the alarms judge, with the alarms' thresholds as lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from lambdas.capacity import metrics as capacity
from lambdas.cluster import metrics as controllers
from lambdas.instances import metrics as instances
from lambdas.rebalancing import metrics as rebalancing

from ..common.balancer_metrics import balancer_metric
from ..common.dashboards import Graph, Row, States, Table, Words
from ..common.measures import Formula, Metric, error_rate, growth
from ..common.names import Names
from .instances import CONNECTIONS_REFUSED, FULL_PERCENT, MEMORY_PERCENT, host_metric
from .load_balancer import ERROR_PERCENT
from .monitoring import Query

LOOKS_S = 300
"""Seconds in which every service was looked at, so that its line has no gaps; by default it takes three minutes."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the dashboard is about."""

    names: Names
    region: str
    balancer: pulumi.Input[str]
    """The load balancer, by the suffix of its ARN."""
    group: pulumi.Input[str]
    """Name of the Auto Scaling group."""
    pages: Sequence[pulumi.Input[str]]
    """ARNs of the alarms that wake somebody."""
    queries: Mapping[str, Query]
    headline: str
    """Markdown that stands on top: links."""


def rows(shown: Shown) -> list[Row]:
    """From the top: the state, users, room, replacement, moves of tasks, instances, events."""
    pages = States(title="Alarms that wake somebody", alarm_arns=shown.pages)
    return [
        Row(height=3, widgets=[Words(markdown=shown.headline), pages]),
        Row(height=5, widgets=_is_it_up(shown)),
        Row(height=5, widgets=_is_there_room(shown)),
        Row(height=5, widgets=_is_something_replaced(shown)),
        Row(height=5, widgets=_is_something_moved(shown)),
        Row(height=5, widgets=_hosts(shown)),
        Row(height=5, widgets=[_table(shown, "service-events"), _table(shown, "stopped-tasks")]),
    ]


def _is_it_up(shown: Shown) -> list[Graph]:
    def metric(name: str, statistic: str = "Sum") -> Metric:
        return balancer_metric(shown.balancer, name, statistic)

    requests, latency = metric("RequestCount"), metric("TargetResponseTime")
    return [
        Graph(
            title="Requests",
            unit="a minute",
            lines={"that found a target": requests, "errors of the load balancer": metric("HTTPCode_ELB_5XX_Count")},
        ),
        Graph(
            title="Errors (5xx)",
            unit="% of requests",
            lines={
                "of the load balancer": error_rate(metric("HTTPCode_ELB_5XX_Count"), requests),
                "of services": error_rate(metric("HTTPCode_Target_5XX_Count"), requests),
            },
            limits={"alarm": ERROR_PERCENT},
        ),
        Graph(
            title="Latency",
            unit="seconds",
            lines={percentile: latency.by(percentile) for percentile in ("p50", "p95", "p99")},
        ),
        Graph(title="Unhealthy targets", unit="targets", lines={"": unhealthy_targets(shown.balancer)}),
    ]


def unhealthy_targets(balancer: pulumi.Input[str]) -> Formula:
    """One line for each target group of a load balancer: the environment does not know its applications."""
    return Formula(
        expression=pulumi.Output.concat(
            'SEARCH(\'{AWS/ApplicationELB,LoadBalancer,TargetGroup} MetricName="UnHealthyHostCount" LoadBalancer="',
            balancer,
            "\"', 'Maximum', 60)",
        ),
        metrics={},
    )


def _is_there_room(shown: Shown) -> list[Graph | Table]:
    def metric(name: str) -> Metric:
        return _of_controller(shown, capacity.CONTROLLER, name)

    sizes = {
        "in service": "GroupInServiceInstances",
        "starting": "GroupPendingInstances",
        "leaving": "GroupTerminatingInstances",
        "desired": "GroupDesiredCapacity",
        "minimum": "GroupMinSize",
        "maximum": "GroupMaxSize",
    }
    return [
        Graph(
            title="Room for tasks",
            unit="tasks",
            lines={
                "would fit now": metric(capacity.SCHEDULABLE_TASKS),
                "wait": metric(capacity.UNPLACED_TASKS),
                "wait without room": metric(capacity.UNMET_TASKS),
            },
        ),
        Graph(
            title="Instances",
            unit="instances",
            lines={
                label: Metric(
                    namespace="AWS/AutoScaling",
                    name=name,
                    dimensions={"AutoScalingGroupName": shown.group},
                    statistic="Maximum",
                )
                for label, name in sizes.items()
            },
        ),
        _table(shown, "decisions"),
    ]


def _is_something_replaced(shown: Shown) -> list[Graph]:
    def metric(name: str) -> Metric:
        return _of_controller(shown, instances.CONTROLLER, name)

    packages = {
        "instances": instances.CONTROLLER,
        "capacity": capacity.CONTROLLER,
        "rebalancing": rebalancing.CONTROLLER,
    }
    return [
        Graph(
            title="Instances that come and go",
            unit="instances",
            lines={
                "starting": metric(instances.INSTANCES_STARTING),
                "draining": metric(instances.INSTANCES_DRAINING),
                "retained": metric(instances.INSTANCES_RETAINED),
                "without an agent": metric(instances.AGENTS_LOST),
            },
        ),
        Graph(
            title="Rollout of a template",
            unit="groups",
            lines={
                "an old version still runs": metric(instances.ROLLOUTS_WAITING),
                "the wanted version failed": metric(instances.ROLLOUTS_BLOCKED),
                "refresh started": metric(instances.REFRESHES_STARTED),
            },
        ),
        Graph(
            title="Passes of the controllers",
            unit="a minute",
            lines={
                name: _of_controller(shown, package, controllers.COMPLETED_PASSES, "Sum")
                for name, package in packages.items()
            },
        ),
        Graph(
            title="Controllers that do not act",
            unit="paused (1), or refusals",
            lines={
                f"{name} {words}": _of_controller(shown, package, metric_name)
                for name, package in packages.items()
                for words, metric_name in (("paused", controllers.PAUSED), ("refused", controllers.FAILED_ACTIONS))
            },
        ),
    ]


def _is_something_moved(shown: Shown) -> list[Graph]:
    def metric(name: str, statistic: str = "Maximum") -> Metric:
        return _of_controller(shown, rebalancing.CONTROLLER, name, statistic)

    return [
        Graph(title="Tasks on too full instances", unit="tasks", lines={"": misplaced_tasks(shown.names.cluster)}),
        Graph(
            title="Tasks that are moved",
            unit="a minute",
            lines={"moved": metric(rebalancing.TASKS_MOVED, "Sum")},
        ),
        Graph(
            title="Moves",
            unit="services",
            lines={
                "go on": metric(rebalancing.MOVES_GOING_ON),
                "taken back": metric(rebalancing.MOVES_TAKEN_BACK),
                "given up": metric(rebalancing.SERVICES_GIVEN_UP),
                "only told (1)": metric(rebalancing.DRY_RUN),
            },
        ),
    ]


def misplaced_tasks(cluster: str) -> Formula:
    """One line for each service of a cluster: the environment does not know its applications."""
    schema = f'{{"{controllers.namespace(cluster)}",Cluster,Service}}'
    search = f'{schema} MetricName="{rebalancing.MISPLACED_TASKS}" Cluster="{cluster}"'
    return Formula(expression=f"SEARCH('{search}', 'Maximum', {LOOKS_S})", metrics={})


def _hosts(shown: Shown) -> list[Graph]:
    def sent(name: str, statistic: str = "Maximum") -> Metric:
        return host_metric(shown.names.cluster, shown.group, name, statistic)

    def of_group(name: str, statistic: str) -> Metric:
        return Metric(
            namespace="AWS/EC2",
            name=name,
            dimensions={"AutoScalingGroupName": shown.group},
            statistic=statistic,
        )

    return [
        Graph(
            title="CPU of the instances",
            unit="%",
            lines={
                "mean": of_group("CPUUtilization", "Average"),
                "busiest": of_group("CPUUtilization", "Maximum"),
            },
            most=100,
        ),
        Graph(
            title="Memory and disk, fullest instance",
            unit="%",
            lines={"memory": sent("mem_used_percent"), "disk": sent("disk_used_percent")},
            limits={"memory alarm": MEMORY_PERCENT, "disk alarm": FULL_PERCENT},
            most=100,
        ),
        Graph(
            title="Network of the instances",
            unit="bytes a minute",
            lines={"in": of_group("NetworkIn", "Sum"), "out": of_group("NetworkOut", "Sum")},
        ),
        Graph(
            title="Refused connections, all instances",
            unit="packets dropped",
            lines={"dropped": growth(sent(f"ethtool_{CONNECTIONS_REFUSED}"))},
        ),
    ]


def _of_controller(shown: Shown, package: str, name: str, statistic: str = "Maximum") -> Metric:
    cluster = shown.names.cluster
    return Metric(
        namespace=controllers.namespace(cluster),
        name=name,
        dimensions=controllers.dimensions(cluster, package),
        statistic=statistic,
    )


def _table(shown: Shown, which: str) -> Table:
    query = shown.queries[which]
    return Table(title=query.title, log_groups=[query.log_group], query=query.text)
