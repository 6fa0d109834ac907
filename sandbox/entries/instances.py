"""Launch templates and Auto Scaling."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sandbox.refusal import Refusal
from sandbox.resource import ID, Call, Entry, Given, Naming, among

_GROUP: Final = {"AutoScalingGroupName": ID}
_SECONDS: Final = {"h": 3600, "m": 60, "s": 1}


def seconds(duration: str) -> float:
    """A Go duration such as `10m` or `1h30m`, in seconds; `0` waits for nothing."""
    if duration == "0":
        return 0
    found = re.findall(r"(\d+(?:\.\d+)?)(h|m|s)", duration)
    if not found or "".join(number + unit for number, unit in found) != duration:
        raise Refusal(f"waitForCapacityTimeout: expected a duration such as 10m, got {duration!r}")
    return sum(float(number) * _SECONDS[unit] for number, unit in found)


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


def _create_group(call: Call) -> str:
    """As the real provider: the hooks are there before the first instance."""
    name = str(call.get("name"))
    call.fill(
        "create_auto_scaling_group",
        **_SHAPED,
        MinSize=0,
        MaxSize=int(call.new["maxSize"]),
        DesiredCapacity=0,
        Tags=group_tags(call, call.new.get("tags") or []) or None,
    )
    for hook in call.new.get("initialLifecycleHooks") or []:
        wanted = call.shaped(call.structure("PutLifecycleHook"), {**hook, "lifecycleHookName": hook["name"]})
        call.send("put_lifecycle_hook", **{**wanted, "AutoScalingGroupName": name})
    size = call.new.get("desiredCapacity")
    call.send(
        "update_auto_scaling_group",
        AutoScalingGroupName=name,
        MinSize=int(call.new["minSize"]),
        DesiredCapacity=int(call.new["minSize"] if size is None else size),
    )
    return name


def _group(call: Call) -> Any:
    found = call.send("describe_auto_scaling_groups", AutoScalingGroupNames=[call.id])["AutoScalingGroups"]
    return found[0] if found and not found[0].get("Status") else None


def _in_service(found: Any) -> int:
    return sum(item["LifecycleState"] == "InService" for item in found["Instances"])


_SIZES: Final = ("minSize", "maxSize", "desiredCapacity")


def _wait_for_capacity(call: Call) -> None:
    """As the real provider: an update is done when the group has its size, unless told not to wait."""
    limit = seconds(str(call.new.get("waitForCapacityTimeout") or "10m"))
    if not limit or not (call.creating or call.changed(*_SIZES)):
        return
    wanted = int(call.new.get("desiredCapacity") or call.new.get("minSize") or 0)
    waiting = replace(call, timeout_s=min(limit, call.timeout_s))
    waiting.wait(f"{wanted} instances of {call.id} are in service", lambda: _in_service(_group(call)) >= wanted)


def _update_group(call: Call) -> None:
    size = call.new.get("desiredCapacity") if call.changed("desiredCapacity") else None
    call.fill(
        "update_auto_scaling_group",
        **_SHAPED,
        **_GROUP,
        DesiredCapacity=None if size is None else int(size),
    )
    if call.new.get("instanceRefresh") and call.changed("launchTemplate", "mixedInstancesPolicy"):
        wanted = call.shaped(call.structure("StartInstanceRefresh"), call.new["instanceRefresh"])
        call.send("start_instance_refresh", **_GROUP, **wanted)


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
    if new:
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
    settle=_wait_for_capacity,
    settings={
        ("enabledMetrics", "metricsGranularity"): _metrics,
        ("suspendedProcesses",): _suspensions,
    },
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

ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:autoscaling/group:Group": GROUP,
}
