"""Watch: an instance whose agent is gone runs on and takes no task. It is replaced, but never on one bad observation.

Missed observations are counted for draining instances too (drain judges by them), but only an instance that takes
tasks is given up. When most agents of a group are gone at once, the fault is not the instances': then nothing is
replaced.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from ..cluster.snapshot import RETAINED, ContainerInstance, Group, Instance
from . import attributes
from .actions import Action, MarkUnhealthy, PutAttribute
from .guard import guarded
from .settings import Settings, Watch
from .snapshot import TERMINATING_WAIT, InstancesSnapshot

UPDATING: Final = frozenset({"PENDING", "STAGING", "STAGED", "UPDATING"})
"""Agent update states in which the agent restarts by itself (ECS API reference, agentUpdateStatus)."""


REPLACING: Final = frozenset({"ReplaceUnhealthy", "Terminate", "Launch"})
"""Processes without which Auto Scaling replaces nothing: then nothing is marked."""

STUCK: Final = timedelta(minutes=30)
"""After that long an unhealthy instance no longer counts as being replaced: Auto Scaling begins within minutes."""


def plan_watch(snapshot: InstancesSnapshot, settings: Settings, now: datetime) -> Iterator[Action]:
    """Count missed observations, and give up instances that have too many, within the budget of the group."""
    for group in snapshot.groups:
        hopeless = mass_loss(group, snapshot)
        for instance in group.members("InService", TERMINATING_WAIT):
            if not (hopeless and instance.in_service):
                yield from guarded(instance.instance_id, _observe(instance, snapshot, settings, now))
        yield from guarded(group.name, _give_up(group, snapshot, settings, now))


def _observe(
    instance: Instance, snapshot: InstancesSnapshot, settings: Settings, now: datetime
) -> Iterator[PutAttribute]:
    """Note what a decision will need: of a leaving instance only since when its agent is gone."""
    registered = snapshot.registered.get(instance.instance_id)
    if registered is None or registered.agent_update_status in UPDATING:
        return
    before = attributes.missed_observations(registered, now)
    after = observed(registered, before, settings.watch, now)
    if after != before and (instance.in_service or not (before and after)):
        yield _put(registered, after)


def _give_up(group: Group, snapshot: InstancesSnapshot, settings: Settings, now: datetime) -> Iterator[MarkUnhealthy]:
    given_up: list[str] = []
    for instance in group.members("InService"):
        registered = snapshot.registered.get(instance.instance_id)
        if registered is None or registered.agent_update_status in UPDATING:
            continue
        after = observed(registered, attributes.missed_observations(registered, now), settings.watch, now)
        if after and after.count >= settings.watch.observations and _replaceable(instance, registered):
            given_up.append(instance.instance_id)
    for instance_id in given_up[: _budget(group, snapshot, settings.watch, now)]:
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


def mass_loss(group: Group, snapshot: InstancesSnapshot) -> bool:
    """Whether more than half of the agents are gone, of two at least: then the fault is not the instances'."""
    missing = disconnected(group, snapshot)
    return missing > 1 and missing * 2 > len(group.members("InService"))


def lost(group: Group, snapshot: InstancesSnapshot, watch: Watch, now: datetime) -> int:
    """How many instances in service have missed often enough to be given up, replaced or not; in a mass loss all."""
    if mass_loss(group, snapshot):
        return disconnected(group, snapshot)
    registered = (snapshot.registered.get(each.instance_id) for each in group.members("InService"))
    missed = (
        attributes.missed_observations(each, now)
        for each in registered
        if each is not None and not each.agent_connected
    )
    return sum(each is not None and each.count >= watch.observations for each in missed)


def _replaceable(instance: Instance, registered: ContainerInstance) -> bool:
    return instance.in_service and instance.healthy and registered.status == "ACTIVE"


def _budget(group: Group, snapshot: InstancesSnapshot, watch: Watch, now: datetime) -> int:
    """How many more instances may be given up now."""
    if mass_loss(group, snapshot) or group.suspended_processes & REPLACING:
        return 0
    leaving = sum(_being_replaced(each, snapshot, watch, now) for each in group.instances)
    return max(0, max(1, len(group.members("InService")) * watch.budget_percent // 100) - leaving)


def _being_replaced(instance: Instance, snapshot: InstancesSnapshot, watch: Watch, now: datetime) -> bool:
    """Whether an unhealthy instance is on its way out, as far as it is not stuck there.

    One that is retained, or that Auto Scaling or its drain keeps for long, takes nothing from the others: its
    replacement has come before it.
    """
    if instance.healthy or instance.lifecycle_state == RETAINED:
        return False
    registered = snapshot.registered.get(instance.instance_id)
    if registered is None:
        return True
    began = attributes.moment(registered, attributes.DRAINING_SINCE, now)
    missed = attributes.missed_observations(registered, now)
    if began is None and missed is not None:
        began = missed.first + timedelta(seconds=watch.observations * watch.interval_s)
    return began is None or now - began < STUCK


def _put(registered: ContainerInstance, missed: attributes.MissedObservations | None) -> PutAttribute:
    return PutAttribute(
        container_instance_arn=registered.arn,
        name=attributes.AGENT_MISSING,
        value=missed.text() if missed else attributes.NOTHING,
        reason="its agent is gone" if missed else "its agent is back",
    )
