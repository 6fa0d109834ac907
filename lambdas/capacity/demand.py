"""Demand: the tasks that services want and that have no place, each in its own shape."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..cluster.moves import surge_of
from ..cluster.packing import ShapeCount, merged, shape_counts
from ..cluster.services import Deployment, Service
from ..cluster.shapes import Shape, shape_of
from .reasons import Stuck
from .settings import Floor
from .snapshot import CapacitySnapshot


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Tasks of one service that may start now and have not been placed."""

    service: str
    shape: Shape
    count: int
    stuck: Stuck | None = None
    """Why no instance is added for them; None when lack of room is what they wait for."""

    def text(self) -> str:
        """Who waits and why, for people."""
        why = self.stuck.value if self.stuck else "lack of room"
        return f"{self.service or 'headroom'}: {self.count} of {self.shape.text()}, {why}"


def waiting(snapshot: CapacitySnapshot, now: datetime, timeout_s: int) -> tuple[Waiting, ...]:
    """All tasks that may start now and have not been placed, also those that no instance would help.

    Without those by which a count was raised to move others: they start where there is room, or not at all.
    """
    found: list[Waiting] = []
    for service in _replicas(snapshot):
        for deployment, count in _startable(service, snapshot.moving, surge_of(service, now)):
            definition = snapshot.definitions.get(deployment.definition_arn)
            if definition is not None and count:
                shape = shape_of(definition, service)
                bakes = not service.rolling and deployment.running > 0
                parts = _by_cause(deployment, count, now, timedelta.max if bakes else timedelta(seconds=timeout_s))
                found += [Waiting(service=service.name, shape=shape, count=n, stuck=why) for why, n in parts]
    return tuple(found)


def placed_tasks(snapshot: CapacitySnapshot, waits: Iterable[Waiting]) -> Mapping[str, int]:
    """Tasks that have a place of each service of which others wait."""
    names = {each.service for each in waits}
    return {
        service.name: sum(each.running + each.pending for each in service.live_deployments)
        for service in snapshot.local_services
        if service.name in names
    }


def short(snapshot: CapacitySnapshot) -> frozenset[str]:
    """The services of which tasks may start now and have not been placed."""
    return frozenset(
        service.name
        for service in _replicas(snapshot)
        if any(count for _, count in _startable(service, snapshot.moving))
    )


def unplaced(waits: Iterable[Waiting]) -> tuple[ShapeCount, ...]:
    """Those of the waiting tasks that wait for room, by shape."""
    return merged(ShapeCount(shape=each.shape, count=each.count) for each in waits if each.stuck is None)


def wanted_shapes(snapshot: CapacitySnapshot, floor: Floor) -> frozenset[Shape]:
    """The shapes of every live deployment of every service that wants tasks, and of the floor."""
    found = {Shape(cpu_units=floor.cpu_units, memory_mib=floor.memory_mib, interface=floor.interface)}
    for service in _replicas(snapshot):
        for deployment in service.live_deployments if service.desired else ():
            if definition := snapshot.definitions.get(deployment.definition_arn):
                found.add(shape_of(definition, service))
    return frozenset(found)


def placed(snapshot: CapacitySnapshot, share: float) -> tuple[ShapeCount, ...]:
    """The part of the running tasks that a share of the instances holds, each service's rounded up."""
    counts: Counter[Shape] = Counter()
    for service in _replicas(snapshot):
        for deployment in service.live_deployments:
            definition = snapshot.definitions.get(deployment.definition_arn)
            # Whole numbers before the division: 3 tasks in a third of the places are one task, not two.
            count = -int(-round(deployment.running * share, 6) // 1)
            if definition is not None and count:
                counts[shape_of(definition, service)] += count
    return shape_counts(counts)


def daemon_shapes(snapshot: CapacitySnapshot) -> tuple[Shape, ...]:
    """The shapes of the services that run one task on each instance."""
    daemons = [each for each in snapshot.local_services if each.daemon]
    definitions = snapshot.definitions
    return tuple(
        shape_of(definitions[deployment.definition_arn], service)
        for service in daemons
        for deployment in service.live_deployments
        if deployment.status == "PRIMARY" and deployment.definition_arn in definitions
    )


def _replicas(snapshot: CapacitySnapshot) -> Iterator[Service]:
    return (each for each in snapshot.local_services if not each.daemon)


def _startable(service: Service, moving: Counter[tuple[str, str]], surge: int = 0) -> Iterator[tuple[Deployment, int]]:
    """How many tasks each deployment may start at this moment, those that replace tasks on draining instances included.

    While ECS rolls, only the newest deployment starts tasks, and no more than the maximum percent leaves room for: the
    older ones show a desired count that is no longer aimed at. Elsewhere each deployment has its own count.
    """
    live = service.live_deployments
    ceiling = max(service.desired, service.desired * service.maximum_percent // 100)
    room = ceiling - sum(each.running + each.pending for each in live)
    for deployment in live:
        if service.rolling and deployment.status != "PRIMARY":
            continue
        staying = deployment.running + deployment.pending - moving[service.name, deployment.deployment_id]
        short = deployment.desired - surge - staying
        yield deployment, max(0, min(short, room) if service.rolling else short)


def _by_cause(
    deployment: Deployment, count: int, now: datetime, timeout: timedelta
) -> Iterator[tuple[Stuck | None, int]]:
    """The waiting tasks of a deployment by what they wait for.

    ECS counts failed tasks until the first one runs; whether one that found no room counts, its documentation leaves
    open. So room for one task is still made: if room was all that was missing, it runs, and the others count again.
    Traffic may shift for a day: where it does and tasks run, no time is too long (`timedelta.max`).
    """
    if deployment.rollout_state == "FAILED":
        yield Stuck.ROLLOUT_FAILED, count
    elif _hung(deployment, now, timeout):
        yield Stuck.DEPLOYMENT_WAITS, count
    elif deployment.failed and not deployment.running:
        yield None, 1
        yield from [(Stuck.TASKS_FAIL, count - 1)] if count > 1 else []
    else:
        yield None, count


def _hung(deployment: Deployment, now: datetime, timeout: timedelta) -> bool:
    updated = deployment.updated if deployment.rollout_state == "IN_PROGRESS" else None
    return updated is not None and now - updated > timeout
