"""The capacity controller: the cluster has the size that its tasks need (lambdas/capacity)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from lambdas.capacity import metrics
from lambdas.capacity import settings as controller
from lambdas.cluster.disruption import Disruption
from lambdas.cluster.metrics import FAILED_ACTIONS

from ...common import iam
from ...common.alarms import Alarm, Severity
from ...common.location import Location
from ...common.names import Names
from ..cluster import Cluster
from ..conventions import Conventions
from ..instances import RESERVED_MEMORY_MIB, Promise, fit
from ..monitoring import AlarmTopics
from ..quotas import used_before_a_rollout
from .controller import Controller, ControllerArgs, unread_parts
from .kill_switch import KillSwitch
from .target import target

UNMET_MINUTES = 15
"""Minutes that tasks may lack room before an alarm: a boot takes about five, and may fail once."""

FREE_ADDRESSES_PERCENT = 20
"""Percent of a subnet's addresses. More where a rollout takes more, with its further instances and their tasks."""

MEMORY_MIB = 512
"""With 5,000 instances and 300 services every run ends within a quarter of the time limit. With 256 the first one does
not, and one under `capacity.zoneLoss` hardly does; larger sizes pay for waiting (docs/benchmarks.md)."""


@dataclass(frozen=True, kw_only=True)
class CapacityControllerArgs:
    """Hardware, promise and thresholds; they are checked together, so that the size cannot flap."""

    conventions: Conventions
    alarm_topics: AlarmTopics
    cluster: Cluster
    switch: KillSwitch
    instance_types: Sequence[str]
    trunking: bool
    promise: Promise
    """The largest promised task: there is room for one more of it, also in a cluster without services."""
    grow: controller.Grow
    shrink: controller.Shrink
    disruption: Disruption
    max_healthy_percent: int
    """Upper limit of the group during a rollout, in percent: it needs addresses beside those that are taken."""

    def __post_init__(self) -> None:
        settings = self.settings()
        slots = max(fit.slots(kind, self.promise, trunking=self.trunking) for kind in self.instance_types)
        problems = controller.flapping_problems(
            out_below=settings.out_below(), in_from=settings.in_from(slots), slots_per_instance=slots
        )
        if problems:
            raise ValueError("; ".join(problems))

    def settings(self) -> controller.Settings:
        """The same as the function reads it. Raises ValueError with every problem."""
        names = self.conventions.names
        return controller.Settings(
            target=target(names, metrics.CONTROLLER),
            hardware=controller.Hardware(
                instance_types=tuple(self.instance_types),
                trunking=self.trunking,
                reserved_memory_mib=RESERVED_MEMORY_MIB,
            ),
            floor=controller.Floor(
                cpu_units=self.promise.largest_task_cpu_units, memory_mib=self.promise.largest_task_memory_mib
            ),
            grow=self.grow,
            shrink=self.shrink,
            disruption=self.disruption,
        )


