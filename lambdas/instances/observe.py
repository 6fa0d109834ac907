"""Observe: one snapshot in batched calls, of what matters first.

While nothing is in motion: one call for the groups, two for each group (hooks, refreshes), and two for each 100
container instances (a page of the list, a description). Tasks, daemons, EC2 states, activities and protection are read
only for what moves, and tasks only of as many instances as a pass can ask for (task_reads.py).

Without the groups there is no pass. Whatever else is refused costs what it would have told: it is marked as unread, and
nothing is concluded from it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from ..cluster.clients import Clients
from ..cluster.parts import Parts
from ..cluster.read_cluster import (
    DESCRIBE,
    batches,
    describe_container_instances,
    list_container_instances,
    list_task_arns,
    read_container_instances,
    read_daemons,
    read_described_tasks,
    read_protected,
)
from ..cluster.read_groups import read_ec2_instances, read_groups, read_hooks, read_refreshes, read_waiting_since
from ..cluster.read_services import describe_services, read_definitions
from ..cluster.services import Service, TaskDefinition
from ..cluster.snapshot import ContainerInstance, Group, Task
from . import attributes
from .drain import deadline_passed
from .generations import candidates
from .ghosts import suspects
from .ready import overdue
from .settings import Settings
from .snapshot import PENDING_WAIT, TERMINATING_WAIT, InstancesSnapshot
from .task_reads import leaving, looks_empty, worth_reading

NEW_DEFINITIONS: Final = 50
"""Task definitions that one pass reads; the next ones come with the next pass."""

KNOWN: Final[dict[str, TaskDefinition]] = {}
"""Task definitions that this process has read: they never change."""


def observe(aws: Clients, settings: Settings, now: datetime) -> InstancesSnapshot:
    """Read everything that this moment's plan needs; raises what AWS raises when there are no groups to plan for."""
    reading = _Reading(aws=aws, settings=settings, now=now)
    # Groups before container instances: an instance that registers in between is only seen later, never too early.
    found = read_groups(aws.autoscaling, settings.target.cluster, settings.target.group_prefix)
    seen = InstancesSnapshot(groups=tuple(map(reading.group, found)))
    steps = (
        reading.container_instances,
        reading.second_look,
        reading.ec2_instances,
        reading.waiting_since,
        reading.tasks,
        reading.old_generation,
        reading.protection,
    )
    for step in steps:
        seen = step(seen)
    return replace(seen, unread=tuple(reading.parts.unread))


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """The steps of one observation; each adds to the snapshot what it could read."""

    aws: Clients
    settings: Settings
    now: datetime
    parts: Parts = field(default_factory=Parts)

    @property
    def _cluster(self) -> str:
        return self.settings.target.cluster

    def group(self, group: Group) -> Group:
        """With its hooks and refreshes."""
        autoscaling, name = self.aws.autoscaling, group.name
        hooks = self.parts.read(f"hooks of {name}", lambda: read_hooks(autoscaling, name), ())
        refreshes = self.parts.read(f"refreshes of {name}", lambda: read_refreshes(autoscaling, name), None)
        return replace(group, hooks=hooks, refreshes=refreshes or (), refreshes_known=refreshes is not None)

    def container_instances(self, seen: InstancesSnapshot) -> InstancesSnapshot:
        """All of the cluster, batch by batch: one that is refused costs a hundred of them."""
        arns: list[str] = []
        before = len(self.parts.unread)
        self.parts.read("list of container instances", lambda: self._list(arns), None)
        found: list[ContainerInstance] = []
        for batch in batches(arns, DESCRIBE):
            described, failed = self.parts.read(
                "container instances", lambda batch=batch: self._describe(batch), ([], [])
            )
            found += described
            for error in failed:
                self.parts.lost("container instance", error, passing=False)
        return replace(seen, container_instances=tuple(found), listed=len(self.parts.unread) == before)

    def second_look(self, seen: InstancesSnapshot) -> InstancesSnapshot:
        """Ask again for terminating instances that the list did not show: an unknown one is released at once."""
        members = (each for group in seen.groups for each in group.members(TERMINATING_WAIT))
        unknown = [each.instance_id for each in members if each.instance_id not in seen.registered]
        for batch in batches(unknown, DESCRIBE):
            found = self.parts.read("second look", lambda batch=batch: self._looked_for(batch), None)
            if found is not None:
                absent = frozenset(batch) - {each.instance_id for each in found}
                seen = replace(seen, container_instances=seen.container_instances + found, absent=seen.absent | absent)
        return seen

    def ec2_instances(self, seen: InstancesSnapshot) -> InstancesSnapshot:
        """What EC2 says of instances that come, that are silent, or that no group knows."""
        starting = {each.instance_id for group in seen.groups for each in group.members(PENDING_WAIT)}
        silent = {each.instance_id for each in leaving(seen) if not each.agent_connected}
        ids = starting | silent | {each.instance_id for each in suspects(seen)}
        if not ids:
            return seen
        found = self.parts.read("EC2 instances", lambda: read_ec2_instances(self.aws.ec2, ids), None)
        return seen if found is None else replace(seen, ec2_instances={**dict.fromkeys(ids), **found})

    def waiting_since(self, seen: InstancesSnapshot) -> InstancesSnapshot:
        """Since when instances wait in a hook, where a decision needs it and nothing tells it yet."""
        for group in seen.groups:
            ids = [each.instance_id for each in group.members(PENDING_WAIT) if self._unsettled(each.instance_id, seen)]
            ids += [each.instance_id for each in group.members(TERMINATING_WAIT) if self._new(each.instance_id, seen)]
            if ids:
                found = self.parts.read("activities", lambda name=group.name, ids=ids: self._since(name, ids), None)
                asked = dict.fromkeys(ids) if found is not None else {}
                seen = replace(seen, waiting_since={**seen.waiting_since, **asked, **(found or {})})
        return seen

    def tasks(self, seen: InstancesSnapshot) -> InstancesSnapshot:
        """The tasks of the instances that may be empty or due, and which services are daemons."""
        if not any(leaving(seen)):
            return seen
        seen = replace(seen, daemons=self._daemons())
        return replace(seen, tasks=self._tasks_of(worth_reading(seen, self.settings, self.now)))

    def old_generation(self, seen: InstancesSnapshot) -> InstancesSnapshot:
        """What the tasks are that a rollout may move next: their shapes decide whether there is room."""
        found = [each for group in seen.groups for each in candidates(group, seen, self.settings, self.now)]
        if not found:
            return seen
        if not seen.daemons:
            seen = replace(seen, daemons=self._daemons())
        tasks = self._tasks_of(found)
        moving = [task for listed in tasks.values() for task in listed if task.service and not task.stopped]
        names = sorted({task.service or "" for task in moving} - seen.daemons)
        arns = {task.definition_arn for task in moving if task.service not in seen.daemons}
        services = self.parts.read(
            "services", lambda: describe_services(self.aws.ecs, self._cluster, names), tuple[Service, ...]()
        )
        self.parts.read("task definitions", lambda: self._definitions(arns), None)
        return replace(
            seen,
            tasks={**seen.tasks, **tasks},
            services={each.name: each for each in services},
            definitions={arn: KNOWN[arn] for arn in arns if arn in KNOWN},
        )

    def protection(self, seen: InstancesSnapshot) -> InstancesSnapshot:
        """Which of the tasks that are left at a deadline protect themselves: it explains why they are left."""
        late = [each for each in leaving(seen) if deadline_passed(each, seen, self.settings, self.now)]
        left = [task.arn for each in late for task in seen.live_tasks(each.arn) or ()]
        if not left:
            return seen
        found = self.parts.read(
            "protection", lambda: read_protected(self.aws.ecs, self._cluster, left), frozenset[str]()
        )
        return replace(seen, protected=found)

    def _daemons(self) -> frozenset[str]:
        return self.parts.read("daemons", lambda: read_daemons(self.aws.ecs, self._cluster), frozenset[str]())

    def _tasks_of(self, instances: Iterable[ContainerInstance]) -> dict[str, tuple[Task, ...]]:
        arns: dict[str, tuple[str, ...]] = {}
        for each in instances:
            listed = self.parts.read("list of tasks", lambda each=each: self._task_arns(each), None)
            if listed is not None:
                arns[each.arn] = listed
        return self._described(arns)

    def _definitions(self, arns: set[str]) -> None:
        new = sorted(arns - KNOWN.keys())[:NEW_DEFINITIONS]
        read_definitions(self.aws.ecs, new, KNOWN)

    def _list(self, arns: list[str]) -> None:
        for page in list_container_instances(self.aws.ecs, self._cluster):
            arns += page  # page by page, so that what was listed before a failure is known

    def _describe(self, batch: Sequence[str]) -> tuple[list[ContainerInstance], list[str]]:
        return describe_container_instances(self.aws.ecs, self._cluster, batch)

    def _looked_for(self, ids: Sequence[str]) -> tuple[ContainerInstance, ...]:
        found = read_container_instances(self.aws.ecs, self._cluster, ids)
        return tuple(each for each in found if each.instance_id in ids)

    def _unsettled(self, instance_id: str, seen: InstancesSnapshot) -> bool:
        """Whether an instance was launched long ago, or released before: it may have come to the hook again."""
        registered = seen.registered.get(instance_id)
        noted = registered is not None and attributes.text(registered, attributes.RELEASED) is not None
        return noted or overdue(instance_id, seen, self.settings.ready, self.now)

    def _new(self, instance_id: str, seen: InstancesSnapshot) -> bool:
        registered = seen.registered.get(instance_id)
        return registered is not None and attributes.moment(registered, attributes.DRAINING_SINCE, self.now) is None

    def _since(self, group: str, ids: Iterable[str]) -> dict[str, datetime]:
        return read_waiting_since(self.aws.autoscaling, group, ids)

    def _task_arns(self, instance: ContainerInstance) -> tuple[str, ...]:
        empty = instance.status != "ACTIVE" and looks_empty(instance, daemons=0)
        return list_task_arns(self.aws.ecs, self._cluster, instance.arn, empty=empty)

    def _described(self, arns: dict[str, tuple[str, ...]]) -> dict[str, tuple[Task, ...]]:
        """The tasks by container instance; of one whose tasks could not all be described, none."""
        every = [arn for listed in arns.values() for arn in listed]
        tasks: dict[str, Task] = {}
        unread: set[str] = set()
        for batch in batches(every, DESCRIBE):
            found = self.parts.read(
                "tasks", lambda batch=batch: read_described_tasks(self.aws.ecs, self._cluster, batch), None
            )
            if found is None:
                unread |= set(batch)
            else:
                tasks |= {each.arn: each for each in found}
        known = {host: listed for host, listed in arns.items() if not unread.intersection(listed)}
        return {host: tuple(tasks[arn] for arn in listed if arn in tasks) for host, listed in known.items()}
