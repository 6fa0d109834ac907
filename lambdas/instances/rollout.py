"""Roll out: the wanted template version replaces what runs, by an instance refresh that can roll back.

The refresh gets the wanted version as its desired configuration, and the group is left alone: a rollback returns to
what the group had saved, which is the old version. A version that failed is not tried again until another is wanted;
Auto Scaling remembers failures for six weeks, after which the version is tried once more. An operator who has mended
the cause outside of the template says so by a tag with the refresh that failed, and the controller tries again.

With a canary, the refresh waits at a checkpoint once the first new instance serves. The refresh itself keeps that time:
Auto Scaling watches the alarms and rolls back meanwhile, and a controller that is paused or replaced forgets nothing.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from ..cluster.snapshot import Group, Template
from ..cluster.wanted_version import blocked, last_tried, matches, target_of
from .actions import StartRefresh
from .settings import Settings
from .snapshot import InstancesSnapshot

NEEDED: Final = frozenset({"InstanceRefresh", "Launch", "Terminate"})
"""Processes without which a refresh does not proceed; whoever suspended one does not want it now."""

SETTLED: Final = timedelta(minutes=5)
"""After a success, the group may still show its old version that long."""


def plan_rollout(snapshot: InstancesSnapshot, settings: Settings, now: datetime) -> Iterator[StartRefresh]:
    """Start a refresh when the wanted version differs from what runs and nothing speaks against it."""
    for group in snapshot.groups:
        yield from _roll_out(group, settings, now)


def _roll_out(group: Group, settings: Settings, now: datetime) -> Iterator[StartRefresh]:
    target = target_of(group)
    if target is None or group.deleting or group.suspended_processes & NEEDED or not group.refreshes_known:
        return
    if any(each.running for each in group.refreshes) or blocked(group):
        return
    difference = _difference(group, target, now)
    if difference is not None:
        yield StartRefresh(
            group=group.name,
            template=target,
            mixed_policy=group.mixed_policy,
            reason=difference,
            # Of one instance, the canary is the whole rollout, and the alarms are watched after it anyway.
            canary_s=settings.rollout.canary_minutes * 60 if group.desired_capacity > 1 else 0,
        )


def _difference(group: Group, target: Template, now: datetime) -> str | None:
    last = last_tried(group)
    done = last is not None and not last.failed and matches(last.template, target)
    if done and (last is None or last.ended is None or now - last.ended < SETTLED):
        return None
    if not matches(group.template, target):
        assert group.template is not None, "without a template there is no target"
        return f"version {target.version} is wanted, the group has {group.template.version}"
    stale = sum(not matches(each.template, target) for each in group.members("InService") if each.template)
    if stale and not done:
        return f"version {target.version} is wanted, {stale} instances run another"
    return None
