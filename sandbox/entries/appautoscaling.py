"""Application Auto Scaling: scalable targets and their policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sandbox.resource import Entry, Naming
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


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:appautoscaling/target:Target": SCALING_TARGET,
    "aws:appautoscaling/policy:Policy": SCALING_POLICY,
}
