"""A job that runs by a schedule, with its roles, security group, dead-letter queue and alarms."""

from __future__ import annotations

from typing import Any, Final

import pulumi
import pulumi_aws as aws

from ..common import iam
from ..common.alarms import Alarm, alarm_to
from ..common.args import refused
from ..common.inputs import instance_problem
from ..common.location import Location
from ..common.measures import Metric
from . import scheduler_role
from .caller import Caller
from .job import checked_job
from .run_record import RUNBOOK_MISSED, RunRecord, RunRecordArgs
from .scheduled_task_args import DAY_S, ScheduledTaskArgs
from .security_group import ServiceSecurityGroup, ServiceSecurityGroupArgs
from .service_name import name_problem
from .task import Task, TaskArgs

DEAD_LETTERS_KEPT_S: Final = 14 * DAY_S
"""Seconds that the message of a run that was left out is kept: as long as SQS offers (CreateQueue)."""


class ScheduledTask(pulumi.ComponentResource):
    """A job on the platform's cluster, run by EventBridge Scheduler.

    A run that fails, one that cannot be started, and runs that stay out raise an alarm. Scheduler neither waits for a
    run nor stops one: a run that must end in time ends itself, and one that must not meet another takes a lock.
    """

    schedule: aws.scheduler.Schedule
    schedule_group: aws.scheduler.ScheduleGroup
    """A group of its own: the role trusts its schedules alone."""
    scheduler_role: aws.iam.Role
    """What Scheduler acts as."""
    dead_letter_queue: aws.sqs.Queue
    """Messages of the runs that could not be started."""
    task_definition: aws.ecs.TaskDefinition
    task_role: aws.iam.Role
    """What the job acts as."""
    execution_role: aws.iam.Role
    """What ECS acts as to start the tasks."""
    log_group: aws.cloudwatch.LogGroup
    log_group_name: pulumi.Output[str]
    """Known in a preview, too."""
    security_group: aws.ec2.SecurityGroup
    security_group_id: pulumi.Output[str]

    def __init__(self, name: str, args: ScheduledTaskArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Raises pulumi.RunError for a name that is no DNS name, and for what ECS or Scheduler do not take."""
        _check_inputs(name, args)
        super().__init__("ecs-platform:index:ScheduledTask", name, None, opts)
        self._name, self._args = name, args
        self._child_opts = pulumi.ResourceOptions(parent=self)
        platform = args.platform
        self._location = pulumi.Output.all(
            partition=platform.partition, region=platform.region, account=platform.account
        ).apply(lambda known: Location(**known))
        task = Task(
            f"{name}-task",
            TaskArgs(
                platform=platform,
                service_name=name,
                content=args.job.content,
                checked=checked_job(name, args.job, platform),
            ),
            self._child_opts,
        )
        group = self._security_group()
        self.security_group, self.security_group_id = group.security_group, group.security_group.id
        self.task_definition = task.task_definition
        self.task_role, self.execution_role = task.task_role, task.execution_role
        self.log_group, self.log_group_name = task.log_group, task.log_group_name
        self.schedule_group = aws.scheduler.ScheduleGroup(f"{name}-schedules", opts=self._child_opts)
        self.dead_letter_queue = self._dead_letter_queue()
        self.scheduler_role, policy = self._scheduler_role()
        self.schedule = self._schedule([*task.prerequisites, *group.egress, policy])
        self._record()
        self.register_outputs({"schedule_arn": self.schedule.arn, "security_group_id": self.security_group_id})

    @property
    def as_caller(self) -> Caller:
        """The job where a service allows it: `database.allow_from(report.as_caller)`."""
        return Caller(self._name, self.security_group_id)

    def _security_group(self) -> ServiceSecurityGroup:
        args = self._args
        return ServiceSecurityGroup(
            f"{self._name}-security-group",
            ServiceSecurityGroupArgs(
                platform=args.platform,
                service_name=self._name,
                port=None,
                egress_https=args.job.egress_https,
                egress=args.job.egress,
            ),
            self._child_opts,
        )

    def _dead_letter_queue(self) -> aws.sqs.Queue:
        queue = aws.sqs.Queue(
            f"{self._name}-dead-letters",
            sqs_managed_sse_enabled=True,
            message_retention_seconds=DEAD_LETTERS_KEPT_S,
            opts=self._child_opts,
        )
        alarm_to(
            self._args.platform.notified,
            f"{self._name}-not-started",
            Alarm(
                summary=f"Scheduler could not start a run of {self._name} and left it out.",
                runbook=RUNBOOK_MISSED,
                measure=Metric(
                    namespace="AWS/SQS",
                    name="ApproximateNumberOfMessagesVisible",
                    dimensions={"QueueName": queue.name},
                    statistic="Maximum",
                ),
                threshold=1,
                # SQS stops measuring a queue that nobody uses for six hours (its developer guide, "Monitoring queues
                # using CloudWatch"); messages that are still there must not look like none.
                missing="ignore",
            ),
            self,
        )
        return queue

    def _scheduler_role(self) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        platform = self._args.platform
        role = aws.iam.Role(
            f"{self._name}-scheduler",
            assume_role_policy=pulumi.Output.all(self.schedule_group.name, self._location).apply(
                lambda known: scheduler_role.trust(*known)
            ),
            permissions_boundary=platform.permissions_boundary_arn,
            opts=self._child_opts,
        )
        document = pulumi.Output.all(
            cluster=platform.cluster_name,
            family=self.task_definition.family,
            roles=[self.execution_role.name, self.task_role.name],
            queue=self.dead_letter_queue.name,
            location=self._location,
        ).apply(lambda known: iam.document(*scheduler_role.statements(**known)))
        policy = aws.iam.RolePolicy(f"{self._name}-scheduler", role=role.id, policy=document, opts=self._child_opts)
        return role, policy

    def _schedule(self, depends_on: list[pulumi.Resource]) -> aws.scheduler.Schedule:
        args = self._args
        window = args.flexible_window_minutes
        return aws.scheduler.Schedule(
            f"{self._name}-schedule",
            description=f"Runs of {self._name}",
            group_name=self.schedule_group.name,
            schedule_expression=args.schedule,
            schedule_expression_timezone=args.time_zone,
            state="ENABLED" if args.enabled else "DISABLED",
            flexible_time_window=aws.scheduler.ScheduleFlexibleTimeWindowArgs(
                mode="FLEXIBLE" if window else "OFF", maximum_window_in_minutes=window
            ),
            target=aws.scheduler.ScheduleTargetArgs(
                arn=args.platform.cluster_arn,
                role_arn=self.scheduler_role.arn,
                ecs_parameters=self._run(),
                retry_policy=aws.scheduler.ScheduleTargetRetryPolicyArgs(
                    maximum_retry_attempts=args.retry_attempts, maximum_event_age_in_seconds=args.retry_age_s
                ),
                dead_letter_config=aws.scheduler.ScheduleTargetDeadLetterConfigArgs(arn=self.dead_letter_queue.arn),
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=depends_on),
        )

    def _run(self) -> aws.scheduler.ScheduleTargetEcsParametersArgs:
        args, placement = self._args, self._args.job.placement
        return aws.scheduler.ScheduleTargetEcsParametersArgs(
            task_definition_arn=self.task_definition.arn,
            launch_type="EC2",
            task_count=1,
            # The group that runs by hand have as well, unless they name another (ECS API, RunTask).
            group=pulumi.Output.format("family:{0}", self.task_definition.family),
            network_configuration=aws.scheduler.ScheduleTargetEcsParametersNetworkConfigurationArgs(
                subnets=args.platform.private_subnet_ids,
                security_groups=[self.security_group_id],
                assign_public_ip=False,
            ),
            placement_strategies=[
                aws.scheduler.ScheduleTargetEcsParametersPlacementStrategyArgs(type=one.type, field=one.field)
                for one in placement.strategies
            ],
            placement_constraints=[
                aws.scheduler.ScheduleTargetEcsParametersPlacementConstraintArgs(type="memberOf", expression=one)
                for one in placement.constraints
            ],
            enable_execute_command=args.job.container.exec,
            enable_ecs_managed_tags=True,
            propagate_tags="TASK_DEFINITION",
        )

    def _record(self) -> None:
        args = self._args
        RunRecord(
            f"{self._name}-runs",
            RunRecordArgs(
                platform=args.platform,
                location=self._location,
                job_name=self._name,
                family=self.task_definition.family,
                containers=len(args.job.content.placed(self._name)),
                watch=args.watch,
                since=self.schedule_group.creation_date,
            ),
            self._child_opts,
        )


def _check_inputs(name: Any, args: Any) -> None:
    if problem := name_problem(name):
        raise refused(problem)
    if problem := instance_problem("args", args, ScheduledTaskArgs):
        raise refused(f"{name}: {problem}; write ScheduledTask({name!r}, ScheduledTaskArgs(...))")
    if problem := args.job.content.names_problem(name):
        raise refused(f"{name}: {problem}")
