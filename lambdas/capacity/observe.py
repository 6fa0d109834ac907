"""Observe: one snapshot in batched calls.

Always: one call for the groups and one for each group's refreshes; two for each 100 container instances; one for each
100 and each 10 services; one for each task definition that was not seen before. Only where the decision needs it: what
EC2 knows of instances that start, where the tasks of a `distinctInstance` service run, the tasks of instances that
drain, the history of the surplus, and the tasks of the few instances that may go.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from botocore.exceptions import ClientError

from ..cluster import journal
from ..cluster.clients import Clients
from ..cluster.read_cluster import read_container_instances, read_protected, read_tasks
from ..cluster.read_groups import read_groups, read_machines, read_refreshes
from ..cluster.read_services import read_definitions, read_service_hosts, read_services
from ..cluster.services import TaskDefinition
from .history import read_surplus
from .plan import looked_at, wants_to_look
from .settings import Settings
from .view import Snapshot

EMPTYING: Final = 30
"""Draining instances whose tasks are read in one run, with three calls each; the others come when these are empty."""


def observe(aws: Clients, settings: Settings, now: datetime, known: dict[str, TaskDefinition]) -> Snapshot:
    """Read everything that the decision needs; raises what AWS raises: nothing is decided on half a picture.

    `known` holds the task definitions that were read before; what is new is added, what is gone is dropped.
    """
    cluster = settings.target.cluster
    # Groups before container instances: one that registers in between is there, not still to come. Services last: a
    # task that is placed in between then is no demand any more; the other way round it would count twice.
    groups = read_groups(aws.autoscaling, cluster)
    seen = Snapshot(
        groups=groups,
        refreshes={each.name: read_refreshes(aws.autoscaling, each.name) for each in groups},
        container_instances=read_container_instances(aws.ecs, cluster),
        services=read_services(aws.ecs, cluster),
    )
    local = [each.definition_arn for service in seen.local_services for each in service.live_deployments]
    seen = replace(seen, definitions=read_definitions(aws.ecs, local, known))
    seen = _with_machines(aws, seen)
    seen = _with_hosts(aws, settings, seen, _short_of_places(seen))
    seen = _with_draining(aws, settings, seen)
    seen = _with_tasks(aws, settings, seen, now, known)
    for arn in set(known) - set(seen.definitions):
        del known[arn]
    return seen


def _with_machines(aws: Clients, seen: Snapshot) -> Snapshot:
    """Ask EC2 since when those run that ECS does not know yet, and whether those still run that no group knows."""
    states = {name: each.lifecycle_state for name, each in seen.members.items() if name not in seen.registered}
    waiting = {name for name, state in states.items() if state == "InService" or state.startswith("Pending")}
    foreign = {name for name, each in seen.registered.items() if each.accepts_tasks and name not in seen.members}
    asked = waiting | foreign
    return replace(seen, machines=read_machines(aws.ec2, asked)) if asked else seen


def _short_of_places(seen: Snapshot) -> set[str]:
    """Services whose tasks must not share an instance, and that want more than they have."""
    return {
        service.name
        for service in seen.local_services
        if service.distinct and any(each.desired > each.running + each.pending for each in service.live_deployments)
    }


def _with_hosts(aws: Clients, settings: Settings, seen: Snapshot, names: Iterable[str]) -> Snapshot:
    cluster = settings.target.cluster
    hosts = {name: read_service_hosts(aws.ecs, cluster, name) for name in sorted(names) if name not in seen.hosts}
    return replace(seen, hosts={**seen.hosts, **hosts}) if hosts else seen


def _with_draining(aws: Clients, settings: Settings, seen: Snapshot) -> Snapshot:
    """Read which tasks have to leave: services count them as running."""
    emptying = [each for each in seen.draining if each.running_tasks][:EMPTYING]
    tasks = {each.arn: read_tasks(aws.ecs, settings.target.cluster, each.arn) for each in emptying}
    return replace(seen, tasks=tasks) if tasks else seen


def _with_tasks(
    aws: Clients, settings: Settings, seen: Snapshot, now: datetime, known: dict[str, TaskDefinition]
) -> Snapshot:
    """Read the tasks of the instances that may go, once the surplus was there for long enough."""
    if not wants_to_look(seen, settings, now):
        return seen
    if settings.shrink.hold_s:
        seen = replace(seen, surplus=read_surplus(aws.cloudwatch, settings, now))
    instances = looked_at(seen, settings, now)
    if not instances:
        return seen
    cluster = settings.target.cluster
    tasks = {each.arn: read_tasks(aws.ecs, cluster, each.arn) for each in instances}
    alive = [task for here in tasks.values() for task in here if not task.stopped]
    arns = {*seen.definitions, *(task.definition_arn for task in alive if task.service and task.definition_arn)}
    distinct = {each.name for each in seen.services if each.distinct} & {task.service for task in alive if task.service}
    seen = replace(
        seen,
        tasks={**seen.tasks, **tasks},
        definitions=read_definitions(aws.ecs, arns, known),
        protected=_protected(aws, cluster, [task.arn for task in alive if task.service]),
    )
    return _with_hosts(aws, settings, seen, distinct)


def _protected(aws: Clients, cluster: str, arns: list[str]) -> frozenset[str]:
    """The tasks that protect themselves; all of them when nobody can say: measuring goes on, nothing is removed."""
    try:
        return read_protected(aws.ecs, cluster, arns)
    except ClientError as error:
        journal.write("protection unknown", "WARN", error=str(error))
        return frozenset(arns)
