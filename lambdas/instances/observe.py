"""Observe: one snapshot in batched calls.

While nothing is in motion: one call for the groups, two for each group (hooks, refreshes), and two for each 100
container instances (a page of the list, a description). Tasks, daemons, EC2 states and protection are read only for
what moves.
"""

from dataclasses import replace
from datetime import datetime

from botocore.exceptions import ClientError

from ..cluster import journal
from ..cluster.clients import Clients
from ..cluster.read_cluster import (
    DESCRIBE,
    batches,
    read_container_instances,
    read_daemons,
    read_protected,
    read_tasks,
)
from ..cluster.read_groups import read_ec2_instances, read_groups, read_hooks, read_refreshes
from ..cluster.snapshot import ContainerInstance
from .drain import deadline_passed
from .ghosts import suspects
from .settings import Settings
from .snapshot import PENDING_WAIT, TERMINATING_WAIT, InstancesSnapshot


def observe(aws: Clients, settings: Settings, now: datetime) -> InstancesSnapshot:
    """Read everything that this moment's plan needs; raises what AWS raises: no plan is made from half a picture."""
    cluster = settings.target.cluster
    # Groups before container instances: an instance that registers in between is only seen later, never too early.
    groups = tuple(
        replace(
            group,
            hooks=read_hooks(aws.autoscaling, group.name),
            refreshes=read_refreshes(aws.autoscaling, group.name),
        )
        for group in read_groups(aws.autoscaling, cluster)
    )
    seen = InstancesSnapshot(groups=groups, container_instances=read_container_instances(aws.ecs, cluster))
    seen = _with_second_look(aws, settings, seen)
    seen = _with_tasks(aws, settings, seen)
    seen = _with_ec2_instances(aws, seen)
    return _with_protection(aws, settings, seen, now)


def _with_second_look(aws: Clients, settings: Settings, seen: InstancesSnapshot) -> InstancesSnapshot:
    """Ask again for terminating instances that the list did not show: an unknown one is released at once."""
    members = (each for group in seen.groups for each in group.members(TERMINATING_WAIT))
    unknown = [each.instance_id for each in members if each.instance_id not in seen.registered]
    found: tuple[ContainerInstance, ...] = ()
    for batch in batches(unknown, DESCRIBE):
        found += read_container_instances(aws.ecs, settings.target.cluster, batch)
    found = tuple(each for each in found if each.instance_id in unknown)
    return replace(seen, container_instances=seen.container_instances + found) if found else seen


def _leaving(seen: InstancesSnapshot) -> list[ContainerInstance]:
    members = (each for group in seen.groups for each in group.members(TERMINATING_WAIT))
    found = (seen.registered.get(each.instance_id) for each in members)
    return [each for each in found if each is not None]


def _with_tasks(aws: Clients, settings: Settings, seen: InstancesSnapshot) -> InstancesSnapshot:
    leaving = _leaving(seen)
    if not leaving:
        return seen
    cluster = settings.target.cluster
    tasks = {each.arn: read_tasks(aws.ecs, cluster, each.arn) for each in leaving}
    return replace(seen, tasks=tasks, daemons=read_daemons(aws.ecs, cluster))


def _with_ec2_instances(aws: Clients, seen: InstancesSnapshot) -> InstancesSnapshot:
    starting = {each.instance_id for group in seen.groups for each in group.members(PENDING_WAIT)}
    silent = {each.instance_id for each in _leaving(seen) if not each.agent_connected}
    ids = starting | silent | {each.instance_id for each in suspects(seen)}
    if not ids:
        return seen
    return replace(seen, ec2_instances={**dict.fromkeys(ids), **read_ec2_instances(aws.ec2, ids)})


def _with_protection(aws: Clients, settings: Settings, seen: InstancesSnapshot, now: datetime) -> InstancesSnapshot:
    """Read which of the tasks that are left at a deadline protect themselves: it explains why they are left."""
    late = [each for each in _leaving(seen) if deadline_passed(each, settings, now)]
    left = [task.arn for each in late for task in seen.live_tasks(each.arn) or ()]
    if not left:
        return seen
    try:
        return replace(seen, protected=read_protected(aws.ecs, settings.target.cluster, left))
    except ClientError as error:  # an explanation is not worth holding the instance beyond its deadline
        journal.write("protection unknown", "WARN", error=str(error))
        return seen
