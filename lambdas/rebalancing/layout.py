"""The layout of a service: its tasks by place, with the room that is left there for more of them."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ..cluster.room import Room, slots
from ..cluster.services import Deployment, Service
from ..cluster.shapes import Shape, shape_of
from ..cluster.snapshot import ContainerInstance, Task
from . import balance
from .balance import Path, Place
from .snapshot import RebalancingSnapshot


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where the tasks of one service stand at this moment."""

    service: Service
    places: tuple[Place, ...]
    tasks: tuple[Task, ...]
    shape: Shape
    paths: dict[str, Path]
    """By ARN of a container instance."""
    free: dict[str, int]
    """How many more tasks fit, by the same."""

    @cached_property
    def misplaced(self) -> int:
        return balance.misplaced(self.places)

    def further(self, count: int) -> dict[str, int]:
        """Where that many more tasks would start, by ARN of a container instance."""
        after = {each.path: each.tasks for each in balance.placed(self.places, count)}
        left = {each.path: after[each.path] - each.tasks for each in self.places}
        found: dict[str, int] = {}
        for arn, free in sorted(self.free.items(), key=lambda each: (-each[1], each[0])):
            found[arn] = min(free, left[self.paths[arn]])
            left[self.paths[arn]] -= found[arn]
        return found

    def leaving(self, total: int, keep: Collection[str]) -> tuple[Task, ...]:
        """The tasks that stop so that `total` are left: on the fullest places, the newest first of each.

        The newest: of a place that was full before, a task that has just come disturbs nobody when it goes. Those whose
        ARN is to `keep` never go: then fewer are found.
        """
        left = balance.leaving(self.places, total)
        ranked = sorted(self.tasks, key=lambda each: (each.created is not None, each.created, each.arn), reverse=True)
        gone: list[Task] = []
        for task in (each for each in ranked if each.arn not in keep):
            path = self.paths[task.container_instance_arn]
            if left.get(path, 0):
                left[path] -= 1
                gone.append(task)
        return tuple(gone)


def layout(snapshot: RebalancingSnapshot, service: Service) -> Layout | None:
    """The layout of a service with one deployment, whose tasks and definition are known.

    None when a task stands where ECS places none at this moment: nobody could say how full that place is.
    """
    tasks, (deployment,) = snapshot.tasks[service.name], service.live_deployments
    instances = _hosts(snapshot, deployment)
    if not {each.container_instance_arn for each in tasks} <= {each.arn for each in instances}:
        return None
    counts = Counter(each.container_instance_arn for each in tasks)
    shape = shape_of(snapshot.definitions[deployment.definition_arn], service)
    paths = {each.arn: balance.path_of(service, each) for each in instances}
    free = {each.arn: _free(snapshot.rooms[each.arn], counts[each.arn], shape) for each in instances}
    places = (Place(path=path, tasks=counts[arn], free=free[arn]) for arn, path in paths.items())
    return Layout(service=service, places=balance.joined(places), tasks=tasks, shape=shape, paths=paths, free=free)


def _hosts(snapshot: RebalancingSnapshot, deployment: Deployment) -> Sequence[ContainerInstance]:
    """The instances on which ECS may place its tasks."""
    providers = deployment.providers
    return [each for each in snapshot.takers if not providers or each.capacity_provider in providers]


def _free(room: Room, tasks: int, shape: Shape) -> int:
    return slots(replace(room, holds=frozenset({shape.distinct})) if shape.distinct and tasks else room, shape)
