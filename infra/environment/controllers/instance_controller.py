"""The instance controller: instances come and go without losing a request (lambdas/instances)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pulumi

from lambdas.cluster.disruption import Disruption
from lambdas.cluster.lifecycle_hooks import DRAINING_HOOK, READINESS_HOOK
from lambdas.cluster.metrics import FAILED_ACTIONS, PAUSED, SWITCH_UNKNOWN, UNREAD_PARTS
from lambdas.instances import metrics
from lambdas.instances import settings as controller

from ...common import iam
from ...common.alarms import Alarm, Severity
from ...common.location import Location
from ...common.names import MANAGED_BY, Names
from ..cluster import Cluster
from ..conventions import Conventions
from ..monitoring import AlarmTopics
from .controller import TIMEOUT_S, Controller, ControllerArgs
from .kill_switch import KillSwitch
from .target import target

WINDOW_MINUTES = 5
"""Minutes that an alarm looks back where a single minute means nothing."""

LOST_MINUTES = 15
"""Minutes that an instance may be useless: one that is replaced is gone by then, so what is left needs a person."""

ABANDONED = 2
"""Launches abandoned within an hour from which on somebody is told: a single one is replaced by itself. A rollout is
rolled back at the first, and the alarm *rollout blocked* tells."""

LOST_AGENTS = 3
"""Instances replaced within an hour from which on it is no accident: an agent fails seldom, an image fails for all."""

LONGEST_ALARM_HOURS = 168
"""Hours that an alarm can look back in periods of an hour (CloudWatch API reference, PutMetricAlarm)."""

PAUSED_MINUTES = 30
"""Minutes of a pause before an alarm: the hooks of the default deadlines end after 12 and 17 minutes, so a pause that
lasts is a forgotten one."""

ROLLBACK_ALARMS = {
    "readiness-abandoned": "A new instance never connected its agent.",
    "drain-deadline": "An instance did not empty in time.",
}
"""The controller's own alarms that fail a rollout: runbook → what is wrong."""

MEMORY_MIB = 256
"""With 5,000 instances a pass ends well within a quarter of the time limit. While something moves, most of a run is
waiting, which costs twice as much with 512 (docs/benchmarks.md)."""


@dataclass(frozen=True, kw_only=True)
class InstanceControllerArgs:
    """The sections of the controller's settings, and what it works on."""

    conventions: Conventions
    alarm_topics: AlarmTopics
    cluster: Cluster
    switch: KillSwitch
    instance_types: Sequence[str]
    """What a rollout may launch."""
    ready: controller.Ready
    drain: controller.Drain
    watch: controller.Watch
    rollout: controller.Rollout
    """Its alarms are those of `rollback_alarms`."""
    disruption: Disruption
    """How many a renewal replaces at once, and when none begins."""
    renewal: controller.Renewal = field(default_factory=controller.Renewal)
    """When instances are replaced for their age. By default never."""
    image_released: date | None = None
    """The day on which the instances' image was published. By default nobody knows, and nothing watches its age."""
    max_image_age_days: int = 60
    """Days after which an image is old, 1 or more. By default 60: AWS publishes a new one every few weeks."""
    pace: controller.Pace = field(default_factory=controller.Pace)
    """How often one invocation looks. By default for most of a minute while something is in motion."""

    def __post_init__(self) -> None:
        if problems := self.settings().pace_problems(TIMEOUT_S):
            raise ValueError("; ".join(problems))

    def settings(self) -> controller.Settings:
        """The same as the function reads it. Raises ValueError with every problem."""
        return controller.Settings(
            target=target(self.conventions.names, metrics.CONTROLLER),
            ready=self.ready,
            drain=self.drain,
            watch=self.watch,
            rollout=self.rollout,
            renewal=self.renewal,
            disruption=self.disruption,
            image=controller.Image(released=self.image_released.isoformat() if self.image_released else ""),
            pace=self.pace,
        )


