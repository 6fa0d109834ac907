"""Tasks: what they need, how they start and stop, what they leave.

Traps of moto: DescribeTasks advances every task's status; a stopped task keeps its network interface.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ecs.models import Task
from moto.elbv2.models import elbv2_backends

from . import world
from .events import emit
from .placement import Need

_STOP_TIMEOUT_S = 30
"""Default of the agent between SIGTERM and SIGKILL (ECS developer guide)."""
_DEREGISTRATION_S = 300
"""Default deregistration delay of a target group (Elastic Load Balancing guide)."""
_KEPT_S = 3600
"""How long ECS shows stopped tasks."""
_STARTING = {"PROVISIONING": "PENDING", "PENDING": "ACTIVATING", "ACTIVATING": "RUNNING"}
_STOPPING = {"DEACTIVATING": "STOPPING", "STOPPING": "DEPROVISIONING", "DEPROVISIONING": "STOPPED"}


def need_of(definition: Any) -> Need:
    """Give what a task definition asks of an instance: the task's own size, else the sum of its containers."""
    containers: list[dict[str, Any]] = definition.container_definitions
    cpu = _units(definition.cpu) or sum(int(c.get("cpu") or 0) for c in containers)
    memory = int(definition.memory or 0) or sum(
        int(c.get("memory") or c.get("memoryReservation") or 0) for c in containers
    )
    ports = {int(p["hostPort"]) for c in containers for p in c.get("portMappings") or [] if p.get("hostPort")}
    awsvpc = definition.network_mode == "awsvpc"
    return Need(cpu, memory, interface=awsvpc, ports=frozenset() if awsvpc else frozenset(ports))


def _units(cpu: str | None) -> int:
    text = str(cpu or "0").lower()
    return int(float(text.removesuffix("vcpu").strip()) * 1024) if "vcpu" in text else int(text)


def lives(task: Any) -> bool:
    """Whether a task still takes room: it has not reached STOPPED."""
    return task.last_status != "STOPPED"


def is_wanted(task: Any) -> bool:
    """Whether a task is meant to run: nobody told it to stop."""
    return task.desired_status == "RUNNING"


def tasks_of(backend: Any, cluster: str) -> list[Any]:
    """Give every task of a cluster, stopped ones of the last hour included."""
    return list(backend.tasks.get(cluster, {}).values())


def place(backend: Any, definition: Any, instance: Any, **about: Any) -> Any:
    """Start a task on a container instance. `about`: cluster, group, started_by, tags, overrides, network, launch_type."""
    network = about.get("network")
    if network and definition.network_mode == "awsvpc":
        network = _in_zone(backend, network, instance)
    task: Any = Task(
        about["cluster"],
        definition,
        instance.container_instance_arn,
        {},
        backend=backend,
        group=about["group"],
        launch_type=about.get("launch_type") or "EC2",
        overrides=about.get("overrides"),
        started_by=about.get("started_by") or "",
        tags=about.get("tags"),
        networking_configuration=network,
    )
    here = world.current()
    need = need_of(definition)
    task.need, task.cpu, task.memory = need, str(need.cpu), str(need.memory)
    task.definition = definition
    task.availability_zone = instance.attributes["ecs.availability-zone"]
    task.load_balancers = about.get("load_balancers") or []
    task.created_at, task.version, task.connectivity = here.when(), 0, "CONNECTED"
    task.health_status = "UNKNOWN"
    backend.tasks.setdefault(about["cluster"].name, {})[task.task_arn] = task
    _enter(task, "PROVISIONING" if need.interface else "PENDING")
    return task


def _in_zone(backend: Any, network: dict[str, Any], instance: Any) -> dict[str, Any]:
    """Put the subnet of the instance's zone first: moto gives every task an address of the first subnet."""
    settings = dict(network["awsvpcConfiguration"])
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    zone = instance.attributes["ecs.availability-zone"]
    settings["subnets"] = sorted(settings["subnets"], key=lambda s: ec2.get_subnet(s).availability_zone != zone)
    settings.setdefault("securityGroups", [])
    return {"awsvpcConfiguration": settings}


