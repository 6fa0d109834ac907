"""Lifecycle hooks, policies, tags and schedules of Auto Scaling groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sandbox.entries.instances import group_tags
from sandbox.resource import (
    ID,
    IDS,
    NAME,
    Call,
    Entry,
    Naming,
    among,
    fill,
    op,
    prop,
    upsert,
)

_HOOK: Final = {"AutoScalingGroupName": prop("autoscalingGroupName"), "LifecycleHookName": ID}

HOOK: Final = Entry(
    service="autoscaling",
    create=upsert(fill("put_lifecycle_hook"), NAME),
    read=op(
        "describe_lifecycle_hooks",
        "LifecycleHooks[0]",
        AutoScalingGroupName=prop("autoscalingGroupName"),
        LifecycleHookNames=IDS,
    ),
    delete=op("delete_lifecycle_hook", **_HOOK),
    update=fill("put_lifecycle_hook"),
    replaces=among("autoscalingGroupName", "lifecycleTransition"),
    names={"name": "LifecycleHookName"},
    naming=Naming(),
)

POLICY: Final = Entry(
    service="autoscaling",
    create=upsert(fill("put_scaling_policy"), NAME),
    read=op(
        "describe_policies",
        "ScalingPolicies[0]",
        AutoScalingGroupName=prop("autoscalingGroupName"),
        PolicyNames=IDS,
    ),
    delete=op("delete_policy", AutoScalingGroupName=prop("autoscalingGroupName"), PolicyName=ID),
    update=fill("put_scaling_policy"),
    replaces=among("autoscalingGroupName", "policyType"),
    names={"name": "PolicyName", "arn": "PolicyARN", ".metricDimensions": "Dimensions"},
    blind=among("targetTrackingConfiguration", "predictiveScalingConfiguration"),
    naming=Naming(),
)


def _put_tag(call: Call) -> None:
    holder = replace(call, id=str(call.get("autoscalingGroupName")))
    call.send("create_or_update_tags", Tags=group_tags(holder, [call.new["tag"]]))


def _tag(call: Call) -> Any:
    group, key = call.id.split(",", 1)
    found = call.send("describe_auto_scaling_groups", AutoScalingGroupNames=[group])["AutoScalingGroups"]
    for tag in (tag for item in found for tag in item["Tags"] if tag["Key"] == key):
        held = {"key": key, "value": tag["Value"], "propagateAtLaunch": tag["PropagateAtLaunch"]}
        return {"autoscalingGroupName": group, "tag": held}
    return None


def _drop_tag(call: Call) -> None:
    group, key = call.id.split(",", 1)
    call.send("delete_tags", Tags=[{"ResourceId": group, "ResourceType": "auto-scaling-group", "Key": key}])


TAG: Final = Entry(
    service="autoscaling",
    create=upsert(_put_tag, lambda call: f"{call.get('autoscalingGroupName')},{call.new['tag']['key']}"),
    read=_tag,
    delete=_drop_tag,
    changes={("tag",): _put_tag},
    facts={"tag": lambda _call, found: found["tag"]},
)


def _put_action(call: Call) -> None:
    """-1 leaves a size as it is (source: pulumi_aws, Schedule)."""
    sizes = {key: call.new.get(key[0].lower() + key[1:], -1) for key in ("MinSize", "MaxSize", "DesiredCapacity")}
    given = {key: None if value == -1 else int(value) for key, value in sizes.items()}
    call.fill("put_scheduled_update_group_action", **given)


SCHEDULE: Final = Entry(
    service="autoscaling",
    create=upsert(_put_action, prop("scheduledActionName")),
    read=op(
        "describe_scheduled_actions",
        "ScheduledUpdateGroupActions[0]",
        AutoScalingGroupName=prop("autoscalingGroupName"),
        ScheduledActionNames=IDS,
    ),
    delete=op("delete_scheduled_action", AutoScalingGroupName=prop("autoscalingGroupName"), ScheduledActionName=ID),
    update=_put_action,
    replaces=among("autoscalingGroupName", "scheduledActionName"),
    names={"arn": "ScheduledActionARN"},
    blind=among("startTime", "endTime", "timeZone"),
)


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:autoscaling/lifecycleHook:LifecycleHook": HOOK,
    "aws:autoscaling/policy:Policy": POLICY,
    "aws:autoscaling/tag:Tag": TAG,
    "aws:autoscaling/schedule:Schedule": SCHEDULE,
}
