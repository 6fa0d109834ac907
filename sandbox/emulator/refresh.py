"""Instance refreshes: replace a group's instances by launch-first (surge) or terminate-first steps.

The group's own launch template changes only on success, and a rollback returns to it (Auto Scaling user guide).
At a checkpoint it waits, and begins to wait anew where a group that grows falls below it again; the percentages of a
group count what is new in it, replaced or not. A rollback has no checkpoints. Instance warm-up is not waited for.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.cloudwatch.models import cloudwatch_backends

from . import world
from .batches import allowed, share
from .events import emit
from .groups import serves, terminate, victims

_ACTIVE = {"Pending", "InProgress", "Baking", "RollbackInProgress", "Cancelling"}
_ABANDONED_LAUNCHES = 3
"""Replacements that may fail before the refresh does. AWS gives no number: it tries for an hour."""
_CHECKPOINT_DELAY_S = 3600
"""CheckpointDelay of a refresh with checkpoints that does not say (Auto Scaling API, RefreshPreferences)."""
_PROTECTED_WAIT_S = 3600
"""How long a refresh waits for protected instances (Auto Scaling user guide)."""


@dataclass
class Refresh:
    """One instance refresh of a group."""

    group: Any
    preferences: dict[str, Any]
    configuration: dict[str, Any]
    """The desired configuration as requested; empty to replace with what the group has."""
    target: tuple[Any, str] | None
    """Launch template and version of the replacements; None for the group's own."""
    old: set[str]
    """Instances that are to be replaced."""
    started: float
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = "Pending"
    reason: str = ""
    ended: float | None = None
    surge: int = 0
    total: int = 0
    baked_from: float = 0.0
    passed: int = 0
    """Percentage of the last checkpoint whose wait is over."""
    reached: float | None = None
    """Since when it waits at the next one."""
    failures_before: int = 0
    rollback: dict[str, Any] | None = None

    def launching(self) -> tuple[Any, str] | None:
        """Give what launches use while the refresh runs: the new version, or the group's while it rolls back."""
        return self.target if self.status in {"Pending", "InProgress", "Baking"} else None

    def percent(self) -> int:
        """Give the share of instances that were replaced, 0..100."""
        left = len(self.left())
        return 100 if not self.total else int(100 * (self.total - left) / self.total)

    def left(self) -> list[Any]:
        """Give the instances that are still to be replaced."""
        return [m for m in self.group.instance_states if m.instance_id in self.old]

    def described(self) -> dict[str, Any]:
        """Give the refresh as DescribeInstanceRefreshes shows it."""
        left = len(self.left())
        return {
            "InstanceRefreshId": self.id,
            "AutoScalingGroupName": self.group.name,
            "Status": self.status,
            "StatusReason": self.reason or None,
            "StartTime": datetime.fromtimestamp(self.started, UTC),
            "EndTime": datetime.fromtimestamp(self.ended, UTC) if self.ended else None,
            "PercentageComplete": self.percent(),
            "InstancesToUpdate": left,
            "Preferences": self.preferences,
            "DesiredConfiguration": self.configuration or None,
            "RollbackDetails": self.rollback,
        }


def _event(refresh: Refresh, what: str) -> None:
    group = refresh.group
    detail = {"InstanceRefreshId": refresh.id, "AutoScalingGroupName": group.name}
    emit(
        group.account_id,
        group.region,
        "aws.autoscaling",
        f"EC2 Auto Scaling Instance Refresh {what}",
        detail,
        [group.arn],
    )


def _template(backend: Any, spec: dict[str, Any]) -> tuple[Any, str]:
    if template_id := spec.get("LaunchTemplateId"):
        template = backend.ec2_backend.get_launch_template(template_id)
    else:
        template = backend.ec2_backend.get_launch_template_by_name(spec.get("LaunchTemplateName"))
    version = str(spec.get("Version") or "$Default")
    template.get_version(version)
    return template, version


def start(group: Any, params: dict[str, Any]) -> Refresh:
    """StartInstanceRefresh: one at a time; auto-rollback needs a numbered version."""
    if (running := getattr(group, "refresh", None)) and running.status in _ACTIVE:
        raise AutoscalingClientError(
            "InstanceRefreshInProgress",
            "An Instance Refresh is already in progress and blocks the execution of this one.",
        )
    preferences = {"MinHealthyPercentage": 90, "MaxHealthyPercentage": 100, **(params.get("Preferences") or {})}
    if preferences.get("CheckpointPercentages"):
        preferences.setdefault("CheckpointDelay", _CHECKPOINT_DELAY_S)
    configuration: dict[str, Any] = dict(params.get("DesiredConfiguration") or {})
    spec = configuration.get("LaunchTemplate")
    if mixed := configuration.get("MixedInstancesPolicy"):
        spec = (mixed.get("LaunchTemplate") or {}).get("LaunchTemplateSpecification")
    target = _template(group.autoscaling_backend, dict(spec)) if spec else None
    if preferences.get("AutoRollback") and (target is None or target[1].startswith("$")):
        raise ValidationError("AutoRollback needs a desired configuration with a numbered launch template version.")
    old = {m.instance_id for m in group.instance_states if not _matches(m, target, preferences)}
    now = world.current().now
    refresh = Refresh(group, preferences, configuration, target, old, now, total=len(old))
    refresh.failures_before = _failures(group)
    group.refresh = refresh
    group.refreshes = [refresh, *getattr(group, "refreshes", [])]
    return refresh


