"""One Lambda function: code of this repository, a role that may do what the code calls, and nothing lost in silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws

import lambdas

from ...common import iam
from ...common.alarms import Alarm
from ...common.measures import Metric
from ...common.names import function_log_group
from ..conventions import Conventions
from ..monitoring import AlarmTopics, DeadLetterQueue

SOURCES = Path(lambdas.__file__).parent
"""The code of all functions: a folder of this repository, and a part of the library's wheel."""

RETRIES, EVENT_AGE_S = 0, 60
"""Asynchronous calls are not repeated, and dropped after a minute (the least that Lambda offers): by then a newer run
has looked at the same world. What is dropped goes to the dead-letter queue (Lambda, PutFunctionEventInvokeConfig)."""

FAILING_MINUTES = 3
"""Minutes of the last five with an error that raise an alarm: the next run makes up for a single failed one."""


@dataclass(frozen=True, kw_only=True)
class FunctionArgs:
    """The code, what it may do and where its failures go."""

    conventions: Conventions
    alarm_topics: AlarmTopics
    dead_letters: DeadLetterQueue
    """Receives the events of failed asynchronous calls."""
    function_name: str
    """Known in a preview: its log group and those who call it refer to it."""
    description: str
    package: str
    """Folder of lambdas/ with a handler.py; the shared package `cluster` comes along."""
    environment: Mapping[str, pulumi.Input[str]]
    statements: Sequence[Mapping[str, Any]]
    """What the code may do; its logs, traces and dead-letter messages are added."""
    timeout_s: int
    """Seconds, up to 900 (Lambda quotas)."""
    memory_mib: int
    """MiB, 128 to 10240. CPU comes with it: one vCPU at 1,769 (Lambda developer guide, function memory)."""


class Function(pulumi.ComponentResource):
    """A Python function on arm64 with its log group, role and alarms. boto3 comes with the runtime: no layer."""

    function_name: str
    arn: str
    """Known in a preview."""
    function: aws.lambda_.Function
    resources: list[pulumi.Resource]
    """All that must be there for the function to do its work."""

    def __init__(self, name: str, args: FunctionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:Function", name, None, opts)
        self._name, self._args = name, args
        self._child_opts = pulumi.ResourceOptions(parent=self)
        self.function_name = args.function_name
        self.arn = args.conventions.location.arn("lambda", f"function:{args.function_name}")
        log_group_name = function_log_group(args.function_name)
        logs = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=log_group_name,  # Lambda writes to this name
            retention_in_days=args.conventions.log_retention_days,
            kms_key_id=args.conventions.key_arn,
            opts=self._child_opts,
        )
        role, policy = self._role(logs_arn=args.conventions.location.log_group_arn(log_group_name))
        self.function = self._function(role, [logs, policy])
        failures = aws.lambda_.FunctionEventInvokeConfig(
            f"{name}-failures",
            function_name=self.function.name,
            maximum_retry_attempts=RETRIES,
            maximum_event_age_in_seconds=EVENT_AGE_S,
            destination_config={"on_failure": {"destination": args.dead_letters.arn}},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        self._alarms()
        self.resources = [logs, role, policy, self.function, failures]
        self.register_outputs({"function_name": self.function_name})

    def _role(self, logs_arn: str) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        args = self._args
        role = aws.iam.Role(
            f"{self._name}-role",
            assume_role_policy=iam.trust("lambda.amazonaws.com"),
            permissions_boundary=args.conventions.permissions_boundary_arn,
            opts=self._child_opts,
        )
        own = [
            iam.allow(["logs:CreateLogStream", "logs:PutLogEvents"], [f"{logs_arn}:*"]),
            iam.allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ["*"]),
        ]
        policy = aws.iam.RolePolicy(
            f"{self._name}-role",
            role=role.id,
            policy=args.dead_letters.known_arn.apply(
                lambda queue: iam.document(*args.statements, *own, iam.allow(["sqs:SendMessage"], [queue]))
            ),
            opts=self._child_opts,
        )
        return role, policy

    def _function(self, role: aws.iam.Role, depends_on: list[pulumi.Resource]) -> aws.lambda_.Function:
        args = self._args
        return aws.lambda_.Function(
            f"{self._name}-function",
            name=args.function_name,  # the log group is made before the function, under its name
            description=args.description,
            role=role.arn,
            runtime="python3.13",
            architectures=["arm64"],
            handler=f"lambdas.{args.package}.handler.handle",
            code=archive(args.package, "cluster"),
            timeout=args.timeout_s,
            memory_size=args.memory_mib,
            environment={"variables": dict(args.environment)},
            logging_config={
                "log_format": "JSON",
                "log_group": function_log_group(args.function_name),
                "application_log_level": "INFO",
                "system_log_level": "WARN",
            },
            tracing_config={"mode": "Active"},
            opts=pulumi.ResourceOptions(parent=self, depends_on=depends_on),
        )

    def _alarms(self) -> None:
        for metric, problem in (("Errors", "fails"), ("Throttles", "is throttled")):
            self._args.alarm_topics.alarm(
                f"{self._name}-{metric.lower()}",
                Alarm(
                    summary=f"The function {self.function_name} {problem} again and again.",
                    runbook=f"a-controller-{problem.replace(' ', '-')}",
                    measure=Metric(
                        namespace="AWS/Lambda", name=metric, dimensions={"FunctionName": self.function.name}
                    ),
                    threshold=1,
                    periods=5,
                    datapoints=FAILING_MINUTES,
                ),
                self,
            )


def archive(*packages: str) -> pulumi.AssetArchive:
    """The code of some packages of lambdas/, Python files only: caches beside them must not change its hash."""
    files = [
        SOURCES / "__init__.py",
        *(file for package in packages for file in sorted((SOURCES / package).glob("*.py"))),
    ]
    return pulumi.AssetArchive(
        {f"lambdas/{file.relative_to(SOURCES).as_posix()}": pulumi.FileAsset(str(file)) for file in files}
    )
