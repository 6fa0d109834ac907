"""A job that is run to its end within `up`, once for each of its task definitions and ways to run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from ..common import iam
from ..common.alarms import Alarm, alarm_to
from ..common.location import Location
from ..common.measures import Metric
from ..contract import Platform
from . import run_job
from .job import Job
from .run_permissions import on_cluster, run_statements
from .run_record import RUNBOOK_FAILED
from .security_group import ServiceSecurityGroup, ServiceSecurityGroupArgs
from .task import Task, TaskArgs

LONGEST_S: Final = 900
"""Seconds that a function may take (Lambda quotas): the job has them but for the last few."""


@dataclass(frozen=True, kw_only=True)
class JobRunArgs:
    """What is run, and what has to be there before."""

    platform: Platform
    job_name: str
    job: Job
    security_group_ids: Sequence[pulumi.Input[str]]
    """Groups that its task is a member of, besides one of its own."""
    checked: pulumi.Output[None]
    """Fails where the platform cannot run the job."""
    depends_on: Sequence[pulumi.Resource]
    """What the job needs to reach others."""


class JobRun(pulumi.ComponentResource):
    """Runs a job by a function that waits for its end: a look-up of Pulumi would run it in every preview.

    A job that fails fails `up`, with ECS's reason and the place of its logs; the next `up` runs it again.
    """

    done: aws.lambda_.Invocation
    """There when the job has ended with 0."""

    def __init__(self, name: str, args: JobRunArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:JobRun", name, None, opts)
        self._name, self._args = name, args
        self._child_opts = pulumi.ResourceOptions(parent=self)
        platform = args.platform
        self._task = Task(
            f"{name}-task",
            TaskArgs(platform=platform, service_name=args.job_name, content=args.job.content, checked=args.checked),
            self._child_opts,
        )
        self._security_group = ServiceSecurityGroup(
            f"{name}-security-group",
            ServiceSecurityGroupArgs(
                platform=platform,
                service_name=args.job_name,
                port=None,
                egress_https=args.job.egress_https,
                egress=args.job.egress,
            ),
            self._child_opts,
        )
        self._logs = aws.cloudwatch.LogGroup(
            f"{name}-function",
            retention_in_days=pulumi.Output.from_input(platform.log_retention_days).apply(int),
            kms_key_id=platform.key_arn,
            opts=self._child_opts,
        )
        role, policy = self._role()
        function = self._function(role)
        self._alarm(function)
        request = pulumi.Output.json_dumps({"run": self._request()})
        self.done = aws.lambda_.Invocation(
            f"{name}-done",
            function_name=function.name,
            input=request,
            triggers={"request": request},  # another request is another invocation
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[policy, *self._task.prerequisites, *self._security_group.egress, *args.depends_on],
            ),
        )
        self.register_outputs({"task_definition_arn": self._task.task_definition.arn})

    def _request(self) -> dict[str, Any]:
        """What RunTask is asked (ECS API, RunTask)."""
        args, placement = self._args, self._args.job.placement
        groups = [self._security_group.security_group.id, *args.security_group_ids]
        return {
            "cluster": args.platform.cluster_name,
            "taskDefinition": self._task.task_definition.arn,
            "launchType": "EC2",
            "networkConfiguration": {
                "awsvpcConfiguration": {"subnets": args.platform.private_subnet_ids, "securityGroups": groups}
            },
            "placementStrategy": [{"type": one.type, "field": one.field} for one in placement.strategies],
            "placementConstraints": [{"type": "memberOf", "expression": one} for one in placement.constraints],
            "enableExecuteCommand": args.job.container.exec,
            "enableECSManagedTags": True,
            "propagateTags": "TASK_DEFINITION",
        }

    def _alarm(self, function: aws.lambda_.Function) -> None:
        alarm_to(
            self._args.platform.notified,
            f"{self._name}-failed",
            Alarm(
                summary=f"The job {self._args.job_name} failed, and nothing was deployed after it.",
                runbook=RUNBOOK_FAILED,
                measure=Metric(namespace="AWS/Lambda", name="Errors", dimensions={"FunctionName": function.name}),
                threshold=1,
            ),
            self,
        )

    def _role(self) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        platform, task = self._args.platform, self._task
        role = aws.iam.Role(
            f"{self._name}-function",
            assume_role_policy=iam.trust("lambda.amazonaws.com"),
            permissions_boundary=platform.permissions_boundary_arn,
            opts=self._child_opts,
        )
        document = pulumi.Output.all(
            location={"partition": platform.partition, "region": platform.region, "account": platform.account},
            cluster=platform.cluster_name,
            family=task.task_definition.family,
            roles=[task.execution_role.name, task.task_role.name],
            log_group=self._logs.name,
        ).apply(lambda known: _document(**known))
        policy = aws.iam.RolePolicy(f"{self._name}-function", role=role.id, policy=document, opts=self._child_opts)
        return role, policy

    def _function(self, role: aws.iam.Role) -> aws.lambda_.Function:
        args = self._args
        return aws.lambda_.Function(
            f"{self._name}-function",
            description=f"Runs {args.job_name} to its end",
            role=role.arn,
            runtime="python3.13",
            architectures=["arm64"],
            handler="run_job.handle",
            code=pulumi.AssetArchive({"run_job.py": pulumi.FileAsset(str(Path(run_job.__file__)))}),
            timeout=LONGEST_S,
            memory_size=256,  # MiB: boto3 needs 100 of them
            environment=aws.lambda_.FunctionEnvironmentArgs(
                variables={
                    "JOB": args.job_name,
                    "FAMILY": self._task.task_definition.family,
                    "LOG_GROUP": self._task.log_group_name,
                }
            ),
            tracing_config=aws.lambda_.FunctionTracingConfigArgs(mode="Active"),
            logging_config=aws.lambda_.FunctionLoggingConfigArgs(log_format="JSON", log_group=self._logs.name),
            opts=self._child_opts,
        )


def _document(*, location: dict[str, str], cluster: str, family: str, roles: Sequence[str], log_group: str) -> str:
    """What the function may do: run the job, look at its tasks, and write its own logs."""
    here = Location(**location)
    statements: list[Any] = [
        *run_statements(cluster=cluster, family=family, roles=roles, location=here),
        iam.allow(["ecs:ListTasks"], ["*"], on_cluster(cluster, here)),  # a family is no resource to name
        iam.allow(["ecs:DescribeTasks"], [here.arn("ecs", f"task/{cluster}/*")]),
        iam.allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ["*"]),
        iam.allow(["logs:CreateLogStream", "logs:PutLogEvents"], [f"{here.log_group_arn(log_group)}:*"]),
    ]
    return iam.document(*statements)
