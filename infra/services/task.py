"""The task of a service: its definition, its two roles and its log group."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from ..common import iam
from ..common.location import Location
from ..contract import Platform
from . import container as containers
from . import roles as task_roles
from .container import Container


@dataclass(frozen=True, kw_only=True)
class TaskArgs:
    """Inputs of Task."""

    platform: Platform
    service_name: str
    image: str
    port: int | None
    cpu_units: int
    memory_mib: int
    container: Container
    statements: Sequence[Mapping[str, Any]]
    """What the application may do."""
    checked: pulumi.Output[None]
    """Fails where the platform cannot do what is asked; the definition waits for it."""


class Task(pulumi.ComponentResource):
    """A task definition in awsvpc mode. Old revisions stay, because ECS goes back to them."""

    definition_arn: pulumi.Output[str]
    role: aws.iam.Role
    """What the application acts as."""
    log_group_name: pulumi.Output[str]
    resources: list[pulumi.Resource]
    """What a task needs while it starts and runs."""

    def __init__(self, name: str, args: TaskArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register logs, roles and the definition."""
        super().__init__("ecs-platform:index:Task", name, None, opts)
        self._name, self._args = name, args
        self._child_opts = pulumi.ResourceOptions(parent=self)
        platform = args.platform
        self._location = pulumi.Output.all(
            partition=platform.partition, region=platform.region, account=platform.account
        ).apply(lambda known: Location(**known))
        self.log_group_name = pulumi.Output.format("{0}services/{1}", platform.log_group_prefix, args.service_name)
        logs = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=self.log_group_name,  # the container definition knows it by name
            retention_in_days=pulumi.Output.from_input(platform.log_retention_days).apply(int),
            kms_key_id=platform.key_arn,
            opts=self._child_opts,
        )
        starter, self.role = self._role("starter"), self._role("task")
        self.resources = [logs, self._rights("starter", starter, self._execution_document())]
        if args.statements or args.container.exec:
            self.resources.append(self._rights("task", self.role, self._task_document()))
        self.definition_arn = self._definition(starter).arn
        self.register_outputs({"definition_arn": self.definition_arn, "log_group_name": self.log_group_name})

    def _execution_document(self) -> pulumi.Output[str]:
        args = self._args
        return pulumi.Output.all(self._location, self.log_group_name).apply(
            lambda known: iam.document(*task_roles.execution_statements(args.container, args.image, known[1], known[0]))
        )

    def _task_document(self) -> pulumi.Output[str]:
        args = self._args
        return pulumi.Output.all(self._location, args.platform.log_group_prefix).apply(
            lambda known: iam.document(
                *task_roles.task_statements(args.statements, args.container, f"{known[1]}exec", known[0])
            )
        )

    def _role(self, purpose: str) -> aws.iam.Role:
        return aws.iam.Role(
            f"{self._name}-{purpose}",
            assume_role_policy=self._location.apply(task_roles.trust),
            permissions_boundary=self._args.platform.permissions_boundary_arn,
            opts=self._child_opts,
        )

    def _rights(self, purpose: str, role: aws.iam.Role, document: pulumi.Output[str]) -> aws.iam.RolePolicy:
        return aws.iam.RolePolicy(f"{self._name}-{purpose}", role=role.id, policy=document, opts=self._child_opts)

    def _definition(self, starter: aws.iam.Role) -> aws.ecs.TaskDefinition:
        args = self._args
        known = pulumi.Output.all(
            region=args.platform.region,
            log_group=self.log_group_name,
            environment=dict(args.container.environment),
        )
        return aws.ecs.TaskDefinition(
            f"{self._name}-definition",
            family=pulumi.Output.format("{0}-{1}", args.platform.cluster_name, args.service_name),
            requires_compatibilities=["EC2"],
            network_mode="awsvpc",
            cpu=args.checked.apply(lambda _: str(args.cpu_units)),
            memory=str(args.memory_mib),  # the hard limit of the whole task
            execution_role_arn=starter.arn,
            task_role_arn=self.role.arn,
            container_definitions=known.apply(
                lambda values: json.dumps(
                    containers.definition(
                        args.container, name=args.service_name, image=args.image, port=args.port, **values
                    )
                )
            ),
            volumes=[{"name": volume} for volume in args.container.volumes],
            skip_destroy=True,  # a service goes back to an older revision, which therefore has to be there
            opts=self._child_opts,
        )
