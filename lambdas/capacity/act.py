"""Act: an action becomes API calls, each provided that nobody else acted since the moment it was decided on."""

from typing import Any, Final, Literal, NamedTuple

from botocore.exceptions import ClientError

from ..cluster.clients import Clients
from ..cluster.snapshot import RETAINED
from .actions import Action, ScaleIn, ScaleOut

Outcome = Literal["done", "stale", "failed"]

_BUSY: Final = frozenset({"ScalingActivityInProgress", "ResourceContention"})


class Result(NamedTuple):
    """What became of an action."""

    outcome: Outcome
    error: str
    instances: int
    """By which the size was changed: of a removal that ends half-way, those that went before."""


def act(aws: Clients, action: Action) -> Result:
    """Do it, or say why not. What fails, and the rest of it, is decided on afresh at the next run."""
    steps = [*action.instance_ids] if isinstance(action, ScaleIn) else [""]
    done = 0
    try:
        for done, instance_id in enumerate(steps):
            if reason := _stale(aws.autoscaling, action, steps[:done], instance_id):
                return Result("stale", reason, _changed(action, done))
            _call(aws.autoscaling, action, instance_id)
    except ClientError as error:
        busy = error.response.get("Error", {}).get("Code") in _BUSY
        return Result("stale" if busy else "failed", str(error), _changed(action, done))
    return Result("done", "", _changed(action, len(steps)))


def _changed(action: Action, steps: int) -> int:
    return steps * (action.desired - action.observed) if isinstance(action, ScaleOut) else steps


def _stale(autoscaling: Any, action: Action, gone: list[str], instance_id: str) -> str:
    """Why the next step no longer applies. The size that it was decided on is the token of overlapping runs.

    A scale-out sets an absolute size, so that a repeated one changes nothing; without this look a late one could lower
    the size. Before each removal the size must be the one less those that are gone: of two runs with the same batch the
    second one stops at its first step, or at the first one that finds the other at work.
    """
    groups = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[action.group])["AutoScalingGroups"]
    if not groups:
        return "the group is gone"
    group, expected = groups[0], action.observed - len(gone)
    if group["DesiredCapacity"] != expected:
        return f"the desired capacity is {group['DesiredCapacity']} by now, it was {expected}"
    if isinstance(action, ScaleOut):
        return ""
    states = {each["InstanceId"]: each["LifecycleState"] for each in group.get("Instances", [])}
    if states.get(instance_id) != "InService":
        return f"the instance is {states.get(instance_id, 'gone')} by now"
    others = (state for name, state in states.items() if name not in gone and state != RETAINED)
    return "another instance is leaving by now" if any(map(_leaves, others)) else ""


def _leaves(state: str) -> bool:
    return state.startswith("Terminating")


def _call(autoscaling: Any, action: Action, instance_id: str) -> None:
    if isinstance(action, ScaleOut):
        autoscaling.set_desired_capacity(
            AutoScalingGroupName=action.group, DesiredCapacity=action.desired, HonorCooldown=False
        )
    else:
        autoscaling.terminate_instance_in_auto_scaling_group(
            InstanceId=instance_id, ShouldDecrementDesiredCapacity=True
        )
