"""Drain: an instance leaves when nothing is left on it that somebody may be waiting for.

A task that was told to stop still serves until the load balancer has let go of it (DEACTIVATING, STOPPING,
DEPROVISIONING), so only lastStatus STOPPED counts. Daemons leave with the instance.

An instance is told to drain before anything else is asked about it: its tasks are not read until then.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..cluster import budgets
from ..cluster.lifecycle_hooks import TERMINATING
from ..cluster.snapshot import ContainerInstance, Group, Hook, Instance, Task
from . import attributes
from .actions import Action, Complete, Ending, Heartbeat, PutAttribute, SetStatus, Stop
from .guard import guarded
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

    def complete(
        self, ending: Ending, reason: str, registered: ContainerInstance | None = None, left: tuple[Task, ...] = ()
    ) -> Complete:
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
            container_instance_arn=registered.arn if registered else None,
        )

    def passed(self, since: datetime, seconds: float) -> bool:
        return self.now - since >= timedelta(seconds=seconds)


def plan_drain(snapshot: InstancesSnapshot, settings: Settings, now: datetime) -> Iterator[Action]:
    """Bring every instance in the terminating hook one step further."""
    for group in snapshot.groups:
        if hook := group.hook(settings.drain.hook, TERMINATING):
            yield from _drain_group(group, hook, snapshot, settings, now)


def draining_since(registered: ContainerInstance, snapshot: InstancesSnapshot, now: datetime) -> datetime | None:
    """When the terminating hook began, as far as anybody knows: as it was noted, or as Auto Scaling remembers."""
    noted = attributes.moment(registered, attributes.DRAINING_SINCE, now)
    return noted or snapshot.waiting_since.get(registered.instance_id)


def deadline_passed(
    registered: ContainerInstance, snapshot: InstancesSnapshot, settings: Settings, now: datetime
) -> bool:
    """Whether a draining instance has had its time."""
    since = draining_since(registered, snapshot, now)
    return since is not None and now - since >= timedelta(seconds=settings.drain.deadline_s)


def _drain_group(
    group: Group, hook: Hook, snapshot: InstancesSnapshot, settings: Settings, now: datetime
) -> Iterator[Action]:
    for instance in group.members(TERMINATING_WAIT):
        leaving = _Leaving(group=group, hook=hook, instance=instance, snapshot=snapshot, settings=settings, now=now)
        yield from guarded(instance.instance_id, _leave(leaving, snapshot.registered.get(instance.instance_id)))


def _leave(leaving: _Leaving, registered: ContainerInstance | None) -> Iterator[Action]:
    if registered is None:
        if leaving.instance.instance_id in leaving.snapshot.absent:
            yield leaving.complete("unknown to ECS", "no container instance of this id is registered")
        return
    if attributes.released(registered, leaving.hook.name, leaving.now):
        return  # another hook holds it
    noted = attributes.moment(registered, attributes.DRAINING_SINCE, leaving.now)
    since = draining_since(registered, leaving.snapshot, leaving.now) or leaving.now
    left = leaving.snapshot.live_tasks(registered.arn)
    ending = _ending(leaving, registered, left, since, noted=noted is not None)
    if ending is not None:
        yield leaving.complete(*ending, registered, left or ())
        return
    if registered.status == "ACTIVE":
        yield SetStatus(
            container_instance_arn=registered.arn,
            instance_id=registered.instance_id,
            status="DRAINING",
            reason="its terminating hook waits",
        )
    else:
        yield from _stop_standalone(leaving, since, left or ())
    if noted is None:
        yield _put(registered, since)
    yield from _extend(leaving, registered, since)


def _ending(
    leaving: _Leaving, registered: ContainerInstance, left: tuple[Task, ...] | None, since: datetime, *, noted: bool
) -> tuple[Ending, str] | None:
    """Why the wait is over, None while it is not."""
    drain = leaving.settings.drain
    if not registered.agent_connected and leaving.snapshot.gone(registered.instance_id):
        return "terminated", "EC2 has terminated it already"
    if registered.status == "ACTIVE":
        # It is asked to drain first, however late it was found. What cannot be asked is not held for ever.
        late = leaving.passed(since, drain.deadline_s + budgets.DRAIN_MARGIN_S)
        return ("deadline", f"{drain.deadline_s} s have passed, and it does not drain") if late and noted else None
    # Only an instance that was already draining when its tasks were read gets no new ones.
    if left == () and registered.status != "REGISTERING":
        return "drained", "every task that is not a daemon's has stopped"
    if not registered.agent_connected:
        missed = attributes.missed_observations(registered, leaving.now)
        if missed is not None and leaving.passed(max(missed.first, since), drain.agent_gone_s):
            return "agent gone", f"its agent has been gone for {drain.agent_gone_s} s, it reports no task any more"
    if leaving.passed(since, drain.deadline_s):
        return "deadline", f"{drain.deadline_s} s have passed"
    return None


def _put(registered: ContainerInstance, since: datetime) -> PutAttribute:
    return PutAttribute(
        container_instance_arn=registered.arn,
        name=attributes.DRAINING_SINCE,
        value=attributes.moment_text(since),
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


def _extend(leaving: _Leaving, registered: ContainerInstance, since: datetime) -> Iterator[Heartbeat]:
    """Heartbeat at half of the hook's timeout, so that one lost pass does not end the wait."""
    timeout_s = leaving.hook.heartbeat_timeout_s
    deadline_s = leaving.settings.drain.deadline_s
    if not budgets.needs_heartbeats(deadline_s=deadline_s, heartbeat_timeout_s=timeout_s):
        return
    last = max(since, attributes.moment(registered, attributes.HEARTBEAT_AT, leaving.now) or since)
    if leaving.passed(last, timeout_s / 2):
        yield Heartbeat(
            group=leaving.group.name,
            hook=leaving.hook.name,
            instance_id=leaving.instance.instance_id,
            container_instance_arn=registered.arn,
            reason=f"the deadline of {deadline_s} s outlasts the hook's {timeout_s} s",
        )
