"""One instance of the cluster: as its group and as ECS know it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lambdas.cluster.read_cluster import read_container_instances, read_daemons, read_tasks
from lambdas.cluster.read_groups import read_groups, read_refreshes, read_waiting_since
from lambdas.cluster.snapshot import ContainerInstance, Group, Instance, by_instance_id
from lambdas.cluster.wanted_version import blocked
from lambdas.instances.snapshot import TERMINATING_WAIT, InstancesSnapshot

from ..connection import Connection
from ..errors import Exit, OperatorError
from .controllers import Controllers


@dataclass(frozen=True, kw_only=True)
class One:
    """An instance of the cluster's group; it has no registration before its agent has come up."""

    group: Group
    member: Instance
    registered: ContainerInstance | None


def read_group(connection: Connection, controllers: Controllers) -> Group:
    """The cluster's group. Raises OperatorError where there is none, or more than one."""
    aws = connection.aws
    groups = read_groups(aws.autoscaling, connection.cluster, controllers.instances.target.group_prefix)
    living = [each for each in groups if not each.deleting]
    if len(living) != 1:
        names = ", ".join(each.name for each in living) or "none"
        raise OperatorError(f"{connection.cluster} has to have one group, it has: {names}", Exit.NOT_THERE)
    return living[0]


def read_one(connection: Connection, controllers: Controllers, instance_id: str) -> One:
    """An instance by its id. Raises OperatorError for one that is in no group of the cluster."""
    group = read_group(connection, controllers)
    member = group.instance(instance_id)
    if member is None:
        raise OperatorError(f"{instance_id}: no such instance in {group.name}", Exit.NOT_THERE)
    registered = by_instance_id(read_container_instances(connection.aws.ecs, connection.cluster, [instance_id]))
    return One(group=group, member=member, registered=registered.get(instance_id))


def with_refreshes(connection: Connection, group: Group) -> Group:
    """The group with its refreshes of the last six weeks; one call."""
    return replace(group, refreshes=read_refreshes(connection.aws.autoscaling, group.name))


def remembered_failure(group: Group) -> str | None:
    """Id of the refresh whose failure keeps the wanted version back; None where none does."""
    last = next((each for each in group.refreshes if each.template is not None), None)
    return last.refresh_id if last is not None and blocked(group) else None


def read_alone(connection: Connection, controllers: Controllers, instance_id: str) -> InstancesSnapshot:
    """The groups, and of the cluster this instance alone with its tasks: seven calls, however large the cluster is."""
    aws, cluster = connection.aws, connection.cluster
    groups = read_groups(aws.autoscaling, cluster, controllers.instances.target.group_prefix)
    seen = InstancesSnapshot(
        groups=groups, container_instances=read_container_instances(aws.ecs, cluster, [instance_id])
    )
    registered = seen.registered.get(instance_id)
    if registered is None:
        return seen
    for group in groups:
        if any(each.instance_id == instance_id for each in group.members(TERMINATING_WAIT)):
            seen = replace(seen, waiting_since=read_waiting_since(aws.autoscaling, group.name, [instance_id]))
    tasks = {registered.arn: read_tasks(aws.ecs, cluster, registered.arn)}
    return replace(seen, tasks=tasks, daemons=read_daemons(aws.ecs, cluster))
