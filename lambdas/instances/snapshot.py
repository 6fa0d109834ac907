"""The one snapshot that a pass is planned from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final

from ..cluster.services import Service, TaskDefinition
from ..cluster.snapshot import ContainerInstance, Ec2Instance, Group, Task, Unread, by_instance_id

PENDING_WAIT: Final = "Pending:Wait"
TERMINATING_WAIT: Final = "Terminating:Wait"
_MOVING: Final = frozenset(
    {"Pending", PENDING_WAIT, "Pending:Proceed", "Terminating", TERMINATING_WAIT, "Terminating:Proceed"}
)


@dataclass(frozen=True, kw_only=True)
class InstancesSnapshot:
    """The groups of a cluster, its container instances, and the tasks of those that terminate."""

    groups: tuple[Group, ...] = ()
    """With their hooks and their refreshes."""
    container_instances: tuple[ContainerInstance, ...] = ()
    listed: bool = True
    """Whether these are all. If not, nothing is concluded from what is missing."""
    absent: frozenset[str] = frozenset()
    """Ids of terminating instances that ECS does not know, asked for one by one."""
    waiting_since: Mapping[str, datetime | None] = field(default_factory=dict[str, "datetime | None"])
    """By instance id, of those that were asked about: when they began to come or to go; None where nobody knows."""
    tasks: Mapping[str, tuple[Task, ...]] = field(default_factory=dict[str, tuple[Task, ...]])
    """By container instance ARN, read after the container instances; only of leaving ones that may be empty or
    due, and of old ones that a rollout may drain next."""
    daemons: frozenset[str] = frozenset()
    """Names of the services that run one task on each instance."""
    ec2_instances: Mapping[str, Ec2Instance | None] = field(default_factory=dict[str, Ec2Instance | None])
    """By id, of the instances that EC2 was asked about; None where EC2 has forgotten the instance."""
    services: Mapping[str, Service] = field(default_factory=dict[str, Service])
    """By name, of the tasks that a rollout may move next."""
    definitions: Mapping[str, TaskDefinition] = field(default_factory=dict[str, TaskDefinition])
    """By ARN, of the same tasks."""
    protected: frozenset[str] = frozenset()
    """ARNs of tasks that protect themselves, as far as they are left at a deadline."""
    unread: tuple[Unread, ...] = ()
    """What could not be read."""

    @cached_property
    def registered(self) -> dict[str, ContainerInstance]:
        """The living registration of each EC2 instance."""
        return by_instance_id(self.container_instances)

    @cached_property
    def member_ids(self) -> frozenset[str]:
        return frozenset(each.instance_id for group in self.groups for each in group.instances)

    def gone(self, instance_id: str) -> bool:
        """Whether EC2 says that the instance is terminated, or does not know it any more."""
        found = self.ec2_instances.get(instance_id)
        return instance_id in self.ec2_instances and (found is None or found.gone)

    def live_tasks(self, container_instance_arn: str) -> tuple[Task, ...] | None:
        """The tasks that hold an instance: not stopped, not a daemon's. None when they were not read."""
        tasks = self.tasks.get(container_instance_arn)
        if tasks is None:
            return None
        return tuple(each for each in tasks if not each.stopped and not self._daemon(each))

    @property
    def in_motion(self) -> bool:
        """Whether it pays to look again within the minute."""
        return any(each.lifecycle_state in _MOVING for group in self.groups for each in group.instances)

    def _daemon(self, task: Task) -> bool:
        return task.group.startswith("daemon:") or task.service in self.daemons
