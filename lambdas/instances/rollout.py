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

from ..cluster import tags
from ..cluster.snapshot import Group, Refresh, Template
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


def target_of(group: Group) -> Template | None:
    """The wanted version of the group's template; None when nothing is wanted."""
    if group.wanted_version is None or group.template is None:
        return None
    return Template(template_id=group.template.template_id, version=group.wanted_version)


def blocked(group: Group) -> bool:
    """Whether the wanted version is the last that was tried, and failed: rolled out, or renewed."""
    last = _last(group)
    target = target_of(group)
    if last is None or target is None or last.refresh_id == group.tags.get(tags.FORGIVEN_REFRESH):
        return False
    return last.failed and matches(last.template, target)


def waits(group: Group) -> bool:
    """Whether a wanted version is not what runs, for whatever reason; one that failed is told apart (`blocked`)."""
    target = target_of(group)
    if target is None or group.deleting or blocked(group):
        return False
    return any(not matches(each.template, target) for each in group.members("InService") if each.template)


def matches(template: Template | None, target: Template) -> bool:
    """Whether both are the same version; a template that is known by name only is compared by version."""
    if template is None or template.version != target.version:
        return False
    return template.template_id == target.template_id or not (template.template_id and target.template_id)


def _last(group: Group) -> Refresh | None:
    """The newest refresh to a version. One without a version only renews what runs."""
    return next((each for each in group.refreshes if each.template is not None), None)


def _difference(group: Group, target: Template, now: datetime) -> str | None:
    last = _last(group)
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