def _matches(member: Any, target: tuple[Any, str] | None, preferences: dict[str, Any]) -> bool:
    if not preferences.get("SkipMatching") or target is None:
        return False
    wanted = {"LaunchTemplateId": target[0].id, "Version": str(target[0].get_version(target[1]).number)}
    mine = getattr(member, "launched_from", None) or {}
    return all(mine.get(key) == value for key, value in wanted.items())


def _failures(group: Any) -> int:
    return getattr(group, "abandoned", 0) + getattr(group, "failed_launches", 0)


def _active(group: Any) -> Refresh:
    refresh = getattr(group, "refresh", None)
    if refresh is None or refresh.status not in _ACTIVE:
        raise AutoscalingClientError(
            "ActiveInstanceRefreshNotFound", "No in progress or pending Instance Refresh found for Auto Scaling group"
        )
    return refresh


def cancel(group: Any) -> str:
    """CancelInstanceRefresh: what was replaced stays replaced."""
    refresh = _active(group)
    refresh.status = "Cancelling"
    return refresh.id


def roll_back(group: Any, reason: str = "Rollback requested") -> str:
    """RollbackInstanceRefresh: replace the new instances by what the group was last saved with."""
    refresh = _active(group)
    if refresh.target is None or refresh.target[1].startswith("$"):
        raise AutoscalingClientError(
            "IrreversibleInstanceRefresh", "The instance refresh has no desired configuration."
        )
    refresh.rollback = {
        "RollbackReason": reason,
        "RollbackStartTime": world.current().when(),
        "PercentageCompleteOnRollback": refresh.percent(),
        "InstancesToUpdateOnRollback": len(refresh.left()),
    }
    refresh.status = "RollbackInProgress"
    refresh.reason = reason
    refresh.surge = 0  # what the update launched beyond the group's size comes no more
    number = str(refresh.target[0].get_version(refresh.target[1]).number)
    refresh.old = {m.instance_id for m in group.instance_states if _version(m) == (refresh.target[0].id, number)}
    refresh.total = len(refresh.old)
    refresh.failures_before = _failures(group)
    _event(refresh, "Rollback Started")
    return refresh.id


def _version(member: Any) -> tuple[str | None, str | None]:
    mine = getattr(member, "launched_from", None) or {}
    return mine.get("LaunchTemplateId"), mine.get("Version")


def tick(group: Any) -> None:
    """Take the next step of the group's refresh."""
    refresh: Refresh | None = getattr(group, "refresh", None)
    if refresh and refresh.status in _ACTIVE:
        _STEPS[refresh.status](refresh)


def _begin(refresh: Refresh) -> None:
    refresh.status = "InProgress"
    _event(refresh, "Started")
    _advance(refresh)


def _end_cancelled(refresh: Refresh) -> None:
    _end(refresh, "Cancelled", "Cancelled")


def _end(refresh: Refresh, status: str, event: str, reason: str = "") -> None:
    refresh.status = status
    refresh.reason = reason or refresh.reason
    refresh.ended = world.current().now
    refresh.surge = 0
    _event(refresh, event)


def _fail(refresh: Refresh, reason: str) -> None:
    if refresh.status == "RollbackInProgress":
        _end(refresh, "RollbackFailed", "Rollback Failed", reason)
    elif refresh.preferences.get("AutoRollback"):
        _event(refresh, "Failed")
        roll_back(refresh.group, reason)
    else:
        _end(refresh, "Failed", "Failed", reason)


def _trouble(refresh: Refresh) -> str | None:
    if _failures(refresh.group) - refresh.failures_before >= _ABANDONED_LAUNCHES:
        return "Replacement instances could not be launched or were abandoned by a lifecycle hook."
    names = (refresh.preferences.get("AlarmSpecification") or {}).get("Alarms") or []
    alarms: Any = cloudwatch_backends[refresh.group.account_id][refresh.group.region].alarms
    rang = [name for name in names if name in alarms and alarms[name].state_value == "ALARM"]
    if rang and refresh.status != "RollbackInProgress":
        return f"CloudWatch alarm {rang[0]} is in ALARM state."
    return None


