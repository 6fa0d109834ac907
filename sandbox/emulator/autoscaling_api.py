"""The Auto Scaling API over `groups`, `hooks` and `refresh`."""

import copy
from typing import Any

from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup, InstanceState
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import camelcase_to_underscores

from . import hooks, refresh
from .groups import finish, note, terminate
from .patches import Replacement

_KEPT = (
    "InstanceMaintenancePolicy",
    "InstanceLifecyclePolicy",
    "DefaultInstanceWarmup",
    "MaxInstanceLifetime",
    "AvailabilityZoneDistribution",
    "AvailabilityZoneImpairmentPolicy",
    "CapacityReservationSpecification",
    "CapacityRebalance",
    "DefaultCooldown",
    "TerminationPolicies",
    "DesiredCapacityType",
    "TrafficSources",
    "Context",
    "DeletionProtection",
)
"""Settings of a group that moto drops at creation or at an update."""

_moto_create_group = AutoScalingResponse.create_auto_scaling_group
_moto_update_group = AutoScalingResponse.update_auto_scaling_group
_moto_update = FakeAutoScalingGroup.update
_moto_hook = AutoScalingBackend.create_lifecycle_hook


def group_of(backend: Any, name: str) -> Any:
    """Give a group; ValidationError in AWS's words if there is none."""
    group = backend.autoscaling_groups.get(name)
    if group is None:
        raise ValidationError(f"AutoScalingGroup name not found - AutoScalingGroup '{name}' not found")
    return group


def _member(backend: Any, instance: str) -> tuple[Any, Any]:
    for group in backend.autoscaling_groups.values():
        for member in group.instance_states:
            if member.instance_id == instance:
                return group, member
    raise ValidationError(f"Instance Id not found - No managed instance found for instance ID: {instance}")


def _keep(group: Any, params: dict[str, Any]) -> None:
    for name in _KEPT:
        if name in params:
            setattr(group, camelcase_to_underscores(name), params[name])


def create_auto_scaling_group(self: Any) -> Any:
    """CreateAutoScalingGroup, with the hooks of its list in force before the first launch."""
    params = self._get_params()
    if params["AutoScalingGroupName"] in self.autoscaling_backend.autoscaling_groups:
        raise AutoscalingClientError("AlreadyExists", "AutoScalingGroup by this name already exists")
    answer = _moto_create_group(self)
    group = self.autoscaling_backend.autoscaling_groups[params["AutoScalingGroupName"]]
    _keep(group, params)
    for spec in params.get("LifecycleHookSpecificationList") or []:
        _put_hook(self.autoscaling_backend, {**spec, "AutoScalingGroupName": group.name})
    return answer


def update_auto_scaling_group(self: Any) -> Any:
    """UpdateAutoScalingGroup, with the settings that moto drops."""
    params = self._get_params()
    group = group_of(self.autoscaling_backend, params["AutoScalingGroupName"])
    answer = _moto_update_group(self)
    _keep(group, params)
    return answer


def update(group: Any, **changes: Any) -> None:
    """Change a group. moto forgets the mixed instances policy at every update that does not name it."""
    if not changes.get("launch_template") and not changes.get("mixed_instances_policy"):
        changes["mixed_instances_policy"] = _as_asked(group.mixed_instances_policy)
    if changes.get("desired_capacity") is None:
        low = group.min_size if changes.get("min_size") is None else changes["min_size"]
        high = group.max_size if changes.get("max_size") is None else changes["max_size"]
        wanted = min(max(group.desired_capacity or 0, low), high)
        changes["desired_capacity"] = None if wanted == group.desired_capacity else wanted
    _moto_update(group, **changes)


def _as_asked(policy: dict[str, Any] | None) -> dict[str, Any] | None:
    """The stored policy as a request: moto adds the template's name to its id, and then accepts only one of them."""
    if not policy:
        return None
    asked = copy.deepcopy(policy)
    specification = asked["LaunchTemplate"]["LaunchTemplateSpecification"]
    if "LaunchTemplateId" in specification:
        specification.pop("LaunchTemplateName", None)
    return asked


