"""What would be, by the capacity controller's own judgement: other instance types, more or fewer tasks."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Final

from lambdas.capacity.assess import assess
from lambdas.capacity.plan import Plan
from lambdas.capacity.proposals import Act
from lambdas.capacity.settings import Settings
from lambdas.capacity.shortage import Shortage
from lambdas.capacity.snapshot import CapacitySnapshot
from lambdas.cluster.instance_types import instance_type
from lambdas.cluster.moves import surge_of
from lambdas.cluster.services import Deployment, Service
from lambdas.cluster.snapshot import Group

from ..errors import Exit, OperatorError
from ..reading.service_details import chosen
from .words import counted

MOST: Final = 10_000
"""Instances of an imagined group: more than any has."""

_CHANGE: Final = re.compile(r"(?P<service>[\w-]+)=(?P<sign>[+-]?)(?P<count>[0-9]{1,5})")


def with_tasks(snapshot: CapacitySnapshot, change: str) -> CapacitySnapshot:
    """The cluster with another number of tasks of a service: `cart=+10`, `cart=-2` or `cart=6`.

    Raises OperatorError for other words and for a service that is not there.
    """
    found = _CHANGE.fullmatch(change)
    if found is None:
        raise OperatorError(f"--tasks {change}: write SERVICE=+10, SERVICE=-2 or SERVICE=6", Exit.USAGE)
    name, count = found["service"], int(found["count"])
    service = snapshot.by_name[chosen(name, sorted(snapshot.by_name))]
    desired = max(0, service.desired + (count if found["sign"] == "+" else -count)) if found["sign"] else count
    changed = _wanting(service, desired)
    return replace(snapshot, services=tuple(changed if each is service else each for each in snapshot.services))


def settled(snapshot: CapacitySnapshot, now: datetime) -> CapacitySnapshot:
    """The cluster as it is once no service wants further tasks for a move of others."""
    surges = ((each, surge_of(each, now)) for each in snapshot.services)
    services = tuple(_wanting(each, each.desired - surge) if surge else each for each, surge in surges)
    return replace(snapshot, services=services)


def of_types(settings: Settings, types: tuple[str, ...]) -> Settings:
    """The settings with other instance types. Raises OperatorError for an unknown one."""
    try:
        for each in types:
            instance_type(each)
    except ValueError as error:
        raise OperatorError(f"--type {error}", Exit.USAGE) from error
    return replace(settings, hardware=replace(settings.hardware, instance_types=types))


def from_nothing(snapshot: CapacitySnapshot, group: Group, settings: Settings, now: datetime) -> Shortage:
    """How many instances all tasks and the headroom would need, packed onto new instances alone."""
    empty = replace(group, instances=(), desired_capacity=0, max_size=MOST, refreshes=())
    # What is registered stays to be seen, as the measure of a type, and takes no task.
    registered = tuple(replace(each, status="INACTIVE") for each in snapshot.container_instances)
    imagined = replace(
        snapshot,
        groups=(empty,),
        container_instances=registered,
        services=tuple(map(_unplaced, snapshot.local_services)),
        hosts={},
        tasks={},
        waited=None,
    )
    return assess(imagined, empty, settings, now).shortage


def said_of_types(now: Shortage, then: Shortage, settings: Settings, types: tuple[str, ...]) -> str:
    """What other types would change, in words."""
    before = ", ".join(settings.hardware.instance_types)
    after = ", ".join(types)
    if not then.closes:
        return f"tasks do not fit on {after} at all"
    said = (
        f"all tasks and the headroom would fit on {counted(then.instances, 'instance')} of {after}; "
        f"of {before} they need {now.instances}"
    )
    architectures = {instance_type(each).architecture for each in (*settings.hardware.instance_types, *types)}
    return said + ("; its processor is another one: images have to be built for it" if len(architectures) > 1 else "")


def said_of_tasks(plan: Plan, group: Group) -> str:
    """What the controller would do, in words."""
    proposal, found = plan.proposal, plan.assessment
    if isinstance(proposal, Act) and found is not None and found.shortage.instances:
        wanted = group.desired_capacity + found.shortage.instances
        said = f"{counted(found.shortage.instances, 'instance')} more: {wanted} instead of {group.desired_capacity}"
        return said if found.shortage.closes else f"{said}, the maximum, and still too few"
    if found is not None and not found.shortage.closes:
        return f"the maximum of {group.max_size} is too small: {proposal.reason.value}"
    return f"no further instance: {proposal.reason.value}"


def said_of_fewer(now: Shortage, then: Shortage, group: Group) -> str:
    """What fewer tasks would save in the end, in words."""
    least = max(then.instances, group.min_size)
    floor = f"; the group's minimum is {group.min_size}" if least > then.instances else ""
    return f"{counted(then.instances, 'instance')} would hold all tasks and the headroom, now {now.instances}{floor}"


def _wanting(service: Service, desired: int) -> Service:
    deployments = tuple(
        replace(each, desired=desired, rollout_state="COMPLETED", failed=0) if each.status == "PRIMARY" else each
        for each in service.deployments
    )
    return replace(service, desired=desired, deployments=deployments)


def _unplaced(service: Service) -> Service:
    """A service none of whose tasks has a place yet."""
    primary = tuple(map(_of_nowhere, (each for each in service.deployments if each.status == "PRIMARY")))
    return replace(service, deployments=primary)


def _of_nowhere(deployment: Deployment) -> Deployment:
    return replace(deployment, running=0, pending=0, failed=0, rollout_state="COMPLETED", providers=frozenset[str]())
