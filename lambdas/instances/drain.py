"""Drain: an instance leaves when nothing is left on it that somebody may be waiting for.

A task that was told to stop still serves until the load balancer has let go of it (DEACTIVATING, STOPPING,
DEPROVISIONING), so only lastStatus STOPPED counts. Daemons leave with the instance.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..cluster import budgets
from ..cluster.lifecycle_hooks import TERMINATING
from ..cluster.snapshot import ContainerInstance, Group, Hook, Instance, Task
from . import attributes
from .actions import Action, Complete, Ending, Heartbeat, PutAttribute, SetStatus, Stop
from .settings import Settings
from .snapshot import TERMINATING_WAIT, InstancesSnapshot


@dataclass(frozen=True, kw_only=True)
class _Leaving:
    """One instance in the terminating hook, and all that is known about it."""

    group: Group
    hook: Hook
    instance: Instance
    snapshot: InstancesSnapshot
    settings: Settings
    now: datetime

    def complete(self, ending: Ending, reason: str, left: tuple[Task, ...] = ()) -> Complete:
        """The end of the wait."""
        remaining = tuple(sorted(each.arn for each in left))
        return Complete(
            group=self.group.name,
            hook=self.hook.name,
            instance_id=self.instance.instance_id,
            result=self.settings.drain.result if ending == "deadline" else "CONTINUE",
            ending=ending,
            reason=reason,
            remaining=remaining,
            protected=tuple(arn for arn in remaining if arn in self.snapshot.protected),
        )

    def passed(self, since: datetime | None, seconds: float) -> bool:
        return since is not None and self.now - since >= timedelta(seconds=seconds)


def plan_drain(snapshot: InstancesSnapshot, settings: Settings, now: datetime) -> Iterator[Action]:
    """Bring every instance in the terminating hook one step further."""
    for group in snapshot.groups:
        yield from _drain_group(group, snapshot, settings, now)


def _drain_group(group: Group, snapshot: InstancesSnapshot, settings: Settings, now: datetime) -> Iterator[Action]:
    hook = group.hook(settings.drain.hook, TERMINATING)
    if hook is None:
        return
    for instance in group.members(TERMINATING_WAIT):
        leaving = _Leaving(group=group, hook=hook, instance=instance, snapshot=snapshot, settings=settings, now=now)
        yield from _leave(leaving, snapshot.registered.get(instance.instance_id))


def deadline_passed(registered: ContainerInstance, settings: Settings, now: datetime) -> bool:
    """Whether a draining instance has had its time."""
    since = attributes.moment(registered, attributes.DRAINING_SINCE)
    return since is not None and now - since >= timedelta(seconds=settings.drain.deadline_s)


def _leave(leaving: _Leaving, registered: ContainerInstance | None) -> Iterator[Action]:
    if registered is None:
        yield leaving.complete("unknown to ECS", "no container instance of this id is registered")
        return
    left = leaving.snapshot.live_tasks(registered.arn)
    ending = _ending(leaving, registered, left)
    if ending is not None:
        yield leaving.complete(*ending, left or ())
        return
    if registered.status == "ACTIVE":
        yield SetStatus(
            container_instance_arn=registered.arn,
            instance_id=registered.instance_id,
            status="DRAINING",
            reason="its terminating hook waits",
        )
    since = attributes.moment(registered, attributes.DRAINING_SINCE)
    if since is None:
        yield _put(leaving, registered, attributes.DRAINING_SINCE)
        return
    yield from _stop_standalone(leaving, since, left or ())
    yield from _extend(leaving, registered, since)


def _ending(
    leaving: _Leaving, registered: ContainerInstance, left: tuple[Task, ...] | None
) -> tuple[Ending, str] | None:
    """Why the wait is over, None while it is not."""
    drain = leaving.settings.drain
    # Only an instance that was already draining when its tasks were read gets no new ones.
    if left == () and registered.status not in ("ACTIVE", "REGISTERING"):
        return "drained", "every task that is not a daemon's has stopped"
    if not registered.agent_connected:
        if leaving.snapshot.gone(registered.instance_id):
            return "terminated", "EC2 has terminated it already"
        missed = attributes.missed_observations(registered)
        if missed is not None and leaving.passed(missed.first, drain.agent_gone_s):
            return "agent gone", f"its agent has been gone for {drain.agent_gone_s} s, it reports no task any more"
    if deadline_passed(registered, leaving.settings, leaving.now):
        return "deadline", f"{drain.deadline_s} s have passed"
    return None


def _put(leaving: _Leaving, registered: ContainerInstance, name: str) -> PutAttribute:
    return PutAttribute(
        container_instance_arn=registered.arn,
        name=name,
        value=attributes.moment_text(leaving.now),
        reason="deadlines and heartbeats are judged by it",
    )


def _stop_standalone(leaving: _Leaving, since: datetime, left: tuple[Task, ...]) -> Iterator[Stop]:
    wait_s = leaving.settings.drain.standalone_wait_s
    if not leaving.passed(since, wait_s):
        return
    for task in left:
        if task.service is None and task.desired_status == "RUNNING":
            yield Stop(
                task_arn=task.arn,
                instance_id=leaving.instance.instance_id,
                reason=f"belongs to no service and has had {wait_s} s to end",
            )


def _extend(leaving: _Leaving, registered: ContainerInstance, since: datetime) -> Iterator[Action]:
    """Heartbeat at half of the hook's timeout, so that one lost pass does not end the wait."""
    timeout_s = leaving.hook.heartbeat_timeout_s
    deadline_s = leaving.settings.drain.deadline_s
    if not budgets.needs_heartbeats(deadline_s=deadline_s, heartbeat_timeout_s=timeout_s):
        return
    last = max(since, attributes.moment(registered, attributes.HEARTBEAT_AT) or since)
    if leaving.passed(last, timeout_s / 2):
        yield Heartbeat(
            group=leaving.group.name,
            hook=leaving.hook.name,
            instance_id=leaving.instance.instance_id,
            reason=f"the deadline of {deadline_s} s outlasts the hook's {timeout_s} s",
        )
        yield _put(leaving, registered, attributes.HEARTBEAT_AT)
