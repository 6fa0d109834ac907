"""What the capacity controller knows of a cluster at one moment."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from ..cluster.services import Service, TaskDefinition
from ..cluster.snapshot import ContainerInstance, Ec2Instance, Group, Instance, Task, by_instance_id


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The least value of a metric within a minute."""

    at: datetime
    value: float


@dataclass(frozen=True, kw_only=True)
class WaitingHistory:
    """What was measured of late while tasks waited."""

    placed: Mapping[str, tuple[Sample, ...]] = field(default_factory=dict[str, tuple[Sample, ...]])
    """By service: its tasks that had a place, in the minutes in which others of it waited."""
    added: tuple[Sample, ...] = ()
    """Instances by which the size was raised, in each minute."""
    waiting: tuple[Sample, ...] = ()
    """Tasks of all services for which instances were wanted, in each minute."""
    known: bool = True


@dataclass(frozen=True, kw_only=True)
class CapacitySnapshot:
    """Every run reads groups, container instances and services; the rest holds what the steps have asked for.

    There, what has no entry was not asked for yet.
    """

    groups: tuple[Group, ...] = ()
    container_instances: tuple[ContainerInstance, ...] = ()
    services: tuple[Service, ...] = ()
    definitions: Mapping[str, TaskDefinition] = field(default_factory=dict[str, TaskDefinition])
    """Task definitions by ARN."""
    ec2_instances: Mapping[str, Ec2Instance | None] = field(default_factory=dict[str, Ec2Instance | None])
    """By instance id; None where EC2 has forgotten the instance."""
    hosts: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """By service: ARNs of the container instances that have a task of it."""
    tasks: Mapping[str, tuple[Task, ...]] = field(default_factory=dict[str, tuple[Task, ...]])
    """By container instance ARN."""
    protection: Mapping[str, bool] = field(default_factory=dict[str, bool])
    """By task ARN: whether it protects itself."""
    waited: WaitingHistory | None = None
    surplus: tuple[Sample, ...] | None = None
    """History of the metric `SurplusInstances`, in any order."""

    @cached_property
    def basis(self) -> tuple[Any, ...]:
        """All that an assessment rests on: as long as it is the same, the assessment is."""
        live = {each.definition_arn for service in self.local_services for each in service.live_deployments}
        definitions = {arn: self.definitions.get(arn) for arn in live}  # older ones are asked for to remove an instance
        seen = (self.groups, self.container_instances, self.services)
        return (*seen, definitions, self.ec2_instances, self.hosts, self.moving, self.waited)

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
        """The group to scale; None if there is none, or more than one: which is meant, nobody could say."""
        return self.living_groups[0] if len(self.living_groups) == 1 else None

    @cached_property
    def living_groups(self) -> tuple[Group, ...]:
        """The groups that are not being deleted."""
        return tuple(each for each in self.groups if not each.deleting)

    @cached_property
    def local_services(self) -> tuple[Service, ...]:
        """The services whose tasks run on instances, with the deployments whose tasks run on those of the group."""
        local = (each for each in self.services if each.on_instances and each.status == "ACTIVE")
        return tuple(map(self._local, local))

    def _local(self, service: Service) -> Service:
        here = tuple(each for each in service.deployments if not each.providers or each.providers & self.providers)
        return service if len(here) == len(service.deployments) else replace(service, deployments=here)

    @cached_property
    def providers(self) -> frozenset[str]:
        """The capacity providers that the group's instances belong to: none, unless a person gave it one."""
        own = (each for each in self.container_instances if each.instance_id in self.members)
        return frozenset(each.capacity_provider for each in own if each.capacity_provider)

    @cached_property
    def by_name(self) -> dict[str, Service]:
        """The services by their name."""
        return {each.name: each for each in self.services}
