"""What stands: one picture of a cluster, read with the controllers' own readers in a bounded number of calls.

For a thousand instances about 55: two for each 100 container instances, one for each 10 services, three for each of the
drains whose tasks are read, and a dozen for all else.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from lambdas.capacity.short_services import short_services
from lambdas.cluster.errors import code_of
from lambdas.cluster.read_cluster import DESCRIBE, read_container_instances, read_daemons, read_tasks
from lambdas.cluster.read_groups import read_ec2_instances, read_groups, read_refreshes, read_waiting_since
from lambdas.cluster.read_services import SERVICES, read_services
from lambdas.cluster.services import Service
from lambdas.cluster.snapshot import ContainerInstance, Ec2Instance
from lambdas.cluster.switch import Switch
from lambdas.instances.drain import draining_since
from lambdas.instances.snapshot import TERMINATING_WAIT, InstancesSnapshot

from ..connection import Connection
from .controllers import Controllers, Decision, read_controllers_or_defaults, read_last_decision, read_pause

DRAINS_READ: Final = 6
"""Drains whose tasks are read, the oldest first; of the others ECS's count of running ones is shown."""

EC2_READ: Final = 100
"""Unregistered instances whose launch is asked for: one call."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the newest refresh of a group is."""

    refresh_id: str
    status: str
    percent: int
    """Of the instances, as Auto Scaling counts; the bake time follows at 100."""
    left: int
    """Instances to replace."""
    reason: str
    """What Auto Scaling says of it."""
    began: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Ringing:
    """An alarm of the environment in ALARM."""

    name: str
    since: datetime | None
    summary: str
    """Its description."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """All that `status` is made of."""

    cluster: str
    region: str
    now: datetime
    controllers: Controllers
    switch: Switch
    snapshot: InstancesSnapshot
    services: tuple[Service, ...]
    short: Mapping[str, int]
    """Services that run fewer tasks than they have to → how many run."""
    decision: Decision | None
    alarms: tuple[Ringing, ...]
    progress: Progress | None
    images: Mapping[str, str]
    """Launch template version → AMI, of those that run and the wanted one."""


def ecs_reads(seen: Picture) -> int:
    """Calls of ECS that a picture takes at most: a page and descriptions of registrations, services and drains."""
    registered = math.ceil(len(seen.snapshot.container_instances) / DESCRIBE)
    services = len(seen.services)
    drains = min(len(leaving(seen.snapshot)), DRAINS_READ)
    # Of each drain the tasks that run, those that were told to stop, and their description; and once the daemons.
    return 2 * registered + math.ceil(services / DESCRIBE) + math.ceil(services / SERVICES) + 3 * drains + 1


def read_picture(connection: Connection, now: datetime) -> Picture:
    """Read it; raises what AWS raises."""
    cluster = connection.cluster
    controllers = read_controllers_or_defaults(connection)
    snapshot = read_instances(connection, controllers, now)
    services = read_services(connection.aws.ecs, cluster)
    return Picture(
        cluster=cluster,
        region=connection.region,
        now=now,
        controllers=controllers,
        switch=read_pause(connection, controllers),
        snapshot=snapshot,
        services=services,
        short=short_services(services),
        decision=read_last_decision(connection, now),
        alarms=read_ringing(connection),
        progress=_progress(connection, snapshot),
        images=read_images(connection, snapshot),
    )


def read_instances(connection: Connection, controllers: Controllers, now: datetime) -> InstancesSnapshot:
    """Groups, registrations, and the tasks of the oldest drains."""
    aws, cluster = connection.aws, connection.cluster
    groups = read_groups(aws.autoscaling, cluster, controllers.instances.target.group_prefix)
    groups = tuple(replace(each, refreshes=read_refreshes(aws.autoscaling, each.name)) for each in groups)
    seen = InstancesSnapshot(groups=groups, container_instances=read_container_instances(aws.ecs, cluster))
    unregistered = sorted(seen.member_ids - seen.registered.keys())[:EC2_READ]
    found: Mapping[str, Ec2Instance | None] = read_ec2_instances(aws.ec2, unregistered)
    seen = replace(seen, ec2_instances=found)
    return _with_drains(connection, seen, now)


def leaving(seen: InstancesSnapshot) -> list[ContainerInstance]:
    """The registrations that wait in the terminating hook."""
    members = (each for group in seen.groups for each in group.members(TERMINATING_WAIT))
    found = (seen.registered.get(each.instance_id) for each in members)
    return [each for each in found if each is not None]


def _with_drains(connection: Connection, seen: InstancesSnapshot, now: datetime) -> InstancesSnapshot:
    drains = leaving(seen)
    if not drains:
        return seen
    aws, cluster = connection.aws, connection.cluster
    for group in seen.groups:
        ids = [each.instance_id for each in group.members(TERMINATING_WAIT)]
        if ids:
            since = read_waiting_since(aws.autoscaling, group.name, ids)
            seen = replace(seen, waiting_since={**seen.waiting_since, **since})
    oldest = sorted(drains, key=lambda each: draining_since(each, seen, now) or datetime.max.replace(tzinfo=UTC))
    tasks = {each.arn: read_tasks(aws.ecs, cluster, each.arn) for each in oldest[:DRAINS_READ]}
    return replace(seen, tasks=tasks, daemons=read_daemons(aws.ecs, cluster))


def read_ringing(connection: Connection) -> tuple[Ringing, ...]:
    """The alarms of the environment that are in ALARM; a page for each 100 of the account that are."""
    pages = connection.aws.cloudwatch.get_paginator("describe_alarms").paginate(
        StateValue="ALARM", AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    found = [each for page in pages for key in ("MetricAlarms", "CompositeAlarms") for each in page.get(key, [])]
    return tuple(
        Ringing(
            name=each["AlarmName"],
            since=each.get("StateTransitionedTimestamp") or each.get("StateUpdatedTimestamp"),
            summary=each.get("AlarmDescription", ""),
        )
        for each in found
        if of_environment(each, connection.cluster)
    )


def of_environment(alarm: Mapping[str, Any], cluster: str) -> bool:
    """Whether an alarm is one of the environment: by its name, what it measures, or the topic that it notifies."""
    prefix = f"{cluster}-"
    measured = [each["Value"] for each in alarm.get("Dimensions", [])]
    topics = [arn.rpartition(":")[2] for arn in alarm.get("AlarmActions", [])]
    return (
        alarm["AlarmName"].startswith(prefix) or cluster in measured or any(each.startswith(prefix) for each in topics)
    )


def read_progress(connection: Connection, group: str) -> Progress | None:
    """The newest refresh of a group; one call."""
    answer = connection.aws.autoscaling.describe_instance_refreshes(AutoScalingGroupName=group, MaxRecords=1)
    found = answer["InstanceRefreshes"]
    if not found:
        return None
    newest = found[0]
    return Progress(
        refresh_id=newest["InstanceRefreshId"],
        status=newest["Status"],
        percent=int(newest.get("PercentageComplete", 0)),
        left=int(newest.get("InstancesToUpdate", 0)),
        reason=str(newest.get("StatusReason", "")),
        began=newest.get("StartTime"),
        ended=newest.get("EndTime"),
    )


def _progress(connection: Connection, seen: InstancesSnapshot) -> Progress | None:
    with_one = [group.name for group in seen.groups if group.refreshes]
    return read_progress(connection, with_one[0]) if with_one else None


def read_images(connection: Connection, seen: InstancesSnapshot) -> dict[str, str]:
    """The AMI of each version of the group's template that runs or is wanted; a call for each template."""
    images: dict[str, str] = {}
    for group in seen.groups:
        template = group.template
        if template is None:
            continue
        versions = {each.template.version for each in group.instances if each.template} | {group.wanted_version or ""}
        images |= _images_of(connection, template.template_id, sorted(filter(str.isdigit, versions)))
    return images


def _images_of(connection: Connection, template: str, versions: Iterable[str]) -> dict[str, str]:
    wanted = list(versions)
    if not wanted:
        return {}
    try:
        answer = connection.aws.ec2.describe_launch_template_versions(LaunchTemplateId=template, Versions=wanted)
    except ClientError as error:
        if not code_of(error).startswith("InvalidLaunchTemplateId"):
            raise
        # One of them is deleted, and AWS tells none.
        alone = (_images_of(connection, template, [each]) for each in wanted) if len(wanted) > 1 else ()
        return {version: image for found in alone for version, image in found.items()}
    return {
        str(each["VersionNumber"]): each["LaunchTemplateData"].get("ImageId", "")
        for each in answer["LaunchTemplateVersions"]
    }