def rollback_alarms(names: Names) -> tuple[str, ...]:
    """Names of the alarms that fail a rollout: its own, and errors that the load balancer answers for lack of targets.

    A shortage of capacity is not among them: in a roll it is normal. Nor is what applications answer: they have
    deployments, alarms and a rollback of their own.
    """
    return (*_own(names).values(), names.load_balancer_alarm, names.no_targets_alarm)


def _own(names: Names) -> dict[str, str]:
    return {runbook: f"{names.cluster}-{runbook}" for runbook in ROLLBACK_ALARMS}


class InstanceController(pulumi.ComponentResource):
    """Completes the hooks, watches the agents, rolls out templates, renews old instances and removes ghosts."""

    resources: list[pulumi.Resource]
    """The group depends on them: while it is destroyed, the controller still drains it."""

    def __init__(self, name: str, args: InstanceControllerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:InstanceController", name, None, opts)
        names, location = args.conventions.names, args.conventions.location
        self._settings = args.settings()
        self._controller = Controller(
            name,
            ControllerArgs(
                conventions=args.conventions,
                alarm_topics=args.alarm_topics,
                cluster=args.cluster,
                switch=args.switch,
                package=metrics.CONTROLLER,
                memory_mib=MEMORY_MIB,
                description=f"Brings instances of {names.cluster} into service, drains and replaces them",
                environment=args.settings().environment(),
                statements=statements(location, names, args.instance_types),
                hints={"lifecycle": lifecycle_events(names)},
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.resources = self._controller.resources
        self._alarms(names, args.max_image_age_days)
        self.register_outputs({})

    def alarm_on_silence(self, after: pulumi.Resource) -> None:
        """As Controller does."""
        self._controller.alarm_on_silence(after)

    def _alarms(self, names: Names, max_image_age_days: int) -> None:
        # `launches_abandoned` tells of several; one is replaced by itself.
        self._fails_a_rollout("readiness-abandoned", metrics.READINESS_ABANDONED, None, names)
        self._fails_a_rollout("drain-deadline", metrics.DRAIN_DEADLINES, "page", names)
        runbooks = {
            "unregistered-instances": "useless-instances",
            "paused": "the-controllers-are-paused",
            "switch-unknown": "the-controllers-are-paused",
            "unread-parts": "failed-actions",
        }
        mostly = (
            ("failed-actions", FAILED_ACTIONS, "AWS keeps refusing what the controller does."),
            ("rollout-blocked", metrics.ROLLOUTS_BLOCKED, "The wanted template failed and is not tried again."),
            ("instances-retained", metrics.INSTANCES_RETAINED, "Instances that did not empty are retained."),
            ("instances-unplanned", metrics.INSTANCES_UNPLANNED, "Instances are left alone that nobody understands."),
            ("switch-unknown", SWITCH_UNKNOWN, "The kill switch holds a word that nobody knows."),
        )
        for logical, metric, summary in mostly:
            self._alarm(logical, metric, summary, runbooks.get(logical, logical), periods=WINDOW_MINUTES, datapoints=3)
        lasting = (
            ("useless-instances", metrics.AGENTS_LOST, "Instances without an agent are not replaced.", LOST_MINUTES),
            (
                "unregistered-instances",
                metrics.INSTANCES_UNREGISTERED,
                "ECS does not know instances in service.",
                LOST_MINUTES,
            ),
            ("paused", PAUSED, "The controllers are paused.", PAUSED_MINUTES),
            ("unread-parts", UNREAD_PARTS, "AWS keeps refusing what the controller reads.", LOST_MINUTES),
        )
        for logical, metric, summary, minutes in lasting:
            runbook = runbooks.get(logical, logical)
            self._alarm(logical, metric, summary, runbook, periods=minutes, datapoints=minutes)
        self._controller.alarm("launches-abandoned", launches_abandoned(self._controller))
        self._controller.alarm("agent-lost", agents_lost(self._controller))
        self._controller.alarm("rollout-waits", rollout_waits(self._controller, self._settings))
        self._controller.alarm("image-old", image_old(self._controller, max_image_age_days))

    def _fails_a_rollout(self, runbook: str, metric: str, severity: Severity | None, names: Names) -> None:
        """An alarm that the instance refresh watches, by its name."""
        alarm = Alarm(
            summary=ROLLBACK_ALARMS[runbook],
            runbook=runbook,
            measure=self._controller.metric(metric, "Maximum"),
            threshold=1,
            severity=severity,
            name=_own(names)[runbook],
        )
        self._controller.alarm(runbook, alarm)

    def _alarm(self, logical: str, metric: str, summary: str, runbook: str, *, periods: int, datapoints: int) -> None:
        alarm = Alarm(
            summary=summary,
            runbook=runbook,
            measure=self._controller.metric(metric, "Maximum"),
            threshold=1,
            periods=periods,
            datapoints=datapoints,
        )
        self._controller.alarm(logical, alarm)


def launches_abandoned(of: Controller) -> Alarm:
    """An alarm on new instances that are abandoned again and again: what is wrong is no accident of one machine."""
    return Alarm(
        summary=f"{ABANDONED} new instances or more never connected their agents within an hour.",
        runbook="readiness-abandoned",
        measure=of.metric(metrics.READINESS_ABANDONED),
        threshold=ABANDONED,
        period_s=3600,
    )


def agents_lost(of: Controller) -> Alarm:
    """An alarm on instances that lose their agents again and again: one that is replaced needs nobody."""
    return Alarm(
        summary=f"{LOST_AGENTS} instances or more lost their agents within an hour, and were replaced.",
        runbook="agent-lost",
        measure=of.metric(metrics.INSTANCES_MARKED_UNHEALTHY),
        threshold=LOST_AGENTS,
        period_s=3600,
    )


def image_old(of: Controller, max_age_days: int) -> Alarm:
    """An alarm on an image that lacks the security fixes of so many days: nobody has deployed a newer one."""
    return Alarm(
        summary=f"The image that instances start from was published {max_age_days} days ago or earlier.",
        runbook="the-image-is-old",
        measure=of.metric(metrics.IMAGE_AGE_DAYS, "Maximum"),
        threshold=max_age_days,
        # A day that the controller does not measure makes no image younger.
        missing="ignore",
    )


def rollout_waits(of: Controller, settings: controller.Settings) -> Alarm:
    """An alarm on a wanted version that is not what runs for longer than its rollout takes while it proceeds."""
    hours = rollout_hours(settings)
    return Alarm(
        summary="A wanted template version is still not what all instances run.",
        runbook="rollout-waits",
        measure=of.metric(metrics.ROLLOUTS_WAITING, "Minimum"),
        threshold=1,
        period_s=3600,
        periods=hours,
        datapoints=hours,
    )


def rollout_hours(settings: controller.Settings) -> int:
    """Hours that a rollout takes at most while it proceeds, as far as an alarm can look back."""
    return min(LONGEST_ALARM_HOURS, math.ceil(settings.rollout_s() / 3600))


def lifecycle_events(names: Names) -> Mapping[str, Any]:
    """The pattern of both lifecycle actions of this environment's groups (Auto Scaling user guide, event reference)."""
    return {
        "source": ["aws.autoscaling"],
        "detail-type": ["EC2 Instance-launch Lifecycle Action", "EC2 Instance-terminate Lifecycle Action"],
        "detail": {
            "AutoScalingGroupName": [{"prefix": names.group_prefix}],
            "LifecycleHookName": [READINESS_HOOK, DRAINING_HOOK],
        },
    }


def statements(location: Location, names: Names, instance_types: Sequence[str]) -> list[dict[str, Any]]:
    """What the controller calls, each on this environment's own resources."""
    cluster = location.arn("ecs", f"cluster/{names.cluster}")
    in_cluster = {"ArnEquals": {"ecs:cluster": cluster}}
    container_instances = location.arn("ecs", f"container-instance/{names.cluster}/*")
    tasks = location.arn("ecs", f"task/{names.cluster}/*")
    groups = location.arn("autoscaling", f"autoScalingGroup:*:autoScalingGroupName/{names.group_prefix}*")
    return [
        iam.allow(
            [
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeInstanceRefreshes",
                "autoscaling:DescribeLifecycleHooks",
                "autoscaling:DescribeScalingActivities",
                "ec2:DescribeInstances",
                "ecs:DescribeTaskDefinition",
            ],
            ["*"],  # none of them can be narrowed
        ),
        iam.allow(
            [
                "autoscaling:CompleteLifecycleAction",
                "autoscaling:EnableMetricsCollection",
                "autoscaling:RecordLifecycleActionHeartbeat",
                "autoscaling:SetInstanceHealth",
                "autoscaling:StartInstanceRefresh",
            ],
            [groups],
        ),
        iam.allow(["ecs:ListContainerInstances", "ecs:DeregisterContainerInstance"], [cluster]),
        iam.allow(["ecs:ListServices"], ["*"], in_cluster),
        iam.allow(
            [
                "ecs:DescribeContainerInstances",
                "ecs:ListTasks",
                "ecs:PutAttributes",
                "ecs:UpdateContainerInstancesState",
            ],
            [container_instances],
            in_cluster,
        ),
        iam.allow(["ecs:DescribeTasks", "ecs:GetTaskProtection", "ecs:StopTask"], [tasks], in_cluster),
        iam.allow(["ecs:DescribeServices"], [location.arn("ecs", f"service/{names.cluster}/*")], in_cluster),
        *_launching(location, names, instance_types),
    ]


def _launching(location: Location, names: Names, instance_types: Sequence[str]) -> list[dict[str, Any]]:
    """What Auto Scaling asks of whoever starts a refresh to a template version: the rights to launch from it.

    No instance but of these types, in the subnets and with the template and the role of this environment, from an image
    of Amazon's (EC2 in the service authorization reference, RunInstances: condition keys of each type of resource).
    """
    profile = location.iam_arn(f"instance-profile/{names.group_prefix}*")
    role = location.iam_arn(f"role/{names.instance_role_prefix}*")
    image = f"arn:{location.partition}:ec2:{location.region}::image/*"
    from_template = {"ec2:LaunchTemplate": location.arn("ec2", "launch-template/*")}
    ours = {"aws:ResourceTag/environment": names.environment, "aws:ResourceTag/managed-by": MANAGED_BY}
    launched = _kinds(location, "volume", "network-interface", "spot-instances-request")
    instance, existing = _kinds(location, "instance"), _kinds(location, "subnet", "security-group", "launch-template")
    return [
        iam.allow(["ec2:RunInstances"], launched, {"ArnLike": from_template}),
        iam.allow(
            ["ec2:RunInstances"],
            instance,
            {
                "ArnLike": from_template | {"ec2:InstanceProfile": profile},
                "StringEquals": {"ec2:InstanceType": list(instance_types)},
            },
        ),
        iam.allow(["ec2:RunInstances"], [image], {"ArnLike": from_template, "StringEquals": {"ec2:Owner": "amazon"}}),
        iam.allow(["ec2:RunInstances"], existing, {"ArnLike": from_template, "StringEquals": ours}),
        iam.allow(
            ["ec2:CreateTags"],
            [*instance, *_kinds(location, "volume", "network-interface")],
            {"StringEquals": {"ec2:CreateAction": "RunInstances"}},
        ),
        iam.allow(["cloudwatch:DescribeAlarms"], [location.arn("cloudwatch", "alarm:*")]),
        iam.allow(["iam:PassRole"], [role], {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}),
    ]


def _kinds(location: Location, *kinds: str) -> list[str]:
    return [location.arn("ec2", f"{kind}/*") for kind in kinds]
