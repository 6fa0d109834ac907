"""Application Auto Scaling: scalable targets, their policies and scheduled actions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.resource import Call, Entry, Naming
from sandbox.steps import ID, IDS, NAME, among, fill, one_of, op, prop, upsert

_SCALED: Final = {
    "ServiceNamespace": prop("serviceNamespace"),
    "ResourceId": prop("resourceId"),
    "ScalableDimension": prop("scalableDimension"),
}


SCALING_TARGET: Final = Entry(
    service="application-autoscaling",
    create=upsert(fill("register_scalable_target"), prop("resourceId")),
    read=one_of(
        "describe_scalable_targets",
        "ScalableTargets",
        _SCALED,
        ServiceNamespace=prop("serviceNamespace"),
        ScalableDimension=prop("scalableDimension"),
        ResourceIds=IDS,
    ),
    delete=op("deregister_scalable_target", **_SCALED),
    update=fill("register_scalable_target"),
    replaces=among("resourceId", "scalableDimension", "serviceNamespace"),
    names={"arn": "ScalableTargetARN"},
    blind=among("roleArn", "tagsAll"),
)


SCALING_POLICY: Final = Entry(
    service="application-autoscaling",
    create=upsert(fill("put_scaling_policy"), NAME),
    read=one_of(
        "describe_scaling_policies",
        "ScalingPolicies",
        {**_SCALED, "PolicyName": ID},
        **_SCALED,
        PolicyNames=IDS,
    ),
    delete=op("delete_scaling_policy", **_SCALED, PolicyName=ID),
    update=fill("put_scaling_policy"),
    replaces=among("resourceId", "scalableDimension", "serviceNamespace", "policyType"),
    names={"name": "PolicyName", "arn": "PolicyARN"},
    facts={"alarmArns": lambda _call, found: [alarm["AlarmARN"] for alarm in found.get("Alarms", [])]},
    naming=Naming(longest=255),
)


def _action_given(call: Call) -> dict[str, Any]:
    """Zero is a capacity; the provider writes capacities as texts, and an empty one is none."""
    given = call.new["scalableTargetAction"]
    sizes = {"MinCapacity": given.get("minCapacity"), "MaxCapacity": given.get("maxCapacity")}
    return {name: int(size) for name, size in sizes.items() if size not in (None, "")}


_PUT_ACTION: Final = fill("put_scheduled_action", ScalableTargetAction=_action_given)
_ACTION: Final = {**_SCALED, "ScheduledActionName": NAME}


SCHEDULED_ACTION: Final = Entry(
    service="application-autoscaling",
    create=upsert(
        _PUT_ACTION, lambda call: f"{call.get('name')}-{call.get('serviceNamespace')}-{call.get('resourceId')}"
    ),
    read=one_of(
        "describe_scheduled_actions",
        "ScheduledActions",
        _ACTION,
        **_SCALED,
        ScheduledActionNames=lambda call: [call.get("name")],
    ),
    delete=op("delete_scheduled_action", **_ACTION),
    update=_PUT_ACTION,
    replaces=among("resourceId", "scalableDimension", "serviceNamespace"),
    names={"name": "ScheduledActionName", "arn": "ScheduledActionARN"},
    blind=among("startTime", "endTime"),
    naming=Naming(longest=256),
)


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:appautoscaling/target:Target": SCALING_TARGET,
    "aws:appautoscaling/policy:Policy": SCALING_POLICY,
    "aws:appautoscaling/scheduledAction:ScheduledAction": SCHEDULED_ACTION,
}
