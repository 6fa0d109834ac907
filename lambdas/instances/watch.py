"""Watch: an instance whose agent is gone runs on and takes no task. It is replaced, but never on one bad observation.

The row of misses is counted for draining instances too (drain judges by it), but only one that takes tasks is given
up. When most agents of a group are gone at once, the fault is not the instances': then nothing is replaced.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from ..cluster.snapshot import ContainerInstance, Instance
from . import memory
from .actions import MarkUnhealthy, Remember
from .settings import Settings, Watch
from .view import TERMINATING_WAIT, Fleet, Snapshot

UPDATING: Final = frozenset({"PENDING", "STAGING", "STAGED", "UPDATING"})
"""Agent update states in which the agent restarts by itself (ECS API reference, agentUpdateStatus)."""


def plan_watch(
    fleet: Fleet, snapshot: Snapshot, settings: Settings, now: datetime
) -> Iterator[Remember | MarkUnhealthy]:
    """Count misses, and give up what has missed too often, within the budget of the group."""
    given_up: list[str] = []
    for instance in fleet.members("InService", TERMINATING_WAIT):
        registered = snapshot.registered.get(instance.instance_id)
        if registered is None or registered.agent_update_status in UPDATING:
            continue
        before = memory.missing(registered)
        after = observed(registered, before, settings.watch, now)
        if after != before:
            yield _remember(registered, after)
        if after and after.count >= settings.watch.observations and _replaceable(instance, registered):
            given_up.append(instance.instance_id)
    for instance_id in given_up[: _budget(fleet, snapshot, settings.watch)]:
        yield MarkUnhealthy(
            instance_id=instance_id,
            reason=f"its agent was gone in {settings.watch.observations} observations in a row",
        )


def observed(
    registered: ContainerInstance, before: memory.Missing | None, watch: Watch, now: datetime
) -> memory.Missing | None:
    """The row of misses after this observation."""
    if registered.agent_connected:
        return None
    if before is None:
        return memory.Missing(count=1, first=now, last=now)
    if now - before.last < timedelta(seconds=watch.interval_s):
        return before
    return memory.Missing(count=before.count + 1, first=before.first, last=now)


def disconnected(fleet: Fleet, snapshot: Snapshot) -> int:
    """How many instances in service have no connected agent."""
    registered = (snapshot.registered.get(each.instance_id) for each in fleet.members("InService"))
    return sum(each is not None and not each.agent_connected for each in registered)


def lost(fleet: Fleet, snapshot: Snapshot, watch: Watch) -> int:
    """How many instances in service have missed often enough to be given up, replaced or not."""
    registered = (snapshot.registered.get(each.instance_id) for each in fleet.members("InService"))
    rows = (memory.missing(each) for each in registered if each is not None and not each.agent_connected)
    return sum(row is not None and row.count >= watch.observations for row in rows)


def _replaceable(instance: Instance, registered: ContainerInstance) -> bool:
    return instance.in_service and instance.healthy and registered.status == "ACTIVE"


def _budget(fleet: Fleet, snapshot: Snapshot, watch: Watch) -> int:
    """How many more instances may be given up now."""
    serving = len(fleet.members("InService"))
    missing = disconnected(fleet, snapshot)
    if missing > 1 and missing * 2 > serving:
        return 0
    leaving = sum(not each.healthy for each in fleet.group.instances)
    return max(0, max(1, serving * watch.budget_percent // 100) - leaving)


def _remember(registered: ContainerInstance, row: memory.Missing | None) -> Remember:
    return Remember(
        container_instance_arn=registered.arn,
        name=memory.AGENT_MISSING,
        value=row.text() if row else memory.NOTHING,
        reason="its agent is gone" if row else "its agent is back",
    )
