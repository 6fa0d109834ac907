"""What runs once on every instance, with its roles, security group and alarm."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

from ..common.args import refused
from ..common.inputs import instance_problem, said
from .caller import Caller
from .checked_task import checked_task
from .daemon_args import MAXIMUM_PERCENT, DaemonArgs
from .deployment_outcome import confirmed
from .security_group import ServiceSecurityGroup, ServiceSecurityGroupArgs
from .service import Service
from .service_alarms import WatchedService, missing_tasks
from .service_name import name_problem
from .task import Task, TaskArgs
from .transform import transformations


class Daemon(pulumi.ComponentResource):
    """A task on every instance of the platform's cluster: the first to start on a new one, the last to stop.

    No drain waits for it: what it has not sent when its instance ends is lost.
    """

    service_name: pulumi.Output[str]
    """The physical name, known when the deployment has succeeded."""
    service: aws.ecs.Service
    task_definition: aws.ecs.TaskDefinition
    task_role: aws.iam.Role
    """What it acts as."""
    execution_role: aws.iam.Role
    """What ECS acts as to start the tasks."""
    log_group: aws.cloudwatch.LogGroup
    log_group_name: pulumi.Output[str]
    """Known in a preview, too."""
    security_group: aws.ec2.SecurityGroup
    security_group_id: pulumi.Output[str]

    def __init__(self, name: str, args: DaemonArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Raises pulumi.RunError for a name that is no DNS name, and for what ECS does not take of a daemon.

        `protect` in `opts` keeps the ECS service from being deleted; what a deployment replaces is not protected.
        """
        _check_inputs(name, args)
        super().__init__("ecs-platform:index:Daemon", name, None, opts)
        self._name, self._args = name, args
        # Children take it over from here, and a deployment could not replace a protected task definition.
        self._protect, self._protects_service = False, bool(self._protect)
        transformed = transformations(name, args.transform)
        self._child_opts = pulumi.ResourceOptions(parent=self, transformations=transformed)
        task = self._task()
        self.task_definition = task.task_definition
        self.task_role, self.execution_role = task.task_role, task.execution_role
        self.log_group, self.log_group_name = task.log_group, task.log_group_name
        self._security_group = self._new_security_group()
        self.security_group = self._security_group.security_group
        self.security_group_id = self.security_group.id
        self.service = self._service([*task.prerequisites, *self._security_group.egress])
        missing_tasks(WatchedService(platform=args.platform, name=name, service_name=self.service.name), self)
        self.service_name = confirmed(
            self.service,
            name=name,
            cluster_arn=args.platform.cluster_arn,
            task_definition=task.task_definition.arn,
        )
        self.register_outputs({"service_name": self.service_name, "security_group_id": self.security_group_id})

    @property
    def as_caller(self) -> Caller:
        """The daemon where a service allows it: `shop.allow_from(agent.as_caller)`."""
        return Caller(self._name, self.security_group_id)

    def allow_from(self, caller: Service | Caller) -> None:
        """Allow a service to call the daemon's tasks at its port, each by its own address; once is enough.

        Raises pulumi.RunError for a daemon without a port.
        """
        given: Any = caller
        if not isinstance(given, Service | Caller):
            raise refused(f"allow_from: must be a Service or a Caller, got {said(given)}")
        self._security_group.allow_from(given if isinstance(given, Caller) else given.as_caller)

    def _task(self) -> Task:
        name, args = self._name, self._args
        return Task(
            f"{name}-task",
            TaskArgs(
                platform=args.platform,
                service_name=name,
                content=args.content,
                checked=checked_task(name, args.image, args.requirements, args.platform),
            ),
            self._child_opts,
        )

    def _new_security_group(self) -> ServiceSecurityGroup:
        args = self._args
        return ServiceSecurityGroup(
            f"{self._name}-security-group",
            ServiceSecurityGroupArgs(
                platform=args.platform,
                service_name=self._name,
                port=args.port,
                egress_https=args.egress_https,
                egress=args.egress,
            ),
            self._child_opts,
        )

    def _service(self, depends_on: list[pulumi.Resource]) -> aws.ecs.Service:
        args, alarm_names, timeout = self._args, [*self._args.alarm_names], f"{self._args.timeout_s}s"
        return aws.ecs.Service(
            f"{self._name}-service",
            cluster=args.platform.cluster_arn,
            launch_type="EC2",
            scheduling_strategy="DAEMON",
            task_definition=self.task_definition.arn,
            network_configuration=aws.ecs.ServiceNetworkConfigurationArgs(
                subnets=args.platform.private_subnet_ids,
                security_groups=[self.security_group_id],
                assign_public_ip=False,
            ),
            placement_constraints=[{"type": "memberOf", "expression": one} for one in args.constraints],
            availability_zone_rebalancing="DISABLED",  # it is where the instances are
            deployment_minimum_healthy_percent=args.minimum_healthy_percent,
            deployment_maximum_percent=MAXIMUM_PERCENT,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            alarms={"enable": True, "rollback": True, "alarm_names": alarm_names} if alarm_names else None,
            enable_execute_command=args.container.exec,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            wait_for_steady_state=True,
            opts=pulumi.ResourceOptions(
                parent=self,
                transformations=self._child_opts.transformations,
                protect=self._protects_service,
                depends_on=depends_on,  # without its roles' policies and its rules no task becomes healthy
                custom_timeouts=pulumi.CustomTimeouts(create=timeout, update=timeout, delete=timeout),
            ),
        )


def _check_inputs(name: Any, args: Any) -> None:
    if problem := name_problem(name):
        raise refused(problem)
    if problem := instance_problem("args", args, DaemonArgs):
        raise refused(f"{name}: {problem}; write Daemon({name!r}, DaemonArgs(...))")
    if problem := args.content.names_problem(name):
        raise refused(f"{name}: {problem}")