def _replaceable(refresh: Refresh) -> list[Any]:
    left = [m for m in refresh.left() if not m.lifecycle_state.startswith("Terminating")]
    if refresh.preferences.get("ScaleInProtectedInstances", "Wait") == "Refresh":
        return left
    return [m for m in left if not m.protected_from_scale_in]


def _advance(refresh: Refresh) -> None:
    if reason := _trouble(refresh):
        _fail(refresh, reason)
        return
    wanted, limits = refresh.group.desired_capacity or 0, refresh.preferences
    surge, down = allowed(wanted, limits["MinHealthyPercentage"], limits["MaxHealthyPercentage"])
    replaceable = _replaceable(refresh)[: _until_checkpoint(refresh)]
    refresh.surge = min(surge, len(replaceable))
    spare = sum(1 for m in refresh.group.instance_states if serves(m)) - wanted + down
    fresh = [m for m in replaceable if not serves(m)]
    for member in [*fresh, *victims(refresh.group, [m for m in replaceable if serves(m)], max(0, spare))]:
        terminate(refresh.group, member)
        refresh.surge = max(0, refresh.surge - 1)
    _wait(refresh)
    _conclude(refresh)


def _percentages(refresh: Refresh) -> list[int]:
    """Give the checkpoints; the last one is the end, and nothing waits there."""
    rolls_back = refresh.status == "RollbackInProgress"
    return [100] if rolls_back else refresh.preferences.get("CheckpointPercentages") or [100]


def _until_checkpoint(refresh: Refresh) -> int:
    """Give how many more instances may go before the next checkpoint."""
    percentages, desired = _percentages(refresh), refresh.group.desired_capacity or 0
    ahead = next((each for each in percentages if each > refresh.passed), percentages[-1])
    staying = sum(1 for m in refresh.left() if not m.lifecycle_state.startswith("Terminating"))
    return max(0, share(desired, ahead) - (desired - staying))


def _wait(refresh: Refresh) -> None:
    """Pass the checkpoints that so many new instances reach, after the delay; several at once wait once."""
    desired, now = refresh.group.desired_capacity or 0, world.current().now
    new = sum(1 for m in refresh.group.instance_states if serves(m) and m.instance_id not in refresh.old)
    here = [each for each in _percentages(refresh)[:-1] if each > refresh.passed and share(desired, each) <= new]
    if not here:
        refresh.reached = None
        return
    if refresh.reached is None:
        refresh.reached = now
        _event(refresh, "Checkpoint Reached")
    if now - refresh.reached >= refresh.preferences["CheckpointDelay"]:
        refresh.passed, refresh.reached = here[-1], None


def _conclude(refresh: Refresh) -> None:
    ignores = refresh.preferences.get("ScaleInProtectedInstances", "Wait") == "Ignore"
    left = [m for m in refresh.left() if not (ignores and m.protected_from_scale_in)]
    desired = refresh.group.desired_capacity or 0
    if left and _until_checkpoint(refresh) == 0 and refresh.passed >= max(_percentages(refresh)[:-1], default=0):
        left = [m for m in left if m.lifecycle_state.startswith("Terminating")]  # what stays is beyond the last one
    if left:
        if not _replaceable(refresh) and world.current().now - refresh.started > _PROTECTED_WAIT_S:
            _fail(refresh, "Instances remained protected from scale-in for an hour.")
    elif sum(1 for m in refresh.group.instance_states if serves(m)) >= desired:
        if refresh.status == "RollbackInProgress":
            _end(refresh, "RollbackSuccessful", "Rollback Succeeded")
        else:
            refresh.status, refresh.baked_from = "Baking", world.current().now
            _bake(refresh)


def _bake(refresh: Refresh) -> None:
    if reason := _trouble(refresh):
        _fail(refresh, reason)
    elif world.current().now - refresh.baked_from >= refresh.preferences.get("BakeTime", 0):
        _adopt(refresh)
        _end(refresh, "Successful", "Succeeded")


def _adopt(refresh: Refresh) -> None:
    """Make the desired configuration the group's own."""
    group = refresh.group
    if refresh.target is None:
        return
    group.ec2_launch_template, group.launch_template_version = refresh.target
    group.provided_launch_template_version = refresh.target[1]
    if mixed := refresh.configuration.get("MixedInstancesPolicy"):
        group.mixed_instances_policy = {**(group.mixed_instances_policy or {}), **mixed}


_STEPS: dict[str, Callable[[Refresh], None]] = {
    "Pending": _begin,
    "InProgress": _advance,
    "Baking": _bake,
    "RollbackInProgress": _advance,
    "Cancelling": _end_cancelled,
}
