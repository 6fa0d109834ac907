"""Watch: an instance whose agent is gone runs on and takes no task. It is replaced, but never on one bad observation.

Missed observations are counted for draining instances too (drain judges by them), but only an instance that takes
tasks is given up. When most agents of a group are gone at once, the fault is not the instances': then nothing is
replaced.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from ..cluster.snapshot import ContainerInstance, Group, Instance
from . import attributes
from .actions import MarkUnhealthy, PutAttribute
from .settings import Settings, Watch
from .snapshot import TERMINATING_WAIT, InstancesSnapshot

UPDATING: Final = frozenset({"PENDING", "STAGING", "STAGED", "UPDATING"})
"""Agent update states in which the agent restarts by itself (ECS API reference, agentUpdateStatus)."""


def plan_watch(
    snapshot: InstancesSnapshot, settings: Settings, now: datetime
) -> Iterator[PutAttribute | MarkUnhealthy]:
    """Count missed observations, and give up instances that have too many, within the budget of the group."""
    for group in snapshot.groups:
        yield from _watch_group(group, snapshot, settings, now)


def _watch_group(
    group: Group, snapshot: InstancesSnapshot, settings: Settings, now: datetime
) -> Iterator[PutAttribute | MarkUnhealthy]:
    given_up: list[str] = []
    for instance in group.members("InService", TERMINATING_WAIT):
        registered = snapshot.registered.get(instance.instance_id)
        if registered is None or registered.agent_update_status in UPDATING:
            continue
        before = attributes.missed_observations(registered)
        after = observed(registered, before, settings.watch, now)
        if after != before:
            yield _put(registered, after)
        if after and after.count >= settings.watch.observations and _replaceable(instance, registered):
            given_up.append(instance.instance_id)
    for instance_id in given_up[: _budget(group, snapshot, settings.watch)]:
        yield MarkUnhealthy(
            instance_id=instance_id,
            reason=f"its agent was gone in {settings.watch.observations} consecutive observations",
        )


def observed(
    registered: ContainerInstance, before: attributes.MissedObservations | None, watch: Watch, now: datetime
) -> attributes.MissedObservations | None:
    """The consecutive missed observations after this one."""
    if registered.agent_connected:
        return None
    if before is None:
        return attributes.MissedObservations(count=1, first=now, last=now)
    if now - before.last < timedelta(seconds=watch.interval_s):
        return before
    return attributes.MissedObservations(count=before.count + 1, first=before.first, last=now)


def disconnected(group: Group, snapshot: InstancesSnapshot) -> int:
    """How many instances in service have no connected agent."""
    registered = (snapshot.registered.get(each.instance_id) for each in group.members("InService"))
    return sum(each is not None and not each.agent_connected for each in registered)


def lost(group: Group, snapshot: InstancesSnapshot, watch: Watch) -> int:
    """How many instances in service have missed often enough to be given up, replaced or not."""
    registered = (snapshot.registered.get(each.instance_id) for each in group.members("InService"))
    missed = (
        attributes.missed_observations(each) for each in registered if each is not None and not each.agent_connected
    )
    return sum(each is not None and each.count >= watch.observations for each in missed)


def _replaceable(instance: Instance, registered: ContainerInstance) -> bool:
    return instance.in_service and instance.healthy and registered.status == "ACTIVE"


def _budget(group: Group, snapshot: InstancesSnapshot, watch: Watch) -> int:
    """How many more instances may be given up now."""
    serving = len(group.members("InService"))
    missing = disconnected(group, snapshot)
    if missing > 1 and missing * 2 > serving:
        return 0
    leaving = sum(not each.healthy for each in group.instances)
    return max(0, max(1, serving * watch.budget_percent // 100) - leaving)


def _put(registered: ContainerInstance, missed: attributes.MissedObservations | None) -> PutAttribute:
    return PutAttribute(
        container_instance_arn=registered.arn,
        name=attributes.AGENT_MISSING,
        value=missed.text() if missed else attributes.NOTHING,
        reason="its agent is gone" if missed else "its agent is back",
    )
