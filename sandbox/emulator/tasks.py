"""Tasks: their shapes, how they start and stop, what they leave.

Trap of moto: DescribeTasks advances the status of every task that it shows.
"""

from __future__ import annotations

import copy
import uuid
from typing import Any

from moto.ecs.exceptions import InvalidParameterException
from moto.ecs.models import Task, ecs_backends

from . import attachments, containers, task_events, world
from .capabilities import needed
from .placement import Shape

_STOP_TIMEOUT_S = 30
"""Default of the agent between SIGTERM and SIGKILL (ECS developer guide)."""
_KEPT_S = 3600
"""How long ECS shows stopped tasks."""
_STARTING = {"PROVISIONING": "PENDING", "PENDING": "ACTIVATING", "ACTIVATING": "RUNNING"}
_STOPPING = {"DEACTIVATING": "STOPPING", "STOPPING": "DEPROVISIONING", "DEPROVISIONING": "STOPPED"}


def shape_of(definition: Any, overrides: dict[str, Any] | None = None) -> Shape:
    """Give what a task asks of an instance: its own size, else the sum of its containers; overrides win."""
    given = overrides or {}
    changed = {each["name"]: each for each in given.get("containerOverrides") or []}
    parts = [containers.overridden(part, changed.get(part["name"], {})) for part in definition.container_definitions]
    cpu = _units(given.get("cpu") or definition.cpu) or sum(int(part.get("cpu") or 0) for part in parts)
    memory = _mebibytes(given.get("memory") or definition.memory) or sum(
        int(part.get("memory") or part.get("memoryReservation") or 0) for part in parts
    )
    ports = {int(p["hostPort"]) for part in parts for p in part.get("portMappings") or [] if p.get("hostPort")}
    awsvpc = definition.network_mode == "awsvpc"
    return Shape(
        cpu,
        memory,
        interface=awsvpc,
        ports=frozenset() if awsvpc else frozenset(ports),
        gpus=sum(_gpus_of(part) for part in parts),
        needs=needed(definition),
    )


def _gpus_of(container: dict[str, Any]) -> int:
    asked = container.get("resourceRequirements") or []
    return sum(int(each["value"]) for each in asked if each["type"] == "GPU")


def _units(cpu: str | None) -> int:
    text = str(cpu or "0").lower()
    return int(float(text.removesuffix("vcpu").strip()) * 1024) if "vcpu" in text else int(text)


def _mebibytes(memory: str | None) -> int:
    text = str(memory or "0").lower()
    return int(float(text.removesuffix("gb").strip()) * 1024) if "gb" in text else int(text)


def lives(task: Any) -> bool:
    """Whether a task still takes room: it has not reached STOPPED."""
    return task.last_status != "STOPPED"


def is_wanted(task: Any) -> bool:
    """Whether a task is meant to run: nobody told it to stop."""
    return task.desired_status == "RUNNING"


def is_protected(task: Any) -> bool:
    """Whether a task protects itself from being stopped by its service."""
    return world.current().now < getattr(task, "protected_until", 0.0)


def tasks_of(backend: Any, cluster: str) -> list[Any]:
    """Give every task of a cluster, stopped ones of the last hour included."""
    return list(backend.tasks.get(cluster, {}).values())


def place(backend: Any, definition: Any, instance: Any, **about: Any) -> Any:
    """Start a task.

    `about`: cluster, group, started_by, tags, overrides, network, launch_type, load_balancers, exec, volumes.
    """
    task: Any = Task(
        about["cluster"],
        _without_network(definition),
        instance.container_instance_arn,
        {},
        backend=backend,
        group=about["group"],
        launch_type=about.get("launch_type") or "EC2",
        overrides=about.get("overrides"),
        started_by=about.get("started_by") or "",
        tags=about.get("tags"),
    )
    here = world.current()
    shape = shape_of(definition, about.get("overrides"))
    task.shape, task.cpu, task.memory = shape, str(shape.cpu), str(shape.memory)
    task.definition, task.enable_execute_command = definition, bool(about.get("exec"))
    task.containers = containers.made(task, definition, about.get("overrides") or {})
    task.availability_zone = instance.attributes["ecs.availability-zone"]
    task.load_balancers = about.get("load_balancers") or []
    task.created_at, task.version, task.connectivity = here.when(), 0, "CONNECTED"
    task.health_status = "UNKNOWN"
    if shape.interface:
        if not about.get("network"):
            text = "Network Configuration must be provided when networkMode 'awsvpc' is specified."
            raise InvalidParameterException(text)
        attachments.connect(task, backend.account_id, about["network"])
        bound = {"attachmentId": task.attachments[0]["id"], "privateIpv4Address": attachments.address_of(task)}
        for container in task.containers:
            container.network_interfaces = [bound]
    task.attachments += [attachments.volume(each) for each in about.get("volumes") or []]
    backend.tasks.setdefault(about["cluster"].name, {})[task.task_arn] = task
    _enter(task, "PROVISIONING" if shape.interface else "PENDING")
    return task


def _without_network(definition: Any) -> Any:
    """Keep moto from giving the task an interface of its own making."""
    plain = copy.copy(definition)
    plain.network_mode = "none"
    return plain


def _account(task: Any) -> str:
    return str(task._account_id)  # noqa: SLF001 - moto keeps it there


def _enter(task: Any, status: str) -> None:
    here, account = world.current(), _account(task)
    task.last_status, task.since = status, here.now
    task.version += 1
    if status == "RUNNING":
        task.started_at = here.when()
        task.health_status = "HEALTHY"
        attachments.register(task, account)
    elif status == "DEACTIVATING":
        task.stopping_at = here.when()
        attachments.deregister(task, account)
    elif status == "DEPROVISIONING":
        containers.stop_all(task, killed=True)
    elif status == "STOPPED":
        containers.stop_all(task, killed=False)
        task.stopped_at = task.execution_stopped_at = here.when()
        attachments.disconnect(task, account)
    task_events.tell(task)


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
        return attachments.deregistration_s(task, _account(task)) * settings.stop_scale
    if task.last_status == "STOPPING":
        timeouts = [each.part.get("stopTimeout") or _STOP_TIMEOUT_S for each in containers.running(task)]
        return max(timeouts, default=0) * settings.stop_scale
    return settings.phase_s


def step(task: Any, *, connected: bool) -> None:
    """Move a task on, if its time has come. Without its agent nothing moves: ECS hears of no change."""
    if not connected:
        return
    if is_wanted(task) and (ended := containers.end_due(task)):
        stop(task, *ended)
    following = (_STARTING if is_wanted(task) else _STOPPING).get(task.last_status)
    if following is None or world.current().now - task.since < _duration(task):
        return
    if task.last_status != "PENDING" or not is_wanted(task) or containers.start(task):
        _enter(task, following)


def direct(identity: str, order: dict[str, Any]) -> None:
    """Do what somebody orders for the containers of a task (`containers.direct`); KeyError for an unknown task."""
    for _, _, backend in list(ecs_backends.iter_backends()):
        anything: Any = backend
        for shelf in anything.tasks.values():
            for task in shelf.values():
                if task.id == identity:
                    containers.direct(task, order)
                    return
    raise KeyError(identity)


def forget_old(backend: Any, cluster: str) -> None:
    """Forget tasks that stopped more than an hour ago."""
    shelf = backend.tasks.get(cluster, {})
    for arn, task in list(shelf.items()):
        if not lives(task) and world.current().now - task.since > _KEPT_S:
            del shelf[arn]
