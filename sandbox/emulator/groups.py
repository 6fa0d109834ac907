"""Auto Scaling groups: instances are launched, held by hooks, replaced and terminated, one step a tick.

moto launches and terminates inside the API call, puts every instance into the first subnet and shows the default
version of the launch template. Here an API call only records what is wanted.
"""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

from moto.autoscaling.models import ASG_NAME_TAG, InstanceState, autoscaling_backends
from moto.ec2.utils import convert_tag_spec, parse_user_data

from . import outages, world
from .events import emit
from .hooks import LAUNCHING, TERMINATING, begin, hooks_of, verdict

_ACTIVITIES_KEPT = 200
_GONE = {"terminated", "stopped", "shutting-down", "stopping"}


def counts(member: Any) -> bool:
    """Whether an instance is part of the group's capacity: it comes or it serves."""
    return member.lifecycle_state == "InService" or member.lifecycle_state.startswith("Pending")


def serves(member: Any) -> bool:
    """Whether an instance is in service and healthy."""
    return member.lifecycle_state == "InService" and member.health_status == "Healthy"


def specification(group: Any) -> tuple[Any, Any, str | None]:
    """Give launch template, version and instance type (None: the template's) of the next launch."""
    refresh = getattr(group, "refresh", None)
    wanted = refresh.launching() if refresh else None
    mixed = group.mixed_instances_policy or {}
    template, number = group.ec2_launch_template, getattr(group, "launch_template_version", None)
    if wanted:
        template, number = wanted
    overrides = (mixed.get("LaunchTemplate") or {}).get("Overrides") or []
    kind = overrides[0].get("InstanceType") if overrides else None
    return template, template.get_version(number) if template else None, kind


def _subnet(group: Any) -> str | None:
    """Give the subnet whose zone has the fewest instances: the group spreads over its zones.

    During a refresh those that stay count first, so that it ends balanced, as it does by AWS's zone rebalancing.
    """
    if not group.vpc_zone_identifier:
        return None
    refresh = getattr(group, "refresh", None)
    leaving: set[str] = refresh.old if refresh and refresh.ended is None else set[str]()
    here = [member for member in group.instance_states if counts(member)]
    used = Counter(member.instance.subnet_id for member in here)
    staying = Counter(member.instance.subnet_id for member in here if member.instance_id not in leaving)
    ec2 = group.autoscaling_backend.ec2_backend
    possible = outages.usable([ec2.get_subnet(each) for each in group.vpc_zone_identifier.split(",")])
    return str(min(possible, key=lambda subnet: (staying[subnet.id], used[subnet.id])).id)


def _user_data(data: dict[str, Any]) -> Any:
    """Give a template's user data. moto wraps them in the first version only and fails on the others."""
    found = data.get("UserData")
    return parse_user_data(str(found)) if found else None


def launch(group: Any) -> Any:
    """Start one instance from the wanted version of the group's launch template."""
    template, version, kind = specification(group)
    data: dict[str, Any] = version.data if version else {}
    tags = {**(version.instance_tags if version else {}), **group.get_propagated_tags(), ASG_NAME_TAG: group.name}
    volume_tags = convert_tag_spec(data.get("TagSpecifications", [])).get("volume", {})
    reservation = group.autoscaling_backend.ec2_backend.run_instances(
        version.image_id if version else group.image_id,
        1,
        _user_data(data) if version else group.user_data,
        version.security_groups if version else group.security_groups,
        instance_type=kind or (version.instance_type if version else group.instance_type),
        tags={"instance": tags, "volume": volume_tags},
        launch_config=group.launch_config,
        launch_template={"LaunchTemplateId": template.id, "Version": str(version.number)} if version else None,
        is_instance_type_default=False,
        associate_public_ip=None,
        subnet_id=_subnet(group),
        region_name=group.region,
        metadata_options=data.get("MetadataOptions") or {},
    )
    instance = reservation.instances[0]
    instance.autoscaling_group = group
    member: Any = InstanceState(
        instance, "Pending", protected_from_scale_in=group.new_instances_protected_from_scale_in
    )
    member.since = world.current().now
    member.actions = []
    member.image_id = instance.image_id
    if version:
        names = {"LaunchTemplateId": template.id, "LaunchTemplateName": template.name}
        member.launched_from = {**names, "Version": str(version.number)}
    group.instance_states.append(member)
    note(group, f"Launching a new EC2 instance: {instance.id}", "InProgress")
    return member


def note(group: Any, description: str, status: str, message: str = "") -> dict[str, Any]:
    """Add an activity to the group's history, newest first."""
    here = world.current()
    activity: dict[str, Any] = {
        "ActivityId": str(uuid.uuid4()),
        "AutoScalingGroupName": group.name,
        "AutoScalingGroupARN": group.arn,
        "Description": description,
        "Cause": f"At {here.when():%Y-%m-%dT%H:%M:%SZ} the group's wanted state differed from its actual state.",
        "StartTime": here.when(),
        "StatusCode": status,
        "StatusMessage": message or None,
        "Progress": 100 if status in {"Successful", "Failed", "Cancelled"} else 30,
    }
    group.activities = [activity, *getattr(group, "activities", [])][:_ACTIVITIES_KEPT]
    return activity


def _close(group: Any, instance: str, status: str) -> None:
    for activity in getattr(group, "activities", []):
        if activity["Description"].endswith(instance) and activity["StatusCode"] == "InProgress":
            activity.update(StatusCode=status, Progress=100, EndTime=world.current().when())


def terminate(group: Any, member: Any) -> None:
    """Begin the end of an instance: its hooks first, if it has any."""
    if member.lifecycle_state.startswith("Terminating"):
        return
    _close(group, member.instance_id, "Cancelled")
    note(group, f"Terminating EC2 instance: {member.instance_id}", "InProgress")
    waits = begin(group, member, TERMINATING)
    member.lifecycle_state = "Terminating:Wait" if waits else "Terminating:Proceed"


