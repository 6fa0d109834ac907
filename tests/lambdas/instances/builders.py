"""Valid objects of the instance controller; a test shows only what matters to it."""

from datetime import UTC, datetime, timedelta

from lambdas.cluster.lifecycle_hooks import LAUNCHING, TERMINATING
from lambdas.cluster.snapshot import (
    ContainerInstance,
    Ec2Instance,
    Group,
    Hook,
    Instance,
    Refresh,
    Resources,
    Task,
    Template,
)
from lambdas.cluster.tags import FORGIVEN_REFRESH, WANTED_VERSION
from lambdas.instances.attributes import DRAINING_SINCE, moment_text
from lambdas.instances.settings import Drain, Rollout, Settings, Target
from lambdas.instances.snapshot import InstancesSnapshot

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ID = "i-0000000000000001"


def ago(seconds):
    return NOW - timedelta(seconds=seconds)


def settings(**changes):
    target = Target(
        cluster="prod",
        group_prefix="prod-instances-",
        switch_parameter="/ecs-platform/prod/controllers",
        next_look_parameter="/ecs-platform/prod/next-look/instances",
    )
    return Settings(**{"target": target, **changes})


def draining_for(**changes):
    return settings(drain=Drain(**changes))


def rolling_with(**changes):
    return settings(rollout=Rollout(**changes))


def arn_of(instance_id):
    return f"arn:aws:ecs:eu-west-1:123456789012:container-instance/prod/{instance_id[2:]}"


def an_instance(instance_id=ID, state="InService", version="1", **changes):
    given = {
        "instance_type": "m6i.large",
        "zone": "eu-west-1a",
        "template": Template(template_id="lt-1", version=version),
    }
    return Instance(instance_id=instance_id, lifecycle_state=state, **(given | changes))


def registered(instance_id=ID, status="ACTIVE", *, connected=True, attributes=None, **changes):
    given = {
        "registered": Resources(cpu_units=2048, memory_mib=7680),
        "remaining": Resources(cpu_units=2048, memory_mib=7680),
        "registered_at": ago(3600),
    }
    return ContainerInstance(
        arn=changes.pop("arn", arn_of(instance_id)),
        instance_id=instance_id,
        status=status,
        agent_connected=connected,
        attributes={"ecs.instance-type": "m6i.large"} | (attributes or {}),
        **(given | changes),
    )


def draining(since=60, instance_id=ID, status="DRAINING", attributes=None, **changes):
    """Registered, and seen in the terminating hook `since` seconds ago."""
    remembered = {DRAINING_SINCE: moment_text(ago(since))}
    return registered(instance_id, status, attributes=remembered | (attributes or {}), **changes)


def a_task(name="web-1", last="RUNNING", desired=None, group="service:web", instance_id=ID):
    return Task(
        arn=f"arn:aws:ecs:eu-west-1:123456789012:task/prod/{name}",
        container_instance_arn=arn_of(instance_id),
        group=group,
        desired_status=desired or ("RUNNING" if last == "RUNNING" else "STOPPED"),
        last_status=last,
    )


HOOKS = (
    Hook(name="ready", transition=LAUNCHING, heartbeat_timeout_s=900, default_result="CONTINUE"),
    Hook(name="drain", transition=TERMINATING, heartbeat_timeout_s=3600, default_result="CONTINUE"),
)


def a_group(*instances, wanted: str | None = "1", version="1", hooks=HOOKS, forgiven: str | None = None, **changes):
    return Group(
        name=changes.pop("name", "prod-instances-1"),
        min_size=0,
        max_size=100,
        desired_capacity=len(instances),
        instances=instances,
        template=Template(template_id="lt-1", version=version),
        tags=({WANTED_VERSION: wanted} if wanted else {}) | ({FORGIVEN_REFRESH: forgiven} if forgiven else {}),
        hooks=hooks,
        **changes,
    )


def a_refresh(version: str | None = "2", status="InProgress", started=600, ended=None):
    return Refresh(
        refresh_id=f"r-{version}-{started}",
        status=status,
        started=ago(started),
        ended=None if ended is None else ago(ended),
        template=None if version is None else Template(template_id="lt-1", version=version),
    )


def an_ec2_instance(instance_id=ID, state="running", launched=60):
    return Ec2Instance(instance_id=instance_id, state=state, launched=ago(launched))


def a_snapshot(
    group,
    *container_instances,
    tasks=(),
    ec2_instances=(),
    forgotten=(),
    daemons=(),
    protected=(),
    waiting=None,
    listed=True,
):
    """Tasks are read for every container instance that is given, and ECS was asked for those that are not.

    `waiting` is id → seconds in a hook; by default all came to it when they were launched.
    """
    known = {each.instance_id for each in container_instances}
    since = {each.instance_id: each.launched for each in ec2_instances} if waiting is None else waiting
    by_arn = {each.arn: tuple(t for t in tasks if t.container_instance_arn == each.arn) for each in container_instances}
    return InstancesSnapshot(
        groups=(group,),
        container_instances=container_instances,
        tasks=by_arn,
        daemons=frozenset(daemons),
        ec2_instances=dict.fromkeys(forgotten) | {each.instance_id: each for each in ec2_instances},
        protected=frozenset(protected),
        listed=listed,
        absent=frozenset(each.instance_id for each in group.instances) - known if listed else frozenset(),
        waiting_since={name: ago(at) if isinstance(at, int) else at for name, at in since.items()},
    )
