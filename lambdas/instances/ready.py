"""Ready: an instance enters service when it can run tasks, and never when it cannot."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from ..cluster.instance_types import INSTANCE_TYPES
from ..cluster.lifecycle_hooks import LAUNCHING
from ..cluster.snapshot import ContainerInstance, Group, Hook, Instance
from . import attributes
from .actions import Action, Complete
from .guard import guarded
from .settings import Ready, Settings
from .snapshot import PENDING_WAIT, InstancesSnapshot


def plan_ready(snapshot: InstancesSnapshot, settings: Settings, now: datetime) -> Iterator[Action]:
    """Complete the launching hook of what is ready, abandon what is not at its deadline."""
    for group in snapshot.groups:
        if hook := group.hook(settings.ready.hook, LAUNCHING):
            for instance in group.members(PENDING_WAIT):
                yield from guarded(instance.instance_id, _settle(group, hook, instance, snapshot, settings.ready, now))


def overdue(instance_id: str, snapshot: InstancesSnapshot, ready: Ready, now: datetime) -> bool:
    """Whether an instance was launched longer ago than the deadline, as far as EC2 tells."""
    found = snapshot.ec2_instances.get(instance_id)
    return found is not None and found.launched is not None and now - found.launched >= _deadline(ready)


def _settle(
    group: Group, hook: Hook, instance: Instance, snapshot: InstancesSnapshot, ready: Ready, now: datetime
) -> Iterator[Complete]:
    registered = snapshot.registered.get(instance.instance_id)
    if registered is None and not snapshot.listed:
        return
    lack = _lack(instance, registered, ready)
    if lack is None and not (registered and _was_released(registered, hook, snapshot, now)):
        yield _complete(group, hook, instance, registered, abandon=None)
    elif lack is not None and _late(instance, snapshot, ready, now):
        yield _complete(group, hook, instance, registered, abandon=f"{lack} after {ready.deadline_s} s in the hook")


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
    """Judged by when the hook began: one that was stopped and started, or comes from a warm pool, is old and new.

    Where the group's activities do not reach back so far, the launch is what is left to judge by.
    """
    name = instance.instance_id
    if not overdue(name, snapshot, ready, now) or name not in snapshot.waiting_since:
        return False  # then the next pass knows more, or the hook's own timeout ends the wait
    since = snapshot.waiting_since[name]
    return since is None or now - since >= _deadline(ready)


def _was_released(registered: ContainerInstance, hook: Hook, snapshot: InstancesSnapshot, now: datetime) -> bool:
    """Whether this wait was over before, and another hook holds the instance."""
    done = attributes.released(registered, hook.name, now)
    since = snapshot.waiting_since.get(registered.instance_id)
    return done is not None and since is not None and since <= done


def _deadline(ready: Ready) -> timedelta:
    return timedelta(seconds=ready.deadline_s)


def _complete(
    group: Group, hook: Hook, instance: Instance, registered: ContainerInstance | None, *, abandon: str | None
) -> Complete:
    return Complete(
        group=group.name,
        hook=hook.name,
        instance_id=instance.instance_id,
        result="ABANDON" if abandon else "CONTINUE",
        ending="not ready" if abandon else "ready",
        reason=abandon or "active with a connected agent",
        container_instance_arn=registered.arn if registered else None,
    )