class CapacityController(pulumi.ComponentResource):
    """Measures schedulable tasks and sets the group's size: it scales out at once, and in by a share at a time."""

    at_maximum: aws.cloudwatch.MetricAlarm
    """In ALARM while the group may not grow: the cause of services that run too few tasks."""

    def __init__(self, name: str, args: CapacityControllerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:CapacityController", name, None, opts)
        names, location = args.conventions.names, args.conventions.location
        self._controller = Controller(
            name,
            ControllerArgs(
                conventions=args.conventions,
                alarm_topics=args.alarm_topics,
                cluster=args.cluster,
                switch=args.switch,
                package=metrics.CONTROLLER,
                memory_mib=MEMORY_MIB,
                description=f"Gives {names.cluster} the size that its tasks need",
                environment=args.settings().environment(),
                statements=statements(location, names),
                hints={"placement": placement_failures(location, names)},
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.at_maximum = self._alarm(
            metrics.AT_MAXIMUM,
            "Tasks need more instances than maxSize allows.",
            "at-maximum-size",
            3,
            "page",
            name=names.at_maximum_alarm,
        )
        # A cluster that may not grow leaves tasks without room: that is said already.
        self._alarm(
            metrics.UNMET_TASKS,
            "Tasks have lacked room for long.",
            "demand-unmet",
            UNMET_MINUTES,
            "page",
            cause=self.at_maximum.arn,
        )
        several = "Of several groups none is scaled."
        self._alarm(metrics.SEVERAL_GROUPS, several, "several-groups", UNMET_MINUTES, "page")
        for metric, summary, runbook, minutes in (
            (metrics.UNPLACEABLE_TASKS, "Tasks are larger than an empty instance.", "unplaceable-tasks", 3),
            (metrics.STUCK_TASKS, "Tasks wait for something else than instances.", "stuck-tasks", UNMET_MINUTES),
            (FAILED_ACTIONS, "AWS keeps refusing what the controller does.", "failed-actions", 3),
        ):
            self._alarm(metric, summary, runbook, minutes)
        self._controller.alarm("many-interfaces", many_interfaces(self._controller, args.max_healthy_percent))
        self._controller.alarm("unread-parts", unread_parts(self._controller))
        self._controller.alarm("few-addresses", few_addresses(self._controller, args.max_healthy_percent))
        self.register_outputs({})

    def alarm_on_silence(self, after: pulumi.Resource) -> None:
        """As Controller does."""
        self._controller.alarm_on_silence(after)

    def _alarm(
        self,
        metric: str,
        summary: str,
        runbook: str,
        minutes: int,
        severity: Severity = "ticket",
        *,
        cause: pulumi.Input[str] | None = None,
        name: str | None = None,
    ) -> aws.cloudwatch.MetricAlarm:
        alarm = Alarm(
            summary=summary,
            runbook=runbook,
            measure=self._controller.metric(metric, "Maximum"),
            threshold=1,
            severity=severity,
            periods=max(minutes, 5),
            datapoints=minutes,
            name=name,
        )
        return self._controller.alarm(runbook, alarm, cause)


def many_interfaces(of: Controller, max_healthy_percent: int) -> Alarm:
    """An alarm on the account's quota of network interfaces: beyond it no task with its own one starts."""
    used_percent = used_before_a_rollout(max_healthy_percent)
    return Alarm(
        summary=f"{used_percent} percent or more of the account's quota of network interfaces are in use.",
        runbook="a-quota-is-nearly-used-up",
        measure=of.metric(metrics.INTERFACES_PERCENT, "Maximum"),
        threshold=used_percent,
        period_s=60 * metrics.INTERFACES_MINUTES,
    )


def few_addresses(of: Controller, max_healthy_percent: int) -> Alarm:
    """An alarm on subnets that are nearly full: no setting adds addresses to one."""
    free_percent = max(FREE_ADDRESSES_PERCENT, 100 - 100 * 100 // max_healthy_percent)
    return Alarm(
        summary=f"Less than {free_percent} percent of a subnet's addresses are free.",
        runbook="a-subnet-is-nearly-full",
        measure=of.metric(metrics.FREE_ADDRESSES_PERCENT, "Minimum"),
        comparison="LessThanThreshold",
        threshold=free_percent,
        periods=UNMET_MINUTES,
        datapoints=UNMET_MINUTES,
    )


def placement_failures(location: Location, names: Names) -> Mapping[str, Any]:
    """The event of ECS for a task that found no room (its developer guide, "Service action events")."""
    return {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Service Action"],
        "detail": {
            "eventName": ["SERVICE_TASK_PLACEMENT_FAILURE"],
            "clusterArn": [location.arn("ecs", f"cluster/{names.cluster}")],
        },
    }


def statements(location: Location, names: Names) -> list[dict[str, Any]]:
    """What the controller calls, each on this environment's own resources."""
    cluster = location.arn("ecs", f"cluster/{names.cluster}")
    in_cluster = {"ArnEquals": {"ecs:cluster": cluster}}
    group = location.arn("autoscaling", f"autoScalingGroup:*:autoScalingGroupName/{names.group_prefix}*")
    container_instances = location.arn("ecs", f"container-instance/{names.cluster}/*")
    return [
        iam.allow(
            [
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeInstanceRefreshes",
                "cloudwatch:GetMetricData",
                "cloudwatch:GetMetricStatistics",
                "ec2:DescribeInstances",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSubnets",
                "ecs:DescribeTaskDefinition",
                "servicequotas:GetServiceQuota",
            ],
            ["*"],  # none of them can be narrowed
        ),
        iam.allow(["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"], [group]),
        iam.allow(["ecs:ListContainerInstances"], [cluster]),
        # Tasks are also listed by service, and AWS asks that of every resource: the condition is what narrows it.
        iam.allow(["ecs:ListServices", "ecs:ListTasks"], ["*"], in_cluster),
        iam.allow(["ecs:DescribeContainerInstances"], [container_instances], in_cluster),
        iam.allow(
            ["ecs:DescribeTasks", "ecs:GetTaskProtection"], [location.arn("ecs", f"task/{names.cluster}/*")], in_cluster
        ),
        iam.allow(["ecs:DescribeServices"], [location.arn("ecs", f"service/{names.cluster}/*")], in_cluster),
    ]
