"""The one snapshot that a pass is planned from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from ..cluster.snapshot import ContainerInstance, Ec2Instance, Group, Hook, Instance, Refresh, Task, by_instance_id

PENDING_WAIT: Final = "Pending:Wait"
TERMINATING_WAIT: Final = "Terminating:Wait"
_MOVING: Final = frozenset(
    {"Pending", PENDING_WAIT, "Pending:Proceed", "Terminating", TERMINATING_WAIT, "Terminating:Proceed"}
)


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """One Auto Scaling group with its hooks and its refreshes, the newest refresh first."""

    group: Group
    hooks: tuple[Hook, ...] = ()
    refreshes: tuple[Refresh, ...] = ()

    def hook(self, name: str, transition: str) -> Hook | None:
        """The hook of that name, provided that it belongs to the transition."""
        return next((each for each in self.hooks if (each.name, each.transition) == (name, transition)), None)

    def members(self, *states: str) -> tuple[Instance, ...]:
        """The instances in any of the lifecycle states."""
        return tuple(each for each in self.group.instances if each.lifecycle_state in states)

    @property
    def rolling(self) -> Refresh | None:
        """The refresh that is replacing instances, unless it rolls back or is being cancelled."""
        return next((each for each in self.refreshes if each.status in ("InProgress", "Baking")), None)


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The groups of a cluster, its container instances, and the tasks of those that terminate."""

    fleets: tuple[Fleet, ...] = ()
    container_instances: tuple[ContainerInstance, ...] = ()
    tasks: Mapping[str, tuple[Task, ...]] = field(default_factory=dict[str, tuple[Task, ...]])
    """By container instance ARN, read after the container instances; only those in Terminating:Wait have an entry."""
    daemons: frozenset[str] = frozenset()
    """Names of the services that run one task on each instance."""
    machines: Mapping[str, Ec2Instance] = field(default_factory=dict[str, Ec2Instance])
    examined: frozenset[str] = frozenset()
    """Instance ids that EC2 was asked about; one that is not in `machines` is forgotten by EC2."""
    protected: frozenset[str] = frozenset()
    """ARNs of tasks that protect themselves, as far as they are left at a deadline."""

    @cached_property
    def registered(self) -> dict[str, ContainerInstance]:
        """The living registration of each EC2 instance."""
        return by_instance_id(self.container_instances)

    @cached_property
    def member_ids(self) -> frozenset[str]:
        return frozenset(each.instance_id for fleet in self.fleets for each in fleet.group.instances)

    def gone(self, instance_id: str) -> bool:
        """Whether EC2 says that the instance is terminated, or does not know it any more."""
        machine = self.machines.get(instance_id)
        return instance_id in self.examined and (machine is None or machine.gone)

    def live_tasks(self, container_instance_arn: str) -> tuple[Task, ...] | None:
        """The tasks that hold an instance: not stopped, not a daemon's. None when they were not read."""
        tasks = self.tasks.get(container_instance_arn)
        if tasks is None:
            return None
        return tuple(each for each in tasks if not each.stopped and not self._daemon(each))

    @property
    def in_motion(self) -> bool:
        """Whether it pays to look again within the minute."""
        return any(each.lifecycle_state in _MOVING for fleet in self.fleets for each in fleet.group.instances)

    def _daemon(self, task: Task) -> bool:
        return task.group.startswith("daemon:") or task.service in self.daemons
