"""Act: one API call for each action, ten statuses or attributes in one call, and known errors understood.

What fails is logged and counted, and does not keep the other actions back: the next pass plans it again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from ..cluster.clients import Clients
from ..cluster.errors import code_of, message_of
from ..cluster.group_sizes import GROUP_METRICS
from . import attributes
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
    Unplanned,
)
from .settings import Settings

PER_CALL: Final = 10
"""Container instances per UpdateContainerInstancesState call, and attributes per PutAttributes call (ECS API
reference)."""

_Item = TypeVar("_Item")

CANARY_PERCENT: Final = 1
"""The first checkpoint of a rollout with a canary: one new instance reaches it in a group of up to 100, and one more
for each 100 above.

Not the share of one instance, rounded: Auto Scaling takes percent of the size at the moment. A third is 33.3 %, and 34
would take two instances of three; a group that grows from four to five at 25 % would be below its checkpoint again,
replace another one, and begin to wait anew (Auto Scaling user guide, Add checkpoints to an instance refresh).
"""

Outcome = Literal["done", "already", "failed", "paused"]


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of an action. `already` means that somebody else has done it, or that it has become pointless."""

    action: Action
    outcome: Outcome
    error: str = ""


def act(aws: Clients, settings: Settings, actions: Sequence[Action], now: datetime) -> list[Result]:
    """Carry the actions out, what cannot wait first: statuses and hooks, then the rest, and notes last.

    A note that a status needs is written before it; one that says that something was done, after it.
    """
    acting = _Acting(aws=aws, settings=settings, now=now)
    notes = [each for each in actions if isinstance(each, PutAttribute)]
    statuses = [each for each in actions if isinstance(each, SetStatus)]
    hooks = [each for each in actions if isinstance(each, (Complete, Heartbeat))]
    others = [each for each in actions if not isinstance(each, (PutAttribute, SetStatus, Complete, Heartbeat))]
    needed = {(each.container_instance_arn, each.needs) for each in statuses if each.needs}
    first = [each for each in notes if (each.container_instance_arn, each.name) in needed]

    results = acting.set_statuses([each for each in statuses if not each.needs])
    hook_results = [acting.one(each) for each in hooks]
    written = acting.put(first)
    results += [*hook_results, *written, *acting.set_needing([each for each in statuses if each.needs], written)]
    results += [acting.one(each) for each in others]
    return results + acting.put([*(each for each in notes if each not in first), *_noted(hook_results, now)])


def _noted(results: Sequence[Result], now: datetime) -> list[PutAttribute]:
    """What is worth remembering of what was done: a heartbeat, and that a wait was over already."""
    found: list[PutAttribute] = []
    for each in results:
        action = each.action
        if isinstance(action, Heartbeat) and each.outcome == "done":
            found.append(_note(action.container_instance_arn, attributes.HEARTBEAT_AT, attributes.moment_text(now)))
        if isinstance(action, Complete) and each.outcome == "already" and action.container_instance_arn:
            value = attributes.released_text(action.hook, now)
            found.append(_note(action.container_instance_arn, attributes.RELEASED, value))
    return found


def _note(container_instance_arn: str, name: str, value: str) -> PutAttribute:
    return PutAttribute(
        container_instance_arn=container_instance_arn, name=name, value=value, reason="the next pass need not repeat it"
    )


@dataclass(frozen=True, kw_only=True)
class _Acting:
    """The calls of one pass."""

    aws: Clients
    settings: Settings
    now: datetime

    def one(self, action: Action) -> Result:
        """One call for one action."""
        return _one(self.aws, self.settings, action)

    def put(self, notes: Sequence[PutAttribute]) -> list[Result]:
        """Write attributes, ten in a call."""
        return [result for batch in _batches(notes) for result in _put(self.aws, self.settings, batch)]

    def set_statuses(self, statuses: Sequence[SetStatus]) -> list[Result]:
        """Set statuses, ten in a call, those that drain first."""
        results: list[Result] = []
        for status in ("DRAINING", "ACTIVE"):
            for batch in _batches([each for each in statuses if each.status == status]):
                results += _set_status(self.aws, self.settings, batch)
        return results

    def set_needing(self, statuses: Sequence[SetStatus], written: Sequence[Result]) -> list[Result]:
        """Set those whose note is there, now or since an earlier pass."""
        failed = {
            (each.action.container_instance_arn, each.action.name)
            for each in written
            if isinstance(each.action, PutAttribute) and each.outcome != "done"
        }
        held = [each for each in statuses if (each.container_instance_arn, each.needs) in failed]
        results = self.set_statuses([each for each in statuses if each not in held])
        return results + [Result(action=each, outcome="failed", error=f"{each.needs} is not written") for each in held]


