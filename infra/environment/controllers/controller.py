"""A controller: a function that reconciles every minute, and within seconds when an event hints that it should.

Events are hints only. A lost one costs a minute at most, and however many come at once, one run looks for all of them
(lambdas/cluster/next_look.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from lambdas.cluster import metrics, wake

from ...common import iam
from ...common.alarms import Alarm
from ...common.measures import Metric
from ..cluster import Cluster
from ..conventions import Conventions
from ..monitoring import AlarmTopics, DeadLetterQueue, DeadLetterQueueArgs
from .function import EVENT_AGE_S, Function, FunctionArgs
from .kill_switch import KillSwitch

TIMEOUT_S = 90
"""Seconds that a controller's function may run, up to 900: one that observes for most of a minute needs more than one.
"""

SILENT_MINUTES = 5
"""Minutes without a completed pass that raise an alarm: a drain of the default 15 minutes still has time."""

UNREAD_MINUTES = 15
"""Minutes in which AWS must refuse a read, each of them, before an alarm: a single refusal is made up for at once."""

NO_LOOK = "none"
"""What the parameter of the next look holds before the first one."""

DEAD_LETTER_RETENTION_S, DEAD_LETTERS_TOLERATED = 3600, 2
"""Seconds that dead-letter messages are kept, and how many raise no alarm: the next pass makes up for a lost hint or a
failed run. The alarm is OK again when they are gone."""


@dataclass(frozen=True, kw_only=True)
class ControllerArgs:
    """What a controller does is in its package, permissions and hints; the rest is the same for all."""

    conventions: Conventions
    alarm_topics: AlarmTopics
    cluster: Cluster
    switch: KillSwitch
    package: str
    """Folder of lambdas/, and the controller's name."""
    memory_mib: int
    """MiB of its function; docs/benchmarks.md has what a run takes and costs with each size."""
    description: str
    environment: Mapping[str, pulumi.Input[str]]
    statements: Sequence[Mapping[str, Any]]
    """What it may do besides reading the switch and publishing its metrics."""
    hints: Mapping[str, Mapping[str, Any]]
    """Name → event pattern: events after which it makes a pass at once."""


