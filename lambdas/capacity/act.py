"""Act: one action becomes one API call, provided that nobody else acted since the moment it was decided on."""

from typing import Any, Literal

from botocore.exceptions import ClientError

from ..cluster.clients import Clients
from ..cluster.snapshot import RETAINED
from .actions import Action, ScaleOut

Outcome = Literal["done", "stale", "failed"]

_BUSY = frozenset({"ScalingActivityInProgress", "ResourceContention"})


def act(aws: Clients, action: Action) -> tuple[Outcome, str]:
    """Do it, or say why not. A failed action is decided on afresh at the next run."""
    try:
        if reason := _stale(aws.autoscaling, action):
            return "stale", reason
        _call(aws.autoscaling, action)
    except ClientError as error:
        busy = error.response.get("Error", {}).get("Code") in _BUSY
        return ("stale" if busy else "failed"), str(error)
    return "done", ""


def _stale(autoscaling: Any, action: Action) -> str:
    """Why the action no longer applies. The size that it was decided on is the token of overlapping runs.

    A scale-out sets an absolute size, so that a repeated one changes nothing; without this look a late one could lower
    the size, and a repeated removal would take a second instance.
    """
    groups = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[action.group])["AutoScalingGroups"]
    if not groups:
        return "the group is gone"
    group = groups[0]
    if group["DesiredCapacity"] != action.observed:
        return f"the desired capacity is {group['DesiredCapacity']} by now, it was {action.observed}"
    if isinstance(action, ScaleOut):
        return ""
    states = {each["InstanceId"]: each["LifecycleState"] for each in group.get("Instances", [])}
    if states.get(action.instance_id) != "InService":
        return f"the instance is {states.get(action.instance_id, 'gone')} by now"
    leaving = any(state.startswith("Terminating") and state != RETAINED for state in states.values())
    return "another instance is leaving by now" if leaving else ""


def _call(autoscaling: Any, action: Action) -> None:
    if isinstance(action, ScaleOut):
        autoscaling.set_desired_capacity(
            AutoScalingGroupName=action.group, DesiredCapacity=action.desired, HonorCooldown=False
        )
    else:
        autoscaling.terminate_instance_in_auto_scaling_group(
            InstanceId=action.instance_id, ShouldDecrementDesiredCapacity=True
        )