def _batches(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    return (items[start : start + PER_CALL] for start in range(0, len(items), PER_CALL))


def _one(aws: Clients, settings: Settings, action: Action) -> Result:
    try:
        _CALLS[type(action)](aws, settings, action)
    except ClientError as error:
        return Result(action=action, outcome="already" if _pointless(action, error) else "failed", error=str(error))
    except BotoCoreError as error:  # no connection, or no answer in time
        return Result(action=action, outcome="failed", error=str(error))
    return Result(action=action, outcome="done")


def _pointless(action: Action, error: ClientError) -> bool:
    code, message = code_of(error), message_of(error).lower()
    return any(code == known and words in message for known, words in _KNOWN.get(type(action), ()))


def _set_status(aws: Clients, settings: Settings, batch: Sequence[SetStatus]) -> list[Result]:
    try:
        answer = aws.ecs.update_container_instances_state(
            cluster=settings.target.cluster,
            containerInstances=[each.container_instance_arn for each in batch],
            status=batch[0].status,
        )
    except ClientError as error:
        if len(batch) > 1 and code_of(error) == "InvalidParameterException":
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


def _put(aws: Clients, settings: Settings, batch: Sequence[PutAttribute]) -> list[Result]:
    # The whole ARN goes without a target type; a type is for short ids (ECS API reference, Attribute).
    wanted = [{"name": each.name, "value": each.value, "targetId": each.container_instance_arn} for each in batch]
    try:
        aws.ecs.put_attributes(cluster=settings.target.cluster, attributes=wanted)
    except ClientError as error:
        code = code_of(error)
        if len(batch) > 1 and code in _ONE_IS_BAD:
            return [result for each in batch for result in _put(aws, settings, [each])]
        outcome: Outcome = "already" if code == "TargetNotFoundException" else "failed"
        return [Result(action=each, outcome=outcome, error=str(error)) for each in batch]
    except BotoCoreError as error:
        return [Result(action=each, outcome="failed", error=str(error)) for each in batch]
    return [Result(action=each, outcome="done") for each in batch]


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
    most = rollout.max_healthy_percent if action.skip_matching else _renewed_at_once(settings)
    preferences: dict[str, Any] = {
        "MinHealthyPercentage": 100,
        "MaxHealthyPercentage": most,
        "InstanceWarmup": rollout.warmup_s,
        "BakeTime": rollout.bake_s,
        "SkipMatching": action.skip_matching,
        "AutoRollback": action.skip_matching,  # a renewal has nothing to go back to: it would replace all again
        "ScaleInProtectedInstances": "Refresh",  # Wait, the default, fails after an hour
        "StandbyInstances": "Ignore",  # a person has taken them aside
    }
    if action.canary_s:
        preferences |= {"CheckpointPercentages": [CANARY_PERCENT, 100], "CheckpointDelay": action.canary_s}
    if rollout.alarms:
        preferences["AlarmSpecification"] = {"Alarms": list(rollout.alarms)}
    aws.autoscaling.start_instance_refresh(
        AutoScalingGroupName=action.group, DesiredConfiguration=_desired(action), Preferences=preferences
    )


def _renewed_at_once(settings: Settings) -> int:
    """The upper limit of the group in a renewal, in percent: it is for convenience, so the budget limits it too."""
    return min(settings.rollout.max_healthy_percent, 100 + settings.disruption.percent)


def _leave(_aws: Clients, _settings: Settings, _action: Unplanned) -> None:
    """Nothing is done about it; what counts is that it is said."""


def _enable_metrics(aws: Clients, _: Settings, action: EnableMetrics) -> None:
    aws.autoscaling.enable_metrics_collection(
        AutoScalingGroupName=action.group, Metrics=list(GROUP_METRICS), Granularity="1Minute"
    )


def _desired(action: StartRefresh) -> dict[str, Any]:
    """The wanted template, in the group's own mixed instances policy where it has one."""
    template = {"LaunchTemplateId": action.template.template_id, "Version": action.template.version}
    if action.mixed_policy is None:
        return {"LaunchTemplate": template}
    policy: dict[str, Any] = deepcopy(dict(action.mixed_policy))
    policy.setdefault("LaunchTemplate", {})["LaunchTemplateSpecification"] = template
    return {"MixedInstancesPolicy": policy}


_CALLS: Final[Mapping[type, Callable[[Clients, Settings, Any], None]]] = {
    Complete: _complete,
    Heartbeat: _heartbeat,
    Stop: _stop,
    MarkUnhealthy: _mark_unhealthy,
    StartRefresh: _start_refresh,
    EnableMetrics: _enable_metrics,
    Deregister: _deregister,
    Unplanned: _leave,
}

_ONE_IS_BAD: Final = frozenset(
    {"TargetNotFoundException", "InvalidParameterException", "AttributeLimitExceededException"}
)
"""Errors of PutAttributes that one of several attributes causes: each is then written by itself."""

_KNOWN: Final[Mapping[type, tuple[tuple[str, str], ...]]] = {  # error code, words of its message in lower case
    Complete: (("ValidationError", ""),),  # the action is finished, or its hook is gone
    Heartbeat: (("ValidationError", ""),),
    Stop: (("InvalidParameterException", "not found"), ("ClientException", "not found")),
    MarkUnhealthy: (("ValidationError", "not found"),),
    StartRefresh: (("InstanceRefreshInProgress", ""), ("InstanceRefreshInProgressFault", "")),
    Deregister: (("InvalidParameterException", "not found"), ("ClientException", "not found")),
}
