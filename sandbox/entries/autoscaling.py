"""Auto Scaling groups with their lifecycle hooks, scaling policies, tags and scheduled actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sandbox.entries import autoscaling_capacity
from sandbox.resource import Call, Entry, Given, Naming, Step
from sandbox.steps import ID, IDS, NAME, among, fill, one_of, op, prop, upsert

_GROUP: Final = {"AutoScalingGroupName": ID}


def group_tags(call: Call, tags: list[dict[str, Any]]) -> list[dict[str, Any]]:
    name = call.id or call.get("name")
    return [
        {
            "ResourceId": name,
            "ResourceType": "auto-scaling-group",
            "Key": tag["key"],
            "Value": tag["value"],
            "PropagateAtLaunch": tag["propagateAtLaunch"],
        }
        for tag in tags
    ]


def _launch_template(call: Call) -> Any:
    given = call.new.get("launchTemplate")
    if not given:
        return None
    found = {"LaunchTemplateId": given.get("id"), "LaunchTemplateName": given.get("name")}
    return {**{key: value for key, value in found.items() if value}, "Version": given.get("version") or "$Default"}


_SHAPED: Final[Mapping[str, Given]] = {
    "LaunchTemplate": _launch_template,
    "VPCZoneIdentifier": lambda call: ",".join(call.new.get("vpcZoneIdentifiers") or []) or None,
}


_ONLY_WHEN_SET: Final = (
    "capacityRebalance",
    "defaultCooldown",
    "defaultInstanceWarmup",
    "healthCheckGracePeriod",
    "maxInstanceLifetime",
)
"""What a creation leaves out where it is 0 or false: the real provider cannot tell it from nothing."""


def _create_group(call: Call) -> str:
    """As the real provider: in two steps where there are hooks, so that they are there before the first instance."""
    name = str(call.get("name"))
    hooks = call.new.get("initialLifecycleHooks") or []
    call.fill(
        "create_auto_scaling_group",
        **_SHAPED,
        **{key[0].upper() + key[1:]: call.new.get(key) or None for key in _ONLY_WHEN_SET},
        **({"MinSize": 0, "MaxSize": 0, "DesiredCapacity": None} if hooks else _initial_sizes(call)),
        Tags=group_tags(call, call.new.get("tags") or []) or None,
    )
    for hook in hooks:
        wanted = call.shaped(call.structure("PutLifecycleHook"), {**hook, "lifecycleHookName": hook["name"]})
        call.send("put_lifecycle_hook", **{**wanted, "AutoScalingGroupName": name})
    if hooks:
        call.send("update_auto_scaling_group", AutoScalingGroupName=name, **_initial_sizes(call))
    return name


def _initial_sizes(call: Call) -> dict[str, int | None]:
    size = call.new.get("desiredCapacity")
    return {
        "MinSize": int(call.new["minSize"]),
        "MaxSize": int(call.new["maxSize"]),
        "DesiredCapacity": int(size) if size else None,
    }


def group_named(name: str) -> Step:
    """Read a group; one that is being deleted (it has a status) is none."""
    groups = "AutoScalingGroups[?!Status]"
    wanted = {"AutoScalingGroupName": name}
    return one_of("describe_auto_scaling_groups", groups, wanted, AutoScalingGroupNames=[name])


def _group(call: Call) -> Any:
    return group_named(call.id)(call)


_APART: Final = among("enabledMetrics", "metricsGranularity", "suspendedProcesses", "tags", "targetGroupArns")
"""Properties that have calls of their own."""

_REMOVED: Final = {
    "CapacityRebalance": False,
    "DefaultInstanceWarmup": 0,
    "MaxInstanceLifetime": 0,
    "TerminationPolicies": ["Default"],
}
"""What an update sends for a property that the program no longer names."""


def _update_group(call: Call) -> None:
    """As the real provider: what changed, as a whole; of the mixed policy also the template version of the state."""
    names = {*call.new, *call.old} - GROUP.local - _APART - {"__defaults"}
    changed = {name for name in names if call.changed(name)}
    if not changed:
        return
    narrow = replace(call, new={name: call.new[name] for name in changed if call.new.get(name) is not None})
    removed = {
        api: value for api, value in _REMOVED.items() if {api[0].lower() + api[1:]} & changed - narrow.new.keys()
    }
    narrow.fill("update_auto_scaling_group", **removed, **_SHAPED, **_GROUP)
    if call.new.get("instanceRefresh") and call.changed("launchTemplate", "mixedInstancesPolicy"):
        wanted = call.shaped(call.structure("StartInstanceRefresh"), call.new["instanceRefresh"])
        call.send("start_instance_refresh", **_GROUP, **wanted)


_WAITED_FOR: Final = ("minSize", "desiredCapacity", "desiredCapacityType")


def _settle_group(call: Call) -> None:
    """As the real provider: first the wait for capacity, and only when it ends well metrics and suspensions."""
    if call.creating or call.changed(*_WAITED_FOR):
        autoscaling_capacity.wait(call, lambda: _group(call))
    _suspensions(call)
    if call.changed("enabledMetrics"):
        _metrics(call)


def _retag(call: Call) -> None:
    new = call.new.get("tags") or []
    gone = [tag for tag in call.old.get("tags") or [] if tag["key"] not in {item["key"] for item in new}]
    if gone:
        call.send("delete_tags", Tags=group_tags(call, gone))
    if new:
        call.send("create_or_update_tags", Tags=group_tags(call, new))


def _metrics(call: Call) -> None:
    old, new = set(call.old.get("enabledMetrics") or []), set(call.new.get("enabledMetrics") or [])
    if old - new:
        call.send("disable_metrics_collection", **_GROUP, Metrics=sorted(old - new))
    if new - old:  # all of them: moto forgets those that a call does not name
        granularity = call.new.get("metricsGranularity") or "1Minute"
        call.send("enable_metrics_collection", **_GROUP, Metrics=sorted(new), Granularity=granularity)


def _suspensions(call: Call) -> None:
    old, new = set(call.old.get("suspendedProcesses") or []), set(call.new.get("suspendedProcesses") or [])
    if old - new:
        call.send("resume_processes", **_GROUP, ScalingProcesses=sorted(old - new))
    if new - old:
        call.send("suspend_processes", **_GROUP, ScalingProcesses=sorted(new - old))


def _target_groups(call: Call) -> None:
    old, new = set(call.old.get("targetGroupArns") or []), set(call.new.get("targetGroupArns") or [])
    if new - old:
        call.send("attach_load_balancer_target_groups", **_GROUP, TargetGroupARNs=sorted(new - old))
    if old - new:
        call.send("detach_load_balancer_target_groups", **_GROUP, TargetGroupARNs=sorted(old - new))


def _delete_group(call: Call) -> None:
    """As the real provider: to nothing first, so that hooks run, and only then away."""
    if call.get("forceDelete"):
        call.send("delete_auto_scaling_group", **_GROUP, ForceDelete=True)
        return
    call.send("update_auto_scaling_group", **_GROUP, MinSize=0, MaxSize=0, DesiredCapacity=0)
    call.wait(f"the instances of {call.id} have left", lambda: not (_group(call) or {}).get("Instances"))
    call.send("delete_auto_scaling_group", **_GROUP)


def _own_tags(call: Call, found: Any) -> list[dict[str, Any]] | None:
    given = {tag["key"] for tag in call.get("tags") or []}
    held = [
        {"key": tag["Key"], "value": tag["Value"], "propagateAtLaunch": tag["PropagateAtLaunch"]}
        for tag in found["Tags"]
        if not given or tag["Key"] in given
    ]
    return held or None


def _template_of(found: Any) -> Any:
    held = found.get("LaunchTemplate")
    if not held:
        return None
    return {"id": held.get("LaunchTemplateId"), "name": held.get("LaunchTemplateName"), "version": held.get("Version")}


GROUP: Final = Entry(
    service="autoscaling",
    create=_create_group,
    read=_group,
    delete=_delete_group,
    update=_update_group,
    settle=_settle_group,
    changes={("tags",): _retag, ("targetGroupArns",): _target_groups},
    replaces=among("initialLifecycleHooks", "serviceLinkedRoleArn"),
    names={
        "name": "AutoScalingGroupName",
        "arn": "AutoScalingGroupARN",
        "protectFromScaleIn": "NewInstancesProtectedFromScaleIn",
        "launchTemplate": "",
        "instanceRefresh": "",
        "initialLifecycleHooks": "",
        "vpcZoneIdentifiers": "",
        "loadBalancers": "LoadBalancerNames",
    },
    facts={
        "vpcZoneIdentifiers": lambda _call, found: [
            zone for zone in found.get("VPCZoneIdentifier", "").split(",") if zone
        ],
        "launchTemplate": lambda _call, found: _template_of(found),
        "tags": _own_tags,
        "enabledMetrics": lambda _call, found: [item["Metric"] for item in found.get("EnabledMetrics", [])],
        "suspendedProcesses": lambda _call, found: [item["ProcessName"] for item in found["SuspendedProcesses"]],
    },
    local=among("ignoreFailedScalingActivities", "forceDeleteWarmPool", "instanceRefresh", "waitForCapacityTimeout"),
    blind=among(
        "instanceLifecyclePolicy",
        "instanceMaintenancePolicy",
        "mixedInstancesPolicy",
        "defaultInstanceWarmup",
        "capacityRebalance",
        "availabilityZoneDistribution",
        "capacityReservationSpecification",
        "maxInstanceLifetime",
        "trafficSources",
        "defaultCooldown",
        "healthCheckGracePeriod",
        "healthCheckType",
        "terminationPolicies",
        "warmPool",
        "context",
        "desiredCapacityType",
        "metricsGranularity",
    ),
    naming=Naming(),
)


_HOOK: Final = {"AutoScalingGroupName": prop("autoscalingGroupName"), "LifecycleHookName": ID}


HOOK: Final = Entry(
    service="autoscaling",
    create=upsert(fill("put_lifecycle_hook"), NAME),
    read=one_of(
        "describe_lifecycle_hooks",
        "LifecycleHooks",
        _HOOK,
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
    read=one_of(
        "describe_policies",
        "ScalingPolicies",
        {"AutoScalingGroupName": prop("autoscalingGroupName"), "PolicyName": ID},
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
    found = group_named(group)(call) or {"Tags": []}
    for tag in (tag for tag in found["Tags"] if tag["Key"] == key):
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
    read=one_of(
        "describe_scheduled_actions",
        "ScheduledUpdateGroupActions",
        {"AutoScalingGroupName": prop("autoscalingGroupName"), "ScheduledActionName": ID},
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
    "aws:autoscaling/group:Group": GROUP,
}