def finish(group: Any, member: Any) -> None:
    """Terminate an instance for good and forget it."""
    if member.instance.state not in {"terminated", "shutting-down"}:
        member.instance.disable_api_termination = False
        group.autoscaling_backend.ec2_backend.terminate_instances([member.instance_id])
    member.lifecycle_state = "Terminated"
    group.instance_states = [other for other in group.instance_states if other is not member]
    _close(group, member.instance_id, "Successful")
    _tell(group, member, "EC2 Instance Terminate Successful")


def _tell(group: Any, member: Any, event: str) -> None:
    detail = {"AutoScalingGroupName": group.name, "EC2InstanceId": member.instance_id, "StatusCode": "InProgress"}
    emit(group.account_id, group.region, "aws.autoscaling", event, detail, [group.arn])


def _retains(group: Any) -> bool:
    policy = getattr(group, "instance_lifecycle_policy", None) or {}
    return (policy.get("RetentionTriggers") or {}).get("TerminateHookAbandon") == "retain"


def step(group: Any, member: Any) -> None:
    """Move one instance to its next lifecycle state, if its time has come."""
    here = world.current()
    state = member.lifecycle_state
    if member.instance.state in _GONE:
        finish(group, member)  # stopped or terminated behind the group's back: no hook runs
    elif state == "Pending" and here.now - member.since >= here.settings.boot_s:
        member.lifecycle_state = "Pending:Wait" if begin(group, member, LAUNCHING) else "Pending:Proceed"
    elif state == "Pending:Wait":
        _decide_launch(group, member)
    elif state == "Pending:Proceed":
        member.lifecycle_state = "InService"
        _close(group, member.instance_id, "Successful")
        _tell(group, member, "EC2 Instance Launch Successful")
    elif state == "Terminating:Wait" and (decision := verdict(member)):
        member.lifecycle_state = (
            "Terminating:Retained" if decision == "ABANDON" and _retains(group) else "Terminating:Proceed"
        )
    elif state == "Terminating:Proceed":
        finish(group, member)


def _decide_launch(group: Any, member: Any) -> None:
    decision = verdict(member)
    if decision == "CONTINUE":
        member.lifecycle_state = "Pending:Proceed"
    elif decision == "ABANDON":
        group.abandoned = getattr(group, "abandoned", 0) + 1
        terminate(group, member)


def _launches_first(group: Any) -> bool:
    policy = getattr(group, "instance_maintenance_policy", None) or {}
    return int(policy.get("MaxHealthyPercentage") or 0) > 100  # noqa: PLR2004 - percent


def _replace_unhealthy(group: Any) -> None:
    """Terminate unhealthy instances: at once, or after their replacements serve (instance maintenance policy)."""
    ill = [m for m in group.instance_states if m.lifecycle_state == "InService" and m.health_status != "Healthy"]
    for member in ill:
        healthy = sum(1 for other in group.instance_states if serves(other))
        if not _launches_first(group) or healthy >= group.desired_capacity:
            terminate(group, member)


def victims(group: Any, open_to_it: list[Any], number: int) -> list[Any]:
    """Choose who goes: the fullest zone first, then the oldest instance."""
    chosen: list[Any] = []
    for _ in range(min(number, len(open_to_it))):
        zones = Counter(m.availability_zone for m in group.instance_states if counts(m) and m not in chosen)
        pool = [m for m in open_to_it if m not in chosen]
        chosen.append(max(pool, key=lambda m: (m.health_status != "Healthy", zones[m.availability_zone], -m.since)))
    return chosen


def converge(group: Any) -> None:
    """Launch or terminate until the group has what it wants."""
    suspended = {process["ProcessName"] for process in group.suspended_processes}
    if not suspended & {"ReplaceUnhealthy", "Terminate"}:
        _replace_unhealthy(group)
    refresh = getattr(group, "refresh", None)
    surge = refresh.surge if refresh else 0
    usable = [m for m in group.instance_states if counts(m)]
    if _launches_first(group):
        usable = [m for m in usable if m.health_status == "Healthy"]
    missing = (group.desired_capacity or 0) + surge - len(usable)
    if missing > 0 and "Launch" not in suspended:
        _launch_all(group, missing)
    elif missing < 0 and "Terminate" not in suspended:
        open_to_it = [m for m in group.instance_states if counts(m) and not m.protected_from_scale_in]
        for member in victims(group, open_to_it, -missing):
            terminate(group, member)


def _launch_all(group: Any, missing: int) -> None:
    here = world.current()
    if here.now < getattr(group, "no_launch_before", 0.0):
        return
    for _ in range(missing):
        try:
            launch(group)
        except Exception as error:  # noqa: BLE001 - AWS notes a failed launch and tries again
            note(group, "Launching a new EC2 instance", "Failed", str(error) or repr(error))
            group.failed_launches = getattr(group, "failed_launches", 0) + 1
            group.no_launch_before = here.now + here.settings.placement_event_s
            return


def groups() -> list[Any]:
    """Give every Auto Scaling group of every account and region."""
    found: list[Any] = []
    for _, _, backend in list(autoscaling_backends.iter_backends()):
        anything: Any = backend
        found.extend(anything.autoscaling_groups.values())
    return found


def has_hook(group: Any) -> bool:
    """Whether the group holds terminating instances."""
    return bool(hooks_of(group, TERMINATING))


def adopt(group: Any) -> None:
    """Give instances that were attached by hand the state that the emulator keeps."""
    for member in group.instance_states:
        if not hasattr(member, "since"):
            member.since = world.current().now
            member.actions = []
            member.image_id = member.instance.image_id
