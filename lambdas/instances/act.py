"""Act: one API call for each action, at most ten container instances in one call, and known errors understood.

What fails is logged and counted, and does not keep the other actions back: the next pass plans it again.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final, Literal

from botocore.exceptions import BotoCoreError, ClientError

from ..cluster.clients import Clients
from .actions import (
    Action,
    Complete,
    Deregister,
    EnableMetrics,
    Heartbeat,
    MarkUnhealthy,
    PutAttribute,
    SetStatus,
    StartRefresh,
    Stop,
)
from .settings import Settings

STATES_PER_CALL: Final = 10
"""Container instances per UpdateContainerInstancesState call (ECS API reference)."""

Outcome = Literal["done", "already", "failed", "paused"]


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of an action. `already` means that somebody else has done it, or that it has become pointless."""

    action: Action
    outcome: Outcome
    error: str = ""


def act(aws: Clients, settings: Settings, actions: Sequence[Action]) -> list[Result]:
    """Carry the actions out: attributes first, then statuses in batches, then the others in their order."""
    results = [_one(aws, settings, each) for each in actions if isinstance(each, PutAttribute)]
    unwritten = {_attribute(each.action) for each in results if each.outcome != "done"}
    states = [each for each in actions if isinstance(each, SetStatus)]
    held = [each for each in states if (each.container_instance_arn, each.needs) in unwritten]
    results += [Result(action=each, outcome="failed", error=f"{each.needs} is not written") for each in held]
    states = [each for each in states if each not in held]
    for status in ("DRAINING", "ACTIVE"):
        same = [each for each in states if each.status == status]
        for start in range(0, len(same), STATES_PER_CALL):
            results += _set_status(aws, settings, same[start : start + STATES_PER_CALL])
    results += [_one(aws, settings, each) for each in actions if not isinstance(each, (PutAttribute, SetStatus))]
    return results


def _attribute(action: Action) -> tuple[str, str | None]:
    return (action.container_instance_arn, action.name) if isinstance(action, PutAttribute) else ("", None)


def _one(aws: Clients, settings: Settings, action: Action) -> Result:
    try:
        _CALLS[type(action)](aws, settings, action)
    except ClientError as error:
        return Result(action=action, outcome="already" if _pointless(action, error) else "failed", error=str(error))
    except BotoCoreError as error:  # no connection, or no answer in time
        return Result(action=action, outcome="failed", error=str(error))
    return Result(action=action, outcome="done")


def _pointless(action: Action, error: ClientError) -> bool:
    code = error.response.get("Error", {}).get("Code", "")
    message = error.response.get("Error", {}).get("Message", "")
    return any(code == known and words in message.lower() for known, words in _KNOWN.get(type(action), ()))


def _set_status(aws: Clients, settings: Settings, batch: Sequence[SetStatus]) -> list[Result]:
    try:
        answer = aws.ecs.update_container_instances_state(
            cluster=settings.target.cluster,
            containerInstances=[each.container_instance_arn for each in batch],
            status=batch[0].status,
        )
    except ClientError as error:
        if len(batch) > 1 and error.response.get("Error", {}).get("Code") == "InvalidParameterException":
            return [result for each in batch for result in _set_status(aws, settings, [each])]  # find the bad one
        return [Result(action=each, outcome="failed", error=str(error)) for each in batch]
    except BotoCoreError as error:
        return [Result(action=each, outcome="failed", error=str(error)) for each in batch]
    failures = {each.get("arn"): each.get("reason", "") for each in answer.get("failures", [])}
    return [_status_result(each, failures.get(each.container_instance_arn)) for each in batch]


def _status_result(action: SetStatus, failure: str | None) -> Result:
    if failure is None:
        return Result(action=action, outcome="done")
    return Result(action=action, outcome="already" if failure == "MISSING" else "failed", error=failure)


def _put(aws: Clients, settings: Settings, action: PutAttribute) -> None:
    aws.ecs.put_attributes(
        cluster=settings.target.cluster,
        # The whole ARN goes without a target type; a type is for short ids (ECS API reference, Attribute).
        attributes=[{"name": action.name, "value": action.value, "targetId": action.container_instance_arn}],
    )


