"""What EventBridge hears of a task. Source: ECS Developer Guide, "Amazon ECS task state change events"."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from . import world
from .events import emit

_TIMES = ("created_at", "started_at", "stopping_at", "stopped_at", "execution_stopped_at")


def tell(task: Any) -> None:
    """Emit the present state of a task; a member without a value is left out, as ECS does."""
    account = str(task._account_id)  # noqa: SLF001 - moto keeps it there
    detail = {key: value for key, value in _detail(task).items() if value not in (None, "")}
    emit(account, task.region_name, "aws.ecs", "ECS Task State Change", detail, [task.task_arn])


def _detail(task: Any) -> dict[str, Any]:
    return {
        "attachments": task.attachments,
        "availabilityZone": task.availability_zone,
        "clusterArn": task.cluster_arn,
        "connectivity": task.connectivity,
        "containerInstanceArn": task.container_instance_arn,
        "containers": [_container(each) for each in task.containers],
        "cpu": task.cpu,
        "memory": task.memory,
        "desiredStatus": task.desired_status,
        "enableExecuteCommand": task.enable_execute_command,
        "group": task.group,
        "launchType": task.launch_type,
        "lastStatus": task.last_status,
        "overrides": task.overrides or {"containerOverrides": []},
        "startedBy": task.started_by,
        "stoppedReason": task.stopped_reason,
        "stopCode": getattr(task, "stop_code", None),
        "taskArn": task.task_arn,
        "taskDefinitionArn": task.task_definition_arn,
        "updatedAt": _written(world.current().when()),
        "version": task.version,
        **{_camel(name): _written(getattr(task, name, None)) for name in _TIMES},
    }


def _container(container: Any) -> dict[str, Any]:
    shown = {
        "containerArn": container.container_arn,
        "name": container.name,
        "image": container.image,
        "lastStatus": container.last_status,
        "exitCode": container.exitCode,
        "reason": container.reason,
        "taskArn": container.task_arn,
        "networkInterfaces": container.network_interfaces,
    }
    return {key: value for key, value in shown.items() if value is not None}


def _written(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z" if moment else None


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
