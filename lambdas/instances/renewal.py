"""Renew: a group whose instances have served for long gets new ones of the same version.

What gathers with the age of an instance goes with it: full disks, leaks, changes by hand, credentials in memory. Auto
Scaling's own MaxInstanceLifetime would do it too, at moments of its own choosing: it knows no quiet times, does not ask
whether the group is in motion, and ends instance after instance, so that a task can move as often as there are old
ones. A refresh begins when nothing speaks against it, waits until each new instance is ready, and lets the old
generation be drained at once (generations.py).

The age counts from the registration with ECS, which is read anyway: an instance is at least as old. A renewal has no
version to return to, so it does not roll back: one that fails stops, and the wanted version counts as blocked, as after
a rollout that failed. A renewal that has begun goes on in a quiet time.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ..cluster.snapshot import RETAINED, Group, Refresh, Template
from ..cluster.wanted_version import blocked, matches, target_of, waits
from .actions import StartRefresh
from .rollout import NEEDED, SETTLED
from .settings import Settings
from .snapshot import InstancesSnapshot

SPREAD_S: Final = 24 * 3600
"""Seconds over which the renewals of groups that came together are spread."""

_AT_REST: Final = frozenset({"InService", "Standby", RETAINED})
"""Lifecycle states in which an instance neither comes nor leaves. One in Standby a person has taken aside."""


@dataclass(frozen=True, kw_only=True)
class Due:
    """A group whose oldest instance has had its time."""

    group: Group
    target: Template
    age_days: int
    held: str | None
    """Why the renewal waits; None when it begins now."""


def plan_renewal(snapshot: InstancesSnapshot, settings: Settings, now: datetime) -> Iterator[StartRefresh]:
    """Start a refresh of all instances where the oldest has had its time and nothing speaks against it."""
    for each in due(snapshot, settings, now):
        if each.held is None:
            yield StartRefresh(
                group=each.group.name,
                template=each.target,
                mixed_policy=each.group.mixed_policy,
                reason=f"its oldest instance registered {each.age_days} days ago",
                skip_matching=False,
            )


def due(snapshot: InstancesSnapshot, settings: Settings, now: datetime) -> tuple[Due, ...]:
    """The groups that are due, at most one of them to begin with: the next one is not in motion at the same time."""
    found: list[Due] = []
    for group in snapshot.groups:
        target, since = target_of(group), oldest(group, snapshot)
        if target is None or since is None or not _has_come(group, since, settings, now):
            continue
        held = _held(group, target, snapshot, settings, now)
        if held is None and any(each.held is None for each in found):
            held = "another group is renewed first"
        found.append(Due(group=group, target=target, age_days=(now - since).days, held=held))
    return tuple(found)


def oldest(group: Group, snapshot: InstancesSnapshot) -> datetime | None:
    """When the oldest instance in service registered; None where none is known."""
    registered = (snapshot.registered.get(each.instance_id) for each in group.members("InService"))
    return min((each.registered_at for each in registered if each and each.registered_at), default=None)


def oldest_days(snapshot: InstancesSnapshot, now: datetime) -> int | None:
    """Whole days since then, of all groups; None where none is known."""
    since = [found for group in snapshot.groups if (found := oldest(group, snapshot))]
    return max(0, (now - min(since)).days) if since else None


def spread(group_name: str) -> timedelta:
    """How much later than its age a group is renewed: less than a day, and for one name always the same.

    Environments that came together, by one hand or one image, are not to leave together.
    """
    digest = hashlib.sha256(group_name.encode()).digest()
    return timedelta(seconds=int.from_bytes(digest, "big") % SPREAD_S)


def _has_come(group: Group, since: datetime, settings: Settings, now: datetime) -> bool:
    """Whether the time of the oldest instance is over, and no refresh sees to it, or has just done so.

    A renewal leaves no older instance in service than itself. What looks older after one has come from Standby or from
    a warm pool, and waits for the next one: otherwise the group would be renewed without end.
    """
    age = timedelta(days=settings.renewal.max_age_days)
    if not age or group.deleting or any(each.running for each in group.refreshes):
        return False
    if any(_renewed(each) and each.started and now - each.started < age for each in group.refreshes):
        return False
    return now - since >= age + spread(group.name)


def _renewed(refresh: Refresh) -> bool:
    return refresh.status == "Successful" and not refresh.skip_matching


def _held(group: Group, target: Template, snapshot: InstancesSnapshot, settings: Settings, now: datetime) -> str | None:
    """What speaks against a beginning at this moment."""
    suspended = sorted(group.suspended_processes & NEEDED)
    holds = (
        (not group.refreshes_known, "its refreshes could not be read"),
        (blocked(group), f"version {target.version} was the last to be tried, and failed"),
        (not matches(group.template, target) or waits(group), f"version {target.version} is rolled out first"),
        (bool(suspended), f"suspended: {', '.join(suspended)}"),
        (_in_motion(group), "instances come or leave"),
        (_just_ended(group, now), "a refresh has just ended"),
        (_others_run(group, snapshot), "another group is refreshed"),
        (settings.disruption.is_quiet(now), "it is a quiet time"),
    )
    return next((reason for holds_it, reason in holds if holds_it), None)


def _in_motion(group: Group) -> bool:
    """Whether an instance comes or leaves, is about to leave, or is still to come."""
    moving = any(each.lifecycle_state not in _AT_REST or not each.healthy for each in group.instances)
    return moving or len(group.members("InService")) < group.desired_capacity


def _just_ended(group: Group, now: datetime) -> bool:
    """Whether what is seen of the group may be older than the end of its last refresh."""
    return any(each.ended is not None and now - each.ended < SETTLED for each in group.refreshes)


def _others_run(group: Group, snapshot: InstancesSnapshot) -> bool:
    return any(each.running for other in snapshot.groups if other is not group for each in other.refreshes)