def _complete(aws: Clients, _: Settings, action: Complete) -> None:
    aws.autoscaling.complete_lifecycle_action(
        AutoScalingGroupName=action.group,
        LifecycleHookName=action.hook,
        InstanceId=action.instance_id,
        LifecycleActionResult=action.result,
    )


def _heartbeat(aws: Clients, _: Settings, action: Heartbeat) -> None:
    aws.autoscaling.record_lifecycle_action_heartbeat(
        AutoScalingGroupName=action.group, LifecycleHookName=action.hook, InstanceId=action.instance_id
    )


def _stop(aws: Clients, settings: Settings, action: Stop) -> None:
    aws.ecs.stop_task(cluster=settings.target.cluster, task=action.task_arn, reason="its instance is being drained")


def _mark_unhealthy(aws: Clients, _: Settings, action: MarkUnhealthy) -> None:
    aws.autoscaling.set_instance_health(
        InstanceId=action.instance_id, HealthStatus="Unhealthy", ShouldRespectGracePeriod=False
    )


def _deregister(aws: Clients, settings: Settings, action: Deregister) -> None:
    aws.ecs.deregister_container_instance(
        cluster=settings.target.cluster, containerInstance=action.container_instance_arn, force=True
    )


def _start_refresh(aws: Clients, settings: Settings, action: StartRefresh) -> None:
    rollout = settings.rollout
    preferences: dict[str, Any] = {
        "MinHealthyPercentage": 100,
        "MaxHealthyPercentage": rollout.max_healthy_percent,
        "InstanceWarmup": rollout.warmup_s,
        "BakeTime": rollout.bake_s,
        "SkipMatching": True,
        "AutoRollback": True,
        "ScaleInProtectedInstances": "Refresh",  # Wait, the default, fails after an hour
        "StandbyInstances": "Ignore",  # a person has taken them aside
    }
    if rollout.alarms:
        preferences["AlarmSpecification"] = {"Alarms": list(rollout.alarms)}
    aws.autoscaling.start_instance_refresh(
        AutoScalingGroupName=action.group, DesiredConfiguration=_desired(action), Preferences=preferences
    )


def _enable_metrics(aws: Clients, _: Settings, action: EnableMetrics) -> None:
    aws.autoscaling.enable_metrics_collection(AutoScalingGroupName=action.group, Granularity="1Minute")  # all of them


def _desired(action: StartRefresh) -> dict[str, Any]:
    """The wanted template, in the group's own mixed instances policy where it has one."""
    template = {"LaunchTemplateId": action.template.template_id, "Version": action.template.version}
    if action.mixed_policy is None:
        return {"LaunchTemplate": template}
    policy: dict[str, Any] = deepcopy(dict(action.mixed_policy))
    policy.setdefault("LaunchTemplate", {})["LaunchTemplateSpecification"] = template
    return {"MixedInstancesPolicy": policy}


_CALLS: Final[Mapping[type, Callable[[Clients, Settings, Any], None]]] = {
    PutAttribute: _put,
    Complete: _complete,
    Heartbeat: _heartbeat,
    Stop: _stop,
    MarkUnhealthy: _mark_unhealthy,
    StartRefresh: _start_refresh,
    EnableMetrics: _enable_metrics,
    Deregister: _deregister,
}

_KNOWN: Final[Mapping[type, tuple[tuple[str, str], ...]]] = {  # error code, words of its message in lower case
    Complete: (("ValidationError", ""),),  # the action is finished, or its hook is gone
    Heartbeat: (("ValidationError", ""),),
    Stop: (("InvalidParameterException", "not found"), ("ClientException", "not found")),
    MarkUnhealthy: (("ValidationError", "not found"),),
    StartRefresh: (("InstanceRefreshInProgress", ""), ("InstanceRefreshInProgressFault", "")),
    Deregister: (("InvalidParameterException", "not found"), ("ClientException", "not found")),
}
