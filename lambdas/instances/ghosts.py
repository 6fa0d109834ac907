"""Clean up: registrations behind which there is no agent any more.

ECS does not deregister an instance whose agent was gone when it terminated; such ghosts block the deletion of the
cluster. Only EC2's word counts, and an instance of no group that EC2 still knows is left alone.

An agent that lost its data registers its instance a second time. Tasks that ECS knows on the first registration are
phantoms: no agent reports them, and their service believes in them, so that nothing replaces them.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from ..cluster.snapshot import ContainerInstance
from .actions import Deregister
from .settings import Settings
from .snapshot import InstancesSnapshot

PHANTOM: Final = timedelta(minutes=10)
"""How long an instance's second registration must have stood before the first one goes: no restart takes as long."""

_LEAVING: Final = frozenset({"DEREGISTERING", "INACTIVE"})


def suspects(snapshot: InstancesSnapshot) -> list[ContainerInstance]:
    """Registrations without agent and group: EC2 is asked about them. External instances (`mi-`) are none of ours."""
    return [
        each
        for each in snapshot.container_instances
        if not each.agent_connected
        and each.instance_id.startswith("i-")
        and each.instance_id not in snapshot.member_ids
        and each.status not in _LEAVING
    ]


def plan_ghosts(snapshot: InstancesSnapshot, _settings: Settings, now: datetime) -> Iterator[Deregister]:
    """Deregister what EC2 has terminated or forgotten, and what another registration has replaced."""
    for each in suspects(snapshot):
        if snapshot.gone(each.instance_id):
            yield _deregister(each, "EC2 has terminated it and its group has let it go")
    for each in snapshot.container_instances:
        if _is_phantom(each, snapshot, now):
            yield _deregister(each, "its instance has registered again, no agent reports its tasks any more")


def _is_phantom(instance: ContainerInstance, snapshot: InstancesSnapshot, now: datetime) -> bool:
    living = snapshot.registered[instance.instance_id]
    return (
        instance.arn != living.arn
        and instance.instance_id in snapshot.member_ids
        and not instance.agent_connected
        and instance.status not in _LEAVING
        and living.agent_connected
        and living.registered_at is not None
        and now - living.registered_at >= PHANTOM
    )


def _deregister(instance: ContainerInstance, reason: str) -> Deregister:
    return Deregister(container_instance_arn=instance.arn, instance_id=instance.instance_id, reason=reason)
