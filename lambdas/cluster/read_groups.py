"""Batched readers of Auto Scaling and EC2: groups with their members, hooks and refreshes, and what EC2 says."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from . import tags
from .snapshot import Checkpoint, Ec2Instance, Group, Hook, Instance, Refresh, Template

FILTER_VALUES: Final = 100
"""Instance ids per DescribeInstances call; EC2 allows 200 values in a filter."""

ACTIVITIES: Final = 100
"""Activities per DescribeScalingActivities call (Auto Scaling API reference, MaxRecords)."""

ACTIVITY_PAGES: Final = 3
"""Pages of activities that are read at most: an older one tells nothing that a deadline would need."""

_INSTANCE_ID: Final = re.compile(r"\bi-[0-9a-f]+\b")

RECENT_REFRESHES: Final = 100
"""Refreshes that are read: one page, the newest first (Auto Scaling API reference, MaxRecords)."""

CHECKPOINT_DELAY_S: Final = 3600
"""What a refresh waits at its checkpoints when it does not say (Auto Scaling API reference, CheckpointDelay)."""


def read_groups(autoscaling: Any, cluster: str, prefix: str) -> tuple[Group, ...]:
    """All groups whose instances join the cluster, by their tag and the start of their name; one call per 100 groups.

    A tag alone can be on anybody's group: it may be copied with a launch of one's own.

    Where AWS finds none by the tag, all groups of the account are read and judged here: it is not documented how the
    filter takes the colon in the tag's key.
    """
    wanted = [{"Name": f"tag:{tags.CLUSTER}", "Values": [cluster]}]
    return _ours(autoscaling, cluster, prefix, Filters=wanted) or _ours(autoscaling, cluster, prefix)


def _ours(autoscaling: Any, cluster: str, prefix: str, **filters: Any) -> tuple[Group, ...]:
    pages = autoscaling.get_paginator("describe_auto_scaling_groups").paginate(MaxRecords=100, **filters)
    groups = (_group(raw) for page in pages for raw in page["AutoScalingGroups"])
    # The filter is repeated here: acting on a foreign group must be impossible, whatever the filter lets through.
    ours = (each for each in groups if each.tags.get(tags.CLUSTER) == cluster and each.name.startswith(prefix))
    return tuple(sorted(ours, key=lambda group: group.name))


def read_hooks(autoscaling: Any, group: str) -> tuple[Hook, ...]:
    """The lifecycle hooks of a group; one call."""
    raw = autoscaling.describe_lifecycle_hooks(AutoScalingGroupName=group)["LifecycleHooks"]
    return tuple(
        Hook(
            name=each["LifecycleHookName"],
            transition=each["LifecycleTransition"],
            heartbeat_timeout_s=each.get("HeartbeatTimeout", 3600),
            default_result=each.get("DefaultResult", "ABANDON"),
        )
        for each in raw
    )


def read_refreshes(autoscaling: Any, group: str) -> tuple[Refresh, ...]:
    """The latest 100 instance refreshes of the last six weeks, the newest first; one call."""
    found = autoscaling.describe_instance_refreshes(AutoScalingGroupName=group, MaxRecords=RECENT_REFRESHES)
    refreshes = [
        Refresh(
            refresh_id=each["InstanceRefreshId"],
            status=each["Status"],
            started=each.get("StartTime"),
            template=_template(each.get("DesiredConfiguration", {})),
            ended=each.get("EndTime"),
            skip_matching=each.get("Preferences", {}).get("SkipMatching", False),
            checkpoint=_checkpoint(each.get("Preferences", {})),
        )
        for each in found["InstanceRefreshes"]
    ]
    # One that is still pending has no start time yet: it is the newest.
    return tuple(sorted(refreshes, key=lambda each: each.started.timestamp() if each.started else 9e12, reverse=True))


def read_waiting_since(autoscaling: Any, group: str, instance_ids: Iterable[str]) -> dict[str, datetime]:
    """Since when instances come or go: the start of the newest activity of the group that names them.

    Auto Scaling does not say when a lifecycle hook began; its activity begins in the same moment. The newest 300
    activities are read, in three calls; what none of them names is missing in the answer.
    """
    wanted = set(instance_ids)
    found: dict[str, datetime] = {}
    pages = autoscaling.get_paginator("describe_scaling_activities").paginate(
        AutoScalingGroupName=group, PaginationConfig={"PageSize": ACTIVITIES, "MaxItems": ACTIVITY_PAGES * ACTIVITIES}
    )
    for page in pages:
        for activity in page["Activities"]:
            named = wanted.intersection(_INSTANCE_ID.findall(activity.get("Description", "")))
            began: datetime = activity["StartTime"]
            found |= dict.fromkeys(named - found.keys(), began)
        if found.keys() == wanted:
            break
    return found


def read_ec2_instances(ec2: Any, instance_ids: Iterable[str]) -> dict[str, Ec2Instance]:
    """State and launch time of instances; one call per 100. What EC2 has forgotten is missing in the answer."""
    ids = sorted(set(instance_ids))
    found: dict[str, Ec2Instance] = {}
    for start in range(0, len(ids), FILTER_VALUES):
        # A filter instead of InstanceIds: one unknown id would fail the whole call.
        wanted = [{"Name": "instance-id", "Values": ids[start : start + FILTER_VALUES]}]
        for page in ec2.get_paginator("describe_instances").paginate(Filters=wanted):
            for raw in (each for reservation in page["Reservations"] for each in reservation["Instances"]):
                found[raw["InstanceId"]] = Ec2Instance(
                    instance_id=raw["InstanceId"], state=raw["State"]["Name"], launched=raw.get("LaunchTime")
                )
    return found


def _group(raw: Mapping[str, Any]) -> Group:
    return Group(
        name=raw["AutoScalingGroupName"],
        min_size=raw["MinSize"],
        max_size=raw["MaxSize"],
        desired_capacity=raw["DesiredCapacity"],
        instances=tuple(_instance(each) for each in raw.get("Instances", [])),
        template=_template(raw),
        mixed_policy=raw.get("MixedInstancesPolicy"),
        tags={each["Key"]: each.get("Value", "") for each in raw.get("Tags", [])},
        zones=tuple(raw.get("AvailabilityZones", [])),
        subnet_ids=tuple(each for each in raw.get("VPCZoneIdentifier", "").split(",") if each),
        deleting=bool(raw.get("Status")),  # only set while the group is being deleted
        measured=bool(raw.get("EnabledMetrics")),
        suspended_processes=frozenset(each["ProcessName"] for each in raw.get("SuspendedProcesses", [])),
    )


def _instance(raw: Mapping[str, Any]) -> Instance:
    return Instance(
        instance_id=raw["InstanceId"],
        instance_type=raw.get("InstanceType", ""),
        zone=raw.get("AvailabilityZone", ""),
        lifecycle_state=raw["LifecycleState"],
        healthy=raw.get("HealthStatus", "Healthy").lower() == "healthy",
        template=_template(raw),
        protected_from_scale_in=raw.get("ProtectedFromScaleIn", False),
    )


def _checkpoint(preferences: Mapping[str, Any]) -> Checkpoint | None:
    percent = next(iter(preferences.get("CheckpointPercentages") or ()), 100)
    if percent >= 100:  # noqa: PLR2004 - at the last one, nothing is left to wait for
        return None
    delay_s = preferences.get("CheckpointDelay", CHECKPOINT_DELAY_S)
    return Checkpoint(percent=percent, wait_s=delay_s + preferences.get("InstanceWarmup", 0))


def _template(raw: Mapping[str, Any]) -> Template | None:
    """The template of a group, an instance or a desired configuration, mixed instances or not."""
    mixed = raw.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {}).get("LaunchTemplateSpecification")
    found = raw.get("LaunchTemplate") or mixed
    if not found:
        return None
    return Template(template_id=found.get("LaunchTemplateId", ""), version=found.get("Version", "$Default"))