def set_group_capacity(group: Any, new_capacity: int | None) -> None:
    """Record how many instances are wanted; the control loop does the rest."""
    group.desired_capacity = group.min_size if new_capacity is None else int(new_capacity)


def set_desired_capacity(backend: Any, group_name: str, desired_capacity: int | None) -> None:
    """SetDesiredCapacity: within the group's bounds."""
    group = group_of(backend, group_name)
    wanted = group.min_size if desired_capacity is None else desired_capacity
    if wanted > group.max_size:
        raise ValidationError(
            f"New SetDesiredCapacity value {wanted} is above max value {group.max_size} for the AutoScalingGroup."
        )
    if wanted < group.min_size:
        raise ValidationError(
            f"New SetDesiredCapacity value {wanted} is below min value {group.min_size} for the AutoScalingGroup."
        )
    group.set_desired_capacity(wanted)


def delete_auto_scaling_group(self: Any) -> Any:
    """DeleteAutoScalingGroup: refused while instances are there, unless forced; a forced delete runs no hook."""
    backend, name = self.autoscaling_backend, self._get_param("AutoScalingGroupName")
    group = group_of(backend, name)
    _check_protection(group, forced=bool(self._get_bool_param("ForceDelete")))
    if group.instance_states and not self._get_bool_param("ForceDelete"):
        raise AutoscalingClientError(
            "ResourceInUse",
            "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) "
            "still in the group.",
        )
    group.desired_capacity = group.min_size = 0
    for member in list(group.instance_states):
        finish(group, member)
    for hook in hooks.hooks_of(group, hooks.LAUNCHING) + hooks.hooks_of(group, hooks.TERMINATING):
        backend.delete_lifecycle_hook(name, hook.name)
    backend.autoscaling_groups.pop(name)
    return EmptyResult()


def _check_protection(group: Any, *, forced: bool) -> None:
    level = getattr(group, "deletion_protection", "none")
    if level == "prevent-all-deletion" or (forced and level == "prevent-force-deletion"):
        text = f"You cannot delete AutoScalingGroup '{group.name}' because of its deletion protection, {level}."
        raise AutoscalingClientError("ResourceInUse", text)


def terminate_instance(backend: Any, instance_id: str, should_decrement: bool) -> Any:
    """TerminateInstanceInAutoScalingGroup: through the terminating hook; a replacement comes unless decremented."""
    group, member = _member(backend, instance_id)
    if should_decrement and not member.lifecycle_state.startswith("Terminating"):
        if group.desired_capacity <= group.min_size:
            raise ValidationError(
                f"Currently, desiredSize equals minSize ({group.min_size}). Terminating instance without replacement "
                "will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or "
                "lower group's min size."
            )
        group.desired_capacity -= 1
    terminate(group, member)
    return next((a for a in getattr(group, "activities", []) if a["Description"].endswith(instance_id)), None) or note(
        group, f"Terminating EC2 instance: {instance_id}", "InProgress"
    )


def set_instance_health(backend: Any, instance_id: str, health_status: str) -> None:
    """SetInstanceHealth: an unhealthy instance is replaced at the next ticks."""
    _member(backend, instance_id)[1].health_status = health_status


def describe_scaling_activities(self: Any) -> Any:
    """DescribeScalingActivities, newest first."""
    backend, name = self.autoscaling_backend, self._get_param("AutoScalingGroupName")
    groups = [group_of(backend, name)] if name else list(backend.autoscaling_groups.values())
    return ActionResult({"Activities": [activity for group in groups for activity in getattr(group, "activities", [])]})


