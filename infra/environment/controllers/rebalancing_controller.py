"""The rebalancing controller: tasks go where there is more room than where they stand (lambdas/rebalancing)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from lambdas.cluster.disruption import BUDGET, Disruption
from lambdas.cluster.metrics import FAILED_ACTIONS
from lambdas.cluster.tags import MOVE
from lambdas.rebalancing import metrics
from lambdas.rebalancing import settings as controller

from ...common import iam
from ...common.alarms import Alarm
from ...common.location import Location
from ...common.names import Names
from ..cluster import Cluster
from ..conventions import Conventions
from ..monitoring import AlarmTopics
from .controller import Controller, ControllerArgs, unread_parts
from .kill_switch import KillSwitch
from .target import target

GIVEN_UP_MINUTES = 30
"""Minutes that a service may be left alone before somebody is told: a deployment that goes on ends it by itself."""

LONGEST_DRY_RUN_DAYS = 365

MEMORY_MIB = 512
"""As the capacity controller, which reads the same of a cluster; not measured by itself."""


@dataclass(frozen=True, kw_only=True)
class RebalancingControllerArgs:
    """How tasks are moved, how many at once, and how long that is only told."""

    conventions: Conventions
    alarm_topics: AlarmTopics
    cluster: Cluster
    switch: KillSwitch
    dry_run_days: int = 7
    """Days in which moves are only told, 0 to 365. By default a week; with 0 tasks are moved at once."""
    moves: controller.Moves = field(default_factory=controller.Moves)
    """How many services at a time, and how long each step takes. By default as the controller says."""
    disruption: Disruption = BUDGET
    """What may be moved at a time, and when. By default a tenth of the cluster's tasks, at any time."""

    def __post_init__(self) -> None:
        if not 0 <= self.dry_run_days <= LONGEST_DRY_RUN_DAYS:
            raise ValueError(f"dry_run_days: must be 0 to {LONGEST_DRY_RUN_DAYS}, got {self.dry_run_days}")
        self.settings()

    def settings(self) -> controller.Settings:
        """The same as the function reads it. Raises ValueError with every problem."""
        names = self.conventions.names
        return controller.Settings(
            target=target(names, metrics.CONTROLLER),
            dry_run=controller.DryRun(parameter=names.rebalancing_dry_run),
            moves=self.moves,
            disruption=self.disruption,
        )


class RebalancingController(pulumi.ComponentResource):
    """Moves tasks of services from too full instances and zones to emptier ones, a few at a time."""

    def __init__(self, name: str, args: RebalancingControllerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:RebalancingController", name, None, opts)
        names, location = args.conventions.names, args.conventions.location
        aws.ssm.Parameter(
            f"{name}-dry-run",
            name=names.rebalancing_dry_run,  # the function knows it by name
            type="String",
            insecure_value=str(args.dry_run_days),
            allowed_pattern=r"^\d{1,3}$",
            description="days from the last change of this parameter (LastModifiedDate) in which moves of tasks are "
            "only told; 0: they are made at once",
            opts=pulumi.ResourceOptions(parent=self),
        )
        self._controller = Controller(
            name,
            ControllerArgs(
                conventions=args.conventions,
                alarm_topics=args.alarm_topics,
                cluster=args.cluster,
                switch=args.switch,
                package=metrics.CONTROLLER,
                memory_mib=MEMORY_MIB,
                description=f"Moves tasks of {names.cluster} to emptier instances",
                environment=args.settings().environment(),
                statements=statements(location, names),
                hints={},  # it looks at a service every few minutes: no event makes it urgent
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self._alarm(
            "moves-do-not-help",
            metrics.SERVICES_GIVEN_UP,
            "Moves did not help services, which are left as they stand.",
            minutes=GIVEN_UP_MINUTES,
        )
        # Of a service that it looks at every few minutes, a refused action is no row of minutes.
        self._alarm("failed-actions", FAILED_ACTIONS, "AWS keeps refusing what the controller does.", minutes=3, of=60)
        self._controller.alarm("unread-parts", unread_parts(self._controller))
        self.register_outputs({})

    def alarm_on_silence(self, after: pulumi.Resource) -> None:
        """As Controller does."""
        self._controller.alarm_on_silence(after)

    def _alarm(self, runbook: str, metric: str, summary: str, *, minutes: int, of: int = 5) -> None:
        alarm = Alarm(
            summary=summary,
            runbook=runbook,
            measure=self._controller.metric(metric, "Maximum"),
            threshold=1,
            periods=max(minutes, of),
            datapoints=minutes,
        )
        self._controller.alarm(runbook, alarm)


def statements(location: Location, names: Names) -> list[dict[str, Any]]:
    """What the controller calls, each on this environment's own resources."""
    cluster = location.arn("ecs", f"cluster/{names.cluster}")
    in_cluster = {"ArnEquals": {"ecs:cluster": cluster}}
    services, tasks = (location.arn("ecs", f"{kind}/{names.cluster}/*") for kind in ("service", "task"))
    return [
        iam.allow(
            [
                "application-autoscaling:DescribeScalableTargets",
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeInstanceRefreshes",
                "ecs:DescribeTaskDefinition",
                "elasticloadbalancing:DescribeTargetHealth",
            ],
            ["*"],  # none of them can be narrowed
        ),
        iam.allow(["ecs:ListContainerInstances"], [cluster]),
        # Tasks are listed by service, and AWS asks that of every resource: the condition is what narrows it.
        iam.allow(["ecs:ListServices", "ecs:ListTasks"], ["*"], in_cluster),
        iam.allow(
            ["ecs:DescribeContainerInstances"],
            [location.arn("ecs", f"container-instance/{names.cluster}/*")],
            in_cluster,
        ),
        iam.allow(["ecs:DescribeTasks", "ecs:GetTaskProtection", "ecs:UpdateTaskProtection"], [tasks], in_cluster),
        iam.allow(["ecs:DescribeServices"], [services], in_cluster),
        # How many tasks there are, and never what they run.
        iam.allow(["ecs:UpdateService"], [services], in_cluster | {"Null": {"ecs:task-definition": "true"}}),
        iam.allow(
            ["ecs:TagResource", "ecs:UntagResource"],
            [services],
            {"ForAllValues:StringEquals": {"aws:TagKeys": [MOVE]}, "Null": {"aws:TagKeys": "false"}},
        ),
        iam.allow(["ssm:GetParameter"], [location.arn("ssm", f"parameter{names.rebalancing_dry_run}")]),
    ]
