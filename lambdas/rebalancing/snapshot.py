"""What the rebalancing controller knows of a cluster at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from ..cluster.room import Room
from ..cluster.rooms import room_of
from ..cluster.services import Service, TaskDefinition
from ..cluster.shapes import Shape
from ..cluster.snapshot import ContainerInstance, Group, Task


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Between which numbers of tasks a service is scaled."""

    minimum: int
    maximum: int


@dataclass(frozen=True, kw_only=True)
class RebalancingSnapshot:
    """Every run reads groups, container instances and services; the rest holds what was asked for.

    There, what has no entry was not asked for yet.
    """

    groups: tuple[Group, ...] = ()
    container_instances: tuple[ContainerInstance, ...] = ()
    services: tuple[Service, ...] = ()
    tasks: Mapping[str, tuple[Task, ...]] = field(default_factory=dict[str, tuple[Task, ...]])
    """By service: those that nobody told to stop."""
    definitions: Mapping[str, TaskDefinition] = field(default_factory=dict[str, TaskDefinition])
    protection: Mapping[str, bool] = field(default_factory=dict[str, bool])
    """By task ARN: whether it protects itself."""
    bounds: Mapping[str, Bounds | None] = field(default_factory=dict[str, "Bounds | None"])
    """By service; None for one that nothing scales."""
    healthy: Mapping[str, int] = field(default_factory=dict[str, int])
    """Healthy targets by the ARN of their target group."""

    @cached_property
    def rooms(self) -> dict[str, Room]:
        """What is free on each container instance, by its ARN."""
        return {each.arn: room_of(each) for each in self.container_instances}

    @cached_property
    def takers(self) -> tuple[ContainerInstance, ...]:
        """Those that ECS places tasks on."""
        return tuple(each for each in self.container_instances if each.accepts_tasks)

    @cached_property
    def local_services(self) -> tuple[Service, ...]:
        """Those with tasks on instances of the cluster."""
        return tuple(each for each in self.services if each.on_instances and each.status == "ACTIVE")

    def reserved(self, tasks: Mapping[str, int], shape: Shape) -> "RebalancingSnapshot":
        """With the room for further tasks taken, by container instance ARN: of what begins in the same run."""
        found = tuple(
            _reserved(each, tasks[each.arn], shape) if tasks.get(each.arn) else each
            for each in self.container_instances
        )
        return replace(self, container_instances=found)


def _reserved(instance: ContainerInstance, count: int, shape: Shape) -> ContainerInstance:
    free = instance.remaining
    remaining = replace(
        free,
        cpu_units=free.cpu_units - count * shape.cpu_units,
        memory_mib=free.memory_mib - count * shape.memory_mib,
        tcp_ports=free.tcp_ports | shape.tcp_ports,
        udp_ports=free.udp_ports | shape.udp_ports,
        gpus=free.gpus[: max(0, len(free.gpus) - count * shape.gpus)],
    )
    return replace(instance, remaining=remaining, pending_tasks=instance.pending_tasks + count)
