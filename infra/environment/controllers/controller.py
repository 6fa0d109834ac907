"""A controller: a function that reconciles every minute, and at once when an event hints that it should.

Events are hints only. A lost one costs a minute at most, a repeated one costs a pass that changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from lambdas.cluster import metrics

from ...common import iam
from ...common.alarms import Alarm
from ..cluster.cluster import Cluster
from ..conventions import Conventions
from ..monitoring.alarm_topic import AlarmTopic
from ..monitoring.dead_letters import DeadLetters, DeadLettersArgs
from .function import EVENT_AGE_S, Function, FunctionArgs
from .kill_switch import KillSwitch

TIMEOUT_S = 90
"""Seconds that a controller's function may run; a run that observes for most of a minute needs more than one."""

SILENT_MINUTES = 5
"""Minutes without a completed pass until somebody is called: a drain of the default 15 minutes still has time."""

LETTERS_KEPT_S, LETTERS_TOLERATED = 3600, 2
"""Seconds that letters are kept, and how many call nobody: a lost hint or a failed run is made good by the next.
The alarm ends by itself when they are gone."""


@dataclass(frozen=True, kw_only=True)
class ControllerArgs:
    """Inputs of Controller."""

    conventions: Conventions
    alarm_topic: AlarmTopic
    cluster: Cluster
    switch: KillSwitch
    package: str
    """Folder of lambdas/, and the controller's name."""
    description: str
    environment: Mapping[str, pulumi.Input[str]]
    statements: Sequence[Mapping[str, Any]]
    """What it may do besides reading the switch and publishing its metrics."""
    hints: Mapping[str, Mapping[str, Any]]
    """Name → event pattern: events after which it looks at once."""


class Controller(pulumi.ComponentResource):
    """A function on a schedule, with hints, dead letters and an alarm on its silence."""

    function: Function
    resources: list[pulumi.Resource]
    """All that it needs to work. What the controller has to outlive depends on them."""

    def __init__(self, name: str, args: ControllerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register the function and what wakes it."""
        super().__init__("ecs-platform:index:Controller", name, None, opts)
        self._name, self._args = name, args
        self._child_opts = pulumi.ResourceOptions(parent=self)
        location = args.conventions.location
        self._undelivered = DeadLetters(
            f"{name}-undelivered",
            DeadLettersArgs(
                location=location,
                sender="events.amazonaws.com",
                source_arn=location.arn("events", f"rule/{name}-*"),
                alarm_topic=args.alarm_topic,
                retention_s=LETTERS_KEPT_S,
                tolerated=LETTERS_TOLERATED,
            ),
            self._child_opts,
        )
        self.function = self._function()
        wakers = [*self._schedule(), *(resource for hint in args.hints for resource in self._hint(hint))]
        self._liveness()
        self.resources = [
            *self.function.resources, self._undelivered, args.switch.parameter, *args.cluster.resources, *wakers,
        ]  # fmt: skip
        self.register_outputs({"function_name": self.function.function_name})

    def _function(self) -> Function:
        args = self._args
        return Function(
            self._name,
            FunctionArgs(
                conventions=args.conventions,
                alarm_topic=args.alarm_topic,
                undelivered=self._undelivered,
                function_name=f"{args.conventions.names.cluster}-{args.package}",
                description=args.description,
                package=args.package,
                environment=args.environment,
                statements=[
                    *args.statements,
                    iam.allow(["ssm:GetParameter"], [args.switch.parameter_arn]),
                    iam.allow(
                        ["cloudwatch:PutMetricData"],
                        ["*"],
                        {"StringEquals": {"cloudwatch:namespace": metrics.NAMESPACE}},
                    ),
                ],
                timeout_s=TIMEOUT_S,
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
            policy=self._undelivered.known_arn.apply(
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
                "dead_letter_config": {"arn": self._undelivered.arn},
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
            dead_letter_config={"arn": self._undelivered.arn},
            retry_policy={"maximum_event_age_in_seconds": EVENT_AGE_S, "maximum_retry_attempts": 1},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[permission, self._undelivered.policy]),
        )
        return [rule, permission, target]

    def _liveness(self) -> None:
        self.alarm(
            "silent",
            Alarm(
                says=f"{self.function.function_name} has not completed a pass for {SILENT_MINUTES} minutes.",
                runbook="a-controller-is-silent",
                namespace=metrics.NAMESPACE,
                metric=metrics.COMPLETED_PASSES,
                dimensions=self.dimensions,
                comparison="LessThanThreshold",
                threshold=1,
                periods=SILENT_MINUTES,
                datapoints=SILENT_MINUTES,
                missing="breaching",
            ),
        )

    @property
    def dimensions(self) -> dict[str, str]:
        """Dimensions of the controller's metrics."""
        return metrics.dimensions(self._args.cluster.cluster_name, self._args.package)

    def alarm(self, name: str, alarm: Alarm) -> aws.cloudwatch.MetricAlarm:
        """An alarm on something that the controller measures."""
        return self._args.alarm_topic.alarm(f"{self._name}-{name}", alarm, self)
