"""The task of a service: its definition, its two roles and its log group."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..common import iam
from ..common.late import previewed_within
from ..common.location import Location
from ..contract import Platform
from . import roles
from .container_definitions import Known, container_definition
from .taken_names import free_log_group
from .task_content import TaskContent
from .volume import EfsVolume, task_volume


@dataclass(frozen=True, kw_only=True)
class TaskArgs:
    """What a task runs, and what it may do; ServiceArgs says what the fields mean."""

    platform: Platform
    service_name: str
    content: TaskContent
    checked: pulumi.Output[None]
    """Fails where the platform cannot run the task; the task definition waits for it."""


class Task(pulumi.ComponentResource):
    """A task definition in awsvpc mode with its roles and logs. Old revisions stay: ECS rolls back to them."""

    task_definition: aws.ecs.TaskDefinition
    task_role: aws.iam.Role
    """What the application acts as."""
    execution_role: aws.iam.Role
    """What ECS acts as to start the tasks."""
    log_group: aws.cloudwatch.LogGroup
    log_group_name: pulumi.Output[str]
    """Known in a preview, too."""
    prerequisites: list[pulumi.Resource]
    """What has to be there before a task starts, and as long as one runs."""

    def __init__(self, name: str, args: TaskArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:Task", name, None, opts)
        self._name, self._args = name, args
        self._placed = args.content.placed(args.service_name)
        self._child_opts = pulumi.ResourceOptions(parent=self)
        platform = args.platform
        self._location = pulumi.Output.all(
            partition=platform.partition, region=platform.region, account=platform.account
        ).apply(lambda known: Location(**known))
        self.log_group_name = free_log_group(platform.log_group_prefix, args.service_name)
        self.log_group = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=self.log_group_name,  # the container definition knows it by name
            retention_in_days=pulumi.Output.from_input(platform.log_retention_days).apply(int),
            kms_key_id=platform.key_arn,
            opts=self._child_opts,
        )
        self.execution_role, self.task_role = self._role("execution"), self._role("role")
        self.prerequisites = [
            self.log_group,
            self._role_policy("execution", self.execution_role, self._execution_document()),
        ]
        if args.content.needs_task_role:
            self.prerequisites.append(self._role_policy("role", self.task_role, self._task_document()))
        self.task_definition = self._task_definition()
        self.register_outputs({"task_definition_arn": self.task_definition.arn, "log_group_name": self.log_group_name})

    def _execution_document(self) -> pulumi.Output[str]:
        content, placed = self._args.content, self._placed
        known = [Known.of(one, for_display=False) for one in placed]
        return pulumi.Output.all(
            location=self._location,
            log_group=self.log_group_name,
            more=previewed_within(content.execution_statements),
            known=known,
        ).apply(
            lambda all_: iam.document(
                *roles.execution_statements(
                    [one.container for one in placed], all_["known"], all_["log_group"], all_["location"]
                ),
                *all_["more"],
            )
        )

    def _task_document(self) -> pulumi.Output[str]:
        args, content = self._args, self._args.content
        mounted = list(content.volumes_of(EfsVolume).values())
        return pulumi.Output.all(
            location=self._location,
            prefix=args.platform.log_group_prefix,
            own=previewed_within(content.task_statements),
            ids=previewed_within([[one.file_system_id, one.access_point_id] for one in mounted]),
        ).apply(
            lambda known: iam.document(
                *roles.task_statements(known["own"], content.container, f"{known['prefix']}exec", known["location"]),
                *(
                    roles.file_system_statement(one, ids[0], ids[1], known["location"])
                    for one, ids in zip(mounted, known["ids"], strict=True)
                ),
            )
        )

    def _role(self, name: str) -> aws.iam.Role:
        return aws.iam.Role(
            f"{self._name}-{name}",
            assume_role_policy=self._location.apply(roles.trust),
            permissions_boundary=self._args.platform.permissions_boundary_arn,
            opts=self._child_opts,
        )

    def _role_policy(self, name: str, role: aws.iam.Role, document: pulumi.Output[str]) -> aws.iam.RolePolicy:
        # The old document stays beside the new one until the new tasks run: old ones still start, and serve, by it.
        opts = pulumi.ResourceOptions(parent=self, replace_on_changes=["policy"])
        return aws.iam.RolePolicy(f"{self._name}-{name}", role=role.id, policy=document, opts=opts)

    def _task_definition(self) -> aws.ecs.TaskDefinition:
        args = self._args
        return aws.ecs.TaskDefinition(
            f"{self._name}-definition",
            family=pulumi.Output.format("{0}-{1}", args.platform.cluster_name, args.service_name),
            requires_compatibilities=["EC2"],
            network_mode="awsvpc",
            cpu=args.checked.apply(lambda _: str(args.content.cpu_units)),
            memory=str(args.content.memory_mib),  # the hard limit of the whole task
            execution_role_arn=self.execution_role.arn,
            task_role_arn=self.task_role.arn,
            container_definitions=self._container_definitions(),
            volumes=self._volumes(),
            skip_destroy=True,  # a rollback needs the older revision
            opts=self._child_opts,
        )

    def _volumes(self) -> list[aws.ecs.TaskDefinitionVolumeArgs]:
        content = self._args.content
        own = [name for one in self._placed for name in one.volumes(exec=content.container.exec)]
        return [
            *(aws.ecs.TaskDefinitionVolumeArgs(name=name) for name in own),
            *(task_volume(name, volume) for name, volume in content.volumes.items()),
        ]

    def _container_definitions(self) -> pulumi.Output[str]:
        """The whole text in a preview, too: what is not known there has a stand-in."""
        known = [Known.of(one, for_display=True) for one in self._placed]
        return pulumi.Output.all(region=self._args.platform.region, log_group=self.log_group_name, known=known).apply(
            lambda all_: self._rendered(all_["known"], all_["log_group"], all_["region"])
        )

    def _rendered(self, known: Sequence[Known], log_group: str, region: str) -> str:
        exec_ = self._args.content.container.exec
        return json.dumps(
            [
                container_definition(one, its, log_group=log_group, region=region, exec=exec_)
                for one, its in zip(self._placed, known, strict=True)
            ]
        )
