"""Ready: an instance enters service when it can run tasks, and never when it cannot."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from ..cluster.instance_types import INSTANCE_TYPES
from ..cluster.lifecycle_hooks import LAUNCHING
from ..cluster.snapshot import ContainerInstance, Group, Hook, Instance
from .actions import Complete
from .settings import Ready, Settings
from .snapshot import PENDING_WAIT, InstancesSnapshot


def plan_ready(snapshot: InstancesSnapshot, settings: Settings, now: datetime) -> Iterator[Complete]:
    """Complete the launching hook of what is ready, abandon what is not at its deadline."""
    for group in snapshot.groups:
        yield from _settle(group, snapshot, settings, now)


def _settle(group: Group, snapshot: InstancesSnapshot, settings: Settings, now: datetime) -> Iterator[Complete]:
    hook = group.hook(settings.ready.hook, LAUNCHING)
    if hook is None:
        return
    for instance in group.members(PENDING_WAIT):
        lack = _lack(instance, snapshot.registered.get(instance.instance_id), settings.ready)
        if lack is None:
            yield _complete(group, hook, instance, abandon=None)
        elif _late(instance, snapshot, settings.ready, now):
            yield _complete(group, hook, instance, abandon=f"{lack} {settings.ready.deadline_s} s after launch")


def _lack(instance: Instance, registered: ContainerInstance | None, ready: Ready) -> str | None:
    """What an instance lacks to run tasks."""
    if registered is None:
        return "not registered"
    if registered.status != "ACTIVE":
        return f"status {registered.status}"
    if not registered.agent_connected:
        return "agent not connected"
    if ready.trunked and not registered.trunked and _can_trunk(instance.instance_type):
        return "no trunk interface"
    return None


def _can_trunk(instance_type: str) -> bool:
    """An unknown type is assumed to: a group that asks for trunks is of types that have them."""
    known = INSTANCE_TYPES.get(instance_type)
    return known is None or known.trunk_tasks is not None


def _late(instance: Instance, snapshot: InstancesSnapshot, ready: Ready, now: datetime) -> bool:
    """Judged by the launch time of EC2: an instance that never registers has no attribute to remember by."""
    found = snapshot.ec2_instances.get(instance.instance_id)
    if found is None or found.launched is None:
        return False  # then the hook's own timeout ends the wait
    return now - found.launched >= timedelta(seconds=ready.deadline_s)


def _complete(group: Group, hook: Hook, instance: Instance, *, abandon: str | None) -> Complete:
    return Complete(
        group=group.name,
        hook=hook.name,
        instance_id=instance.instance_id,
        result="ABANDON" if abandon else "CONTINUE",
        ending="not ready" if abandon else "ready",
        reason=abandon or "active with a connected agent",
    )
