"""Batched readers of Auto Scaling and EC2: groups with their members, hooks and refreshes, and what EC2 says."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from . import tags
from .snapshot import Ec2Instance, Group, Hook, Instance, Refresh, Template

FILTER_VALUES: Final = 100
"""Instance ids per DescribeInstances call; EC2 allows 200 values in a filter."""

RECENT_REFRESHES: Final = 100
"""Refreshes that are read: one page, the newest first (Auto Scaling API reference, MaxRecords)."""


def read_groups(autoscaling: Any, cluster: str) -> tuple[Group, ...]:
    """All groups whose instances join the cluster, by their tag; one call per 100 groups.

    Where AWS finds none by the tag, all groups of the account are read and judged here: it is not documented how the
    filter takes the colon in the tag's key.
    """
    wanted = [{"Name": f"tag:{tags.CLUSTER}", "Values": [cluster]}]
    return _ours(autoscaling, cluster, Filters=wanted) or _ours(autoscaling, cluster)


def _ours(autoscaling: Any, cluster: str, **filters: Any) -> tuple[Group, ...]:
    pages = autoscaling.get_paginator("describe_auto_scaling_groups").paginate(MaxRecords=100, **filters)
    groups = (_group(raw) for page in pages for raw in page["AutoScalingGroups"])
    # The filter is repeated here: acting on a foreign group must be impossible, whatever the filter lets through.
    ours = (group for group in groups if group.tags.get(tags.CLUSTER) == cluster)
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
        )
        for each in found["InstanceRefreshes"]
    ]
    # One that is still pending has no start time yet: it is the newest.
    return tuple(sorted(refreshes, key=lambda each: each.started.timestamp() if each.started else 9e12, reverse=True))


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


def _template(raw: Mapping[str, Any]) -> Template | None:
    """The template of a group, an instance or a desired configuration, mixed instances or not."""
    mixed = raw.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {}).get("LaunchTemplateSpecification")
    found = raw.get("LaunchTemplate") or mixed
    if not found:
        return None
    return Template(template_id=found.get("LaunchTemplateId", ""), version=found.get("Version", "$Default"))
