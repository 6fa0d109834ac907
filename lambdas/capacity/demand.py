"""Demand: the tasks that services want and that have no place, each in its own shape."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from ..cluster.packing import ShapeCount, shape_counts
from ..cluster.services import Deployment, Service
from ..cluster.shapes import Shape, shape_of
from .settings import Floor
from .snapshot import CapacitySnapshot


def unplaced(snapshot: CapacitySnapshot, now: datetime, patience_s: int) -> tuple[ShapeCount, ...]:
    """All tasks that may start now and have not been placed."""
    counts: Counter[Shape] = Counter()
    for service in _replicas(snapshot):
        for deployment, count in _startable(service, snapshot.moving, now, timedelta(seconds=patience_s)):
            definition = snapshot.definitions.get(deployment.definition_arn)
            if definition is not None and count:
                counts[shape_of(definition, service)] += count
    return shape_counts(counts)


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


def _startable(
    service: Service, moving: Counter[tuple[str, str]], now: datetime, patience: timedelta
) -> Iterator[tuple[Deployment, int]]:
    """How many tasks each deployment may start at this moment, those that replace tasks on draining instances included.

    While ECS rolls, only the newest deployment starts tasks, and no more than the maximum percent leaves room for: the
    older ones show a desired count that is no longer aimed at. Elsewhere each deployment has its own count.
    """
    live = service.live_deployments
    ceiling = max(service.desired, service.desired * service.maximum_percent // 100)
    room = ceiling - sum(each.running + each.pending for each in live)
    for deployment in live:
        if _hung(deployment, now, patience) or (service.rolling and deployment.status != "PRIMARY"):
            continue
        staying = deployment.running + deployment.pending - moving[service.name, deployment.deployment_id]
        short = deployment.desired - staying
        yield deployment, max(0, min(short, room) if service.rolling else short)


def _hung(deployment: Deployment, now: datetime, patience: timedelta) -> bool:
    if deployment.rollout_state == "FAILED":
        return True
    waiting = deployment.rollout_state == "IN_PROGRESS" and deployment.updated is not None
    return waiting and now - deployment.updated > patience if deployment.updated else False
