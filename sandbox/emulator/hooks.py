"""Lifecycle hooks that wait.

Sources: Auto Scaling user guide, lifecycle hooks; botocore: HeartbeatTimeout 30..7200 s, total wait the lesser of
48 hours and 100 heartbeats.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from moto.autoscaling.exceptions import ValidationError

from . import world
from .events import emit

LAUNCHING = "autoscaling:EC2_INSTANCE_LAUNCHING"
TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING"
_LONGEST_S = 48 * 3600
_MOST_HEARTBEATS = 100
_EVENTS = {LAUNCHING: "EC2 Instance-launch Lifecycle Action", TERMINATING: "EC2 Instance-terminate Lifecycle Action"}


@dataclass
class Action:
    """A hook at work on an instance."""

    hook: Any
    until: float
    """When the hook's default result is applied, unless a heartbeat comes."""
    end: float
    """When no heartbeat helps any more."""
    token: str = field(default_factory=lambda: str(uuid.uuid4()))
    result: str | None = None


def hooks_of(group: Any, transition: str) -> list[Any]:
    """Give the hooks of a group that act at a transition."""
    hooks: Any = group.autoscaling_backend.lifecycle_hooks.values()
    return [h for h in hooks if h.auto_scaling_group_name == group.name and h.lifecycle_transition == transition]


def begin(group: Any, member: Any, transition: str) -> bool:
    """Start every hook of a transition on an instance and tell EventBridge; False if there is none."""
    now = world.current().now
    actions: list[Action] = []
    for hook in hooks_of(group, transition):
        longest = min(_LONGEST_S, _MOST_HEARTBEATS * hook.heartbeat_timeout)
        actions.append(Action(hook, now + hook.heartbeat_timeout, now + longest))
    member.actions = actions
    for action in actions:
        _announce(group, member, action)
    return bool(actions)


def _announce(group: Any, member: Any, action: Action) -> None:
    launching = action.hook.lifecycle_transition == LAUNCHING
    detail: dict[str, Any] = {
        "LifecycleActionToken": action.token,
        "AutoScalingGroupName": group.name,
        "LifecycleHookName": action.hook.name,
        "EC2InstanceId": member.instance_id,
        "LifecycleTransition": action.hook.lifecycle_transition,
        "Origin": "EC2" if launching else "AutoScalingGroup",
        "Destination": "AutoScalingGroup" if launching else "EC2",
    }
    if metadata := getattr(action.hook, "notification_metadata", None):
        detail["NotificationMetadata"] = metadata
    event = _EVENTS[action.hook.lifecycle_transition]
    emit(group.account_id, group.region, "aws.autoscaling", event, detail, [group.arn])


def verdict(member: Any) -> str | None:
    """Give what the hooks of an instance decided: CONTINUE, ABANDON or None while one of them waits."""
    now = world.current().now
    actions: list[Action] = member.actions
    for action in actions:
        if action.result is None and now >= action.until:
            action.result = action.hook.default_result
    results = [action.result for action in actions]
    if "ABANDON" in results:
        return "ABANDON"
    return None if None in results else "CONTINUE"


def _waiting(params: dict[str, Any], backend: Any) -> Action:
    """The unfinished action that a call names, by its token or by its instance."""
    group_name, hook = params["AutoScalingGroupName"], params["LifecycleHookName"]
    instance, token = params.get("InstanceId"), params.get("LifecycleActionToken")
    group = backend.autoscaling_groups.get(group_name)
    if group is None:
        raise ValidationError(f"AutoScalingGroup name not found - AutoScalingGroup '{group_name}' not found")
    for member in group.instance_states:
        actions: list[Action] = getattr(member, "actions", [])
        for action in actions:
            mine = token == action.token if token else member.instance_id == instance
            if mine and action.hook.name == hook and action.result is None:
                return action
    which = f"token {token}" if token else f"instance ID {instance}"
    raise ValidationError(f"No active Lifecycle Action found with {which}")


def complete(params: dict[str, Any], backend: Any) -> None:
    """CompleteLifecycleAction: ValidationError for an action that is unknown or finished."""
    action = _waiting(params, backend)
    result = params["LifecycleActionResult"]
    if result not in {"CONTINUE", "ABANDON"}:
        raise ValidationError(f"LifecycleActionResult must be CONTINUE or ABANDON, got {result}")
    action.result = result


def heartbeat(params: dict[str, Any], backend: Any) -> None:
    """RecordLifecycleActionHeartbeat: wait for one more timeout of the hook, up to the total limit."""
    action = _waiting(params, backend)
    action.until = min(action.end, world.current().now + action.hook.heartbeat_timeout)
