"""The one snapshot that a run decides on."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from ..cluster.services import Service, TaskDefinition
from ..cluster.snapshot import ContainerInstance, Group, Instance, Machine, Refresh, Task, by_instance_id


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The least value of a metric within a minute."""

    at: datetime
    value: float


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A cluster at one moment. What stands below `definitions` is read only where the decision needs it."""

    groups: tuple[Group, ...] = ()
    container_instances: tuple[ContainerInstance, ...] = ()
    services: tuple[Service, ...] = ()
    definitions: Mapping[str, TaskDefinition] = field(default_factory=dict[str, TaskDefinition])
    """By ARN: of every live deployment, and of the tasks in `tasks`."""
    refreshes: Mapping[str, tuple[Refresh, ...]] = field(default_factory=dict[str, tuple[Refresh, ...]])
    """Instance refreshes by group."""
    machines: Mapping[str, Machine] = field(default_factory=dict[str, Machine])
    """By instance id: of the groups' instances that are not registered yet, and of registered ones of no group."""
    hosts: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """ARNs of the container instances with a task of a service, for services whose tasks must not share one."""
    surplus: tuple[Sample, ...] = ()
    """History of the metric `SurplusInstances`, in any order."""
    tasks: Mapping[str, tuple[Task, ...]] = field(default_factory=dict[str, tuple[Task, ...]])
    """By container instance ARN, of the instances that drain and of those that may go."""
    protected: frozenset[str] = frozenset()
    """ARNs of those tasks that protect themselves."""

    @cached_property
    def registered(self) -> dict[str, ContainerInstance]:
        """The living registration of each EC2 instance."""
        return by_instance_id(self.container_instances)

    @cached_property
    def members(self) -> dict[str, Instance]:
        """The instances of all groups by their id."""
        return {each.instance_id: each for group in self.groups for each in group.instances}

    @cached_property
    def draining(self) -> tuple[ContainerInstance, ...]:
        """The instances whose tasks ECS moves."""
        return tuple(each for each in self.registered.values() if each.status == "DRAINING")

    @cached_property
    def moving(self) -> Counter[tuple[str, str]]:
        """Tasks that still run on draining instances, by service and deployment: each needs a place elsewhere."""
        tasks = (task for each in self.draining for task in self.tasks.get(each.arn, ()))
        return Counter((task.service, task.started_by) for task in tasks if task.service and task.wanted)

    @cached_property
    def group(self) -> Group | None:
        """The group to scale: the one with most instances, while another one is on its way in or out."""
        alive = [each for each in self.groups if not each.deleting]
        return max(alive, key=lambda each: (len(each.instances), each.max_size, each.name), default=None)

    @cached_property
    def local_services(self) -> tuple[Service, ...]:
        """The services whose tasks run on instances."""
        return tuple(each for each in self.services if each.on_instances and each.status == "ACTIVE")

    @cached_property
    def by_name(self) -> dict[str, Service]:
        return {each.name: each for each in self.services}
