"""Whose tasks are read: a pass can ask for some instances only, so it asks where the answer changes something.

ECS counts the tasks that nobody told to stop (`runningTasksCount`). An instance with more of them than there are
daemons is not empty, whatever its tasks are, so its tasks need not be read. What looks empty may still have tasks that
are stopping: only their list tells. Each instance costs two lists of ECS, and a description for every 100 tasks.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from ..cluster.snapshot import ContainerInstance
from . import attributes
from .drain import deadline_passed
from .settings import Settings
from .snapshot import TERMINATING_WAIT, InstancesSnapshot

MOST: Final = 30
"""Instances in one pass. Sixty lists and their descriptions fit beside all else of a pass into what ECS refills while
it lasts and until the next one: 20 reads a second for the account and Region (ECS API reference, throttling)."""


def leaving(snapshot: InstancesSnapshot) -> Iterator[ContainerInstance]:
    """The registered instances in the terminating hook."""
    for group in snapshot.groups:
        for instance in group.members(TERMINATING_WAIT):
            registered = snapshot.registered.get(instance.instance_id)
            if registered is not None:
                yield registered


def looks_empty(instance: ContainerInstance, daemons: int) -> bool:
    """Whether at most its daemons are left of the tasks that nobody told to stop."""
    return instance.running_tasks + instance.pending_tasks <= daemons


def worth_reading(snapshot: InstancesSnapshot, settings: Settings, now: datetime) -> tuple[ContainerInstance, ...]:
    """The instances whose tasks decide something now: what is due first, then what looks empty, then the others."""
    draining = [each for each in leaving(snapshot) if each.status not in ("ACTIVE", "REGISTERING")]
    due = [each for each in draining if deadline_passed(each, snapshot, settings, now)]
    empty = [each for each in draining if looks_empty(each, len(snapshot.daemons)) and each not in due]
    waited = [each for each in draining if _has_waited(each, settings, now) and each not in due and each not in empty]
    return tuple([*due, *empty, *_turned(waited, now)][:MOST])


def _has_waited(instance: ContainerInstance, settings: Settings, now: datetime) -> bool:
    """Whether tasks without a service have had their time: then they have to be found."""
    since = attributes.moment(instance, attributes.DRAINING_SINCE, now)
    return since is not None and now - since >= timedelta(seconds=settings.drain.standalone_wait_s)


def _turned(instances: list[ContainerInstance], now: datetime) -> list[ContainerInstance]:
    """The same in another order at each moment, so that each has its turn: nobody remembers whose turn it was."""
    if not instances:
        return []
    ordered = sorted(instances, key=lambda each: each.arn)
    start = int(now.timestamp()) * MOST % len(ordered)
    return ordered[start:] + ordered[:start]