def _enter(task: Any, status: str) -> None:
    here = world.current()
    task.last_status, task.since = status, here.now
    task.version += 1
    for container in task.containers:
        container.last_status = status if status in {"RUNNING", "STOPPED"} else "PENDING"
    if status == "RUNNING":
        task.started_at = here.when()
        task.health_status = "HEALTHY"
        _targets(task, "register_targets")
    elif status == "DEACTIVATING":
        task.stopping_at = here.when()
        _targets(task, "deregister_targets")
    elif status == "STOPPED":
        task.stopped_at = task.execution_stopped_at = here.when()
        _drop_interface(task)
    detail = {
        "clusterArn": task.cluster_arn,
        "containerInstanceArn": task.container_instance_arn,
        "taskArn": task.task_arn,
        "taskDefinitionArn": task.task_definition_arn,
        "group": task.group,
        "startedBy": task.started_by,
        "lastStatus": status,
        "desiredStatus": task.desired_status,
        "stoppedReason": task.stopped_reason,
        "stopCode": getattr(task, "stop_code", None),
        "availabilityZone": task.availability_zone,
        "version": task.version,
    }
    where: Any = task
    emit(where._account_id, task.region_name, "aws.ecs", "ECS Task State Change", detail, [task.task_arn])  # noqa: SLF001 - moto keeps it there


def address_of(task: Any) -> str | None:
    """Give the private address of an awsvpc task."""
    for attachment in task.attachments:
        for detail in attachment["details"]:
            if detail["name"] == "privateIPv4Address":
                return str(detail["value"])
    return None


def _targets(task: Any, action: str) -> None:
    backend: Any = elbv2_backends[task._account_id][task.region_name]  # noqa: SLF001 - moto keeps it there
    for balancer in task.load_balancers:
        if (arn := balancer.get("targetGroupArn")) and (address := address_of(task)):
            with suppress(Exception):  # the target group may be gone before its tasks
                getattr(backend, action)(arn, [{"Id": address, "Port": balancer.get("containerPort")}])


def _drop_interface(task: Any) -> None:
    ec2: Any = ec2_backends[task._account_id][task.region_name]  # noqa: SLF001 - moto keeps it there
    for attachment in task.attachments:
        attachment["status"] = "DELETED"
        for detail in attachment["details"]:
            if detail["name"] == "networkInterfaceId":
                ec2.enis.pop(detail["value"], None)


def stop(task: Any, reason: str, code: str = "UserInitiated") -> None:
    """Tell a task to stop; it goes through DEACTIVATING to STOPPED."""
    if not is_wanted(task):
        return
    task.desired_status, task.stopped_reason, task.stop_code = "STOPPED", reason, code
    task.stop_id = str(uuid.uuid4())
    _enter(task, "DEACTIVATING")


def kill(task: Any, reason: str, code: str = "TerminationNotice") -> None:
    """End a task at once: its instance is gone."""
    if lives(task):
        task.desired_status, task.stopped_reason, task.stop_code = "STOPPED", reason, code
        _enter(task, "STOPPED")


def _duration(task: Any) -> float:
    """Give how long a task stays in its present status, in seconds."""
    settings = world.current().settings
    if task.last_status == "DEACTIVATING":
        return _deregistration_s(task) * settings.stop_scale
    if task.last_status == "STOPPING":
        timeouts = [c.get("stopTimeout") or _STOP_TIMEOUT_S for c in task.definition.container_definitions]
        return max(timeouts) * settings.stop_scale
    return settings.phase_s


def _deregistration_s(task: Any) -> float:
    groups: Any = elbv2_backends[task._account_id][task.region_name].target_groups  # noqa: SLF001 - moto keeps it there
    arns = [b.get("targetGroupArn") for b in task.load_balancers if b.get("targetGroupArn") in groups]
    key = "deregistration_delay.timeout_seconds"
    return max((float(groups[arn].attributes.get(key, _DEREGISTRATION_S)) for arn in arns), default=0.0)


def step(task: Any, *, connected: bool) -> None:
    """Move a task on, if its time has come. Without its agent nothing moves: ECS hears of no change."""
    following = (_STARTING if is_wanted(task) else _STOPPING).get(task.last_status)
    if connected and following and world.current().now - task.since >= _duration(task):
        _enter(task, following)


def forget_old(backend: Any, cluster: str) -> None:
    """Forget tasks that stopped more than an hour ago."""
    shelf = backend.tasks.get(cluster, {})
    for arn, task in list(shelf.items()):
        if not lives(task) and world.current().now - task.since > _KEPT_S:
            del shelf[arn]