def _put_hook(backend: Any, params: dict[str, Any]) -> None:
    group_of(backend, params["AutoScalingGroupName"])
    key = f"{params['AutoScalingGroupName']}_{params['LifecycleHookName']}"
    old: Any = backend.lifecycle_hooks.get(key)
    if old is None and not params.get("LifecycleTransition"):
        raise ValidationError("LifecycleTransition is required for a new lifecycle hook")
    hook: Any = _moto_hook(
        backend,
        params["LifecycleHookName"],
        params["AutoScalingGroupName"],
        params.get("LifecycleTransition") or (old.lifecycle_transition if old else ""),
        params.get("HeartbeatTimeout") or (old.heartbeat_timeout if old else None),
        params.get("DefaultResult") or (old.default_result if old else ""),
    )
    hook.global_timeout = min(48 * 3600, 100 * hook.heartbeat_timeout)
    hook.role_arn = params.get("RoleARN") or getattr(old, "role_arn", None)
    hook.notification_target_arn = params.get("NotificationTargetARN") or getattr(old, "notification_target_arn", None)
    hook.notification_metadata = params.get("NotificationMetadata") or getattr(old, "notification_metadata", None)


def put_lifecycle_hook(self: Any) -> Any:
    """PutLifecycleHook: an upsert."""
    _put_hook(self.autoscaling_backend, self._get_params())
    return EmptyResult()


def complete_lifecycle_action(self: Any) -> Any:
    """CompleteLifecycleAction."""
    hooks.complete(self._get_params(), self.autoscaling_backend)
    return EmptyResult()


def record_lifecycle_action_heartbeat(self: Any) -> Any:
    """RecordLifecycleActionHeartbeat."""
    hooks.heartbeat(self._get_params(), self.autoscaling_backend)
    return EmptyResult()


def start_instance_refresh(self: Any) -> Any:
    """StartInstanceRefresh."""
    params = self._get_params()
    started = refresh.start(group_of(self.autoscaling_backend, params["AutoScalingGroupName"]), params)
    return ActionResult({"InstanceRefreshId": started.id})


def describe_instance_refreshes(self: Any) -> Any:
    """DescribeInstanceRefreshes, newest first."""
    group = group_of(self.autoscaling_backend, self._get_param("AutoScalingGroupName"))
    ids = self._get_param("InstanceRefreshIds", [])
    shown = [each.described() for each in getattr(group, "refreshes", []) if not ids or each.id in ids]
    return ActionResult({"InstanceRefreshes": shown})


def cancel_instance_refresh(self: Any) -> Any:
    """CancelInstanceRefresh."""
    group = group_of(self.autoscaling_backend, self._get_param("AutoScalingGroupName"))
    return ActionResult({"InstanceRefreshId": refresh.cancel(group)})


def rollback_instance_refresh(self: Any) -> Any:
    """RollbackInstanceRefresh."""
    group = group_of(self.autoscaling_backend, self._get_param("AutoScalingGroupName"))
    return ActionResult({"InstanceRefreshId": refresh.roll_back(group)})


def _leave_to_the_loop(backend: Any, instance_ids: list[str]) -> None:
    """EC2 TerminateInstances: the loop sees the instances gone and replaces them."""


REPLACEMENTS: tuple[Replacement, ...] = (
    *(
        (AutoScalingResponse, function.__name__, function)
        for function in (
            create_auto_scaling_group,
            update_auto_scaling_group,
            delete_auto_scaling_group,
            describe_scaling_activities,
            put_lifecycle_hook,
            complete_lifecycle_action,
            record_lifecycle_action_heartbeat,
            start_instance_refresh,
            describe_instance_refreshes,
            cancel_instance_refresh,
            rollback_instance_refresh,
        )
    ),
    (AutoScalingBackend, "set_desired_capacity", set_desired_capacity),
    (AutoScalingBackend, "terminate_instance", terminate_instance),
    (AutoScalingBackend, "set_instance_health", set_instance_health),
    (AutoScalingBackend, "notify_terminate_instances", _leave_to_the_loop),
    (FakeAutoScalingGroup, "set_desired_capacity", set_group_capacity),
    (FakeAutoScalingGroup, "update", update),
    (InstanceState, "launch_template", property(lambda member: getattr(member, "launched_from", None))),
)