class Controller(pulumi.ComponentResource):
    """A function on a schedule, with hints, a dead-letter queue and an alarm on missing passes."""

    function: Function
    resources: list[pulumi.Resource]
    """All that it needs to work. What the controller must outlive depends on them."""

    def __init__(self, name: str, args: ControllerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:Controller", name, None, opts)
        self._name, self._args = name, args
        self._child_opts = pulumi.ResourceOptions(parent=self)
        location = args.conventions.location
        self._dead_letters = DeadLetterQueue(
            f"{name}-dead-letter-queue",
            DeadLetterQueueArgs(
                location=location,
                sender="events.amazonaws.com",
                source_arn=location.arn("events", f"rule/{name}-*"),
                alarm_topics=args.alarm_topics,
                retention_s=DEAD_LETTER_RETENTION_S,
                tolerated=DEAD_LETTERS_TOLERATED,
            ),
            self._child_opts,
        )
        self._next_look = self._next_look_parameter()
        self.function = self._function()
        triggers = [*self._schedule(), *(resource for hint in args.hints for resource in self._hint(hint))]
        self.resources = [
            *self.function.resources, self._dead_letters, args.switch.parameter, self._next_look,
            *args.cluster.resources, *triggers,
        ]  # fmt: skip
        self.register_outputs({"function_name": self.function.function_name})

    def _next_look_parameter(self) -> aws.ssm.Parameter:
        return aws.ssm.Parameter(
            f"{self._name}-next-look",
            name=self._args.conventions.names.next_look(self._args.package),  # the function knows it by name
            type="String",
            insecure_value=NO_LOOK,
            description="when the controller looks next, and in which run: what events agree on",
            # The function writes it at every look.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["insecureValue", "value"]),
        )

    def _function(self) -> Function:
        args = self._args
        next_look = args.conventions.location.arn("ssm", f"parameter{args.conventions.names.next_look(args.package)}")
        return Function(
            self._name,
            FunctionArgs(
                conventions=args.conventions,
                alarm_topics=args.alarm_topics,
                dead_letters=self._dead_letters,
                function_name=args.conventions.names.function(args.package),
                description=args.description,
                package=args.package,
                environment=args.environment,
                statements=[
                    *args.statements,
                    iam.allow(["ssm:GetParameter"], [args.switch.parameter_arn]),
                    iam.allow(["ssm:GetParameter", "ssm:PutParameter"], [next_look]),
                    iam.allow(
                        ["cloudwatch:PutMetricData"],
                        ["*"],
                        {"StringEquals": {"cloudwatch:namespace": self.namespace}},
                    ),
                ],
                timeout_s=TIMEOUT_S,
                memory_mib=args.memory_mib,
            ),
            self._child_opts,
        )

    def _schedule(self) -> list[pulumi.Resource]:
        account = {"StringEquals": {"aws:SourceAccount": self._args.conventions.location.account}}
        role = aws.iam.Role(
            f"{self._name}-schedule",
            assume_role_policy=iam.trust("scheduler.amazonaws.com", account),
            permissions_boundary=self._args.conventions.permissions_boundary_arn,
            opts=self._child_opts,
        )
        policy = aws.iam.RolePolicy(
            f"{self._name}-schedule",
            role=role.id,
            policy=self._dead_letters.known_arn.apply(
                lambda queue: iam.document(
                    iam.allow(["lambda:InvokeFunction"], [self.function.arn]), iam.allow(["sqs:SendMessage"], [queue])
                )
            ),
            opts=self._child_opts,
        )
        schedule = aws.scheduler.Schedule(
            f"{self._name}-schedule",
            schedule_expression="rate(1 minute)",
            flexible_time_window={"mode": "OFF"},
            target={
                "arn": self.function.function.arn,
                "role_arn": role.arn,
                "input": json.dumps(wake.SCHEDULE),
                "dead_letter_config": {"arn": self._dead_letters.arn},
                "retry_policy": {"maximum_event_age_in_seconds": EVENT_AGE_S, "maximum_retry_attempts": 1},
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        return [role, policy, schedule]

    def _hint(self, hint: str) -> list[pulumi.Resource]:
        rule = aws.cloudwatch.EventRule(
            f"{self._name}-{hint}",
            description=f"Wakes {self.function.function_name}: {hint}",
            event_pattern=json.dumps(self._args.hints[hint]),
            opts=self._child_opts,
        )
        permission = aws.lambda_.Permission(
            f"{self._name}-{hint}",
            action="lambda:InvokeFunction",
            function=self.function.function.name,
            principal="events.amazonaws.com",
            source_arn=rule.arn,
            opts=self._child_opts,
        )
        target = aws.cloudwatch.EventTarget(
            f"{self._name}-{hint}",
            rule=rule.name,
            arn=self.function.function.arn,
            dead_letter_config={"arn": self._dead_letters.arn},
            retry_policy={"maximum_event_age_in_seconds": EVENT_AGE_S, "maximum_retry_attempts": 1},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[permission, self._dead_letters.policy]),
        )
        return [rule, permission, target]

    def alarm_on_silence(self, after: pulumi.Resource) -> None:
        """An alarm on missing passes, `after` the group is there: without one, no pass counts (cluster/liveness.py)."""
        self._args.alarm_topics.alarm(
            f"{self._name}-silent",
            Alarm(
                summary=f"{self.function.function_name} has not completed a pass for {SILENT_MINUTES} minutes.",
                runbook="a-controller-is-silent",
                measure=self.metric(metrics.COMPLETED_PASSES),
                severity="page",
                comparison="LessThanThreshold",
                threshold=1,
                periods=SILENT_MINUTES,
                datapoints=SILENT_MINUTES,
                missing="breaching",
            ),
            self,
            after=after,
        )

    def metric(self, name: str, statistic: str = "Sum") -> Metric:
        """Something that the controller measures."""
        return Metric(namespace=self.namespace, name=name, dimensions=self.dimensions, statistic=statistic)

    @property
    def namespace(self) -> str:
        """Namespace of the controller's metrics: of this cluster alone."""
        return metrics.namespace(self._args.cluster.cluster_name)

    @property
    def dimensions(self) -> dict[str, str]:
        """Dimensions of the controller's metrics."""
        return metrics.dimensions(self._args.cluster.cluster_name, self._args.package)

    def alarm(self, name: str, alarm: Alarm, cause: pulumi.Input[str] | None = None) -> aws.cloudwatch.MetricAlarm:
        """An alarm on something that the controller measures; alarm_to says what a `cause` is."""
        return self._args.alarm_topics.alarm(f"{self._name}-{name}", alarm, self, cause=cause)


def unread_parts(of: Controller) -> Alarm:
    """An alarm on what a controller may not read, for long."""
    return Alarm(
        summary="AWS keeps refusing what the controller reads.",
        runbook="failed-actions",
        measure=of.metric(metrics.UNREAD_PARTS, "Maximum"),
        threshold=1,
        periods=UNREAD_MINUTES,
        datapoints=UNREAD_MINUTES,
    )
