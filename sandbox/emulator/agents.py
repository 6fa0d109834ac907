"""The ECS agents: instances register with the cluster of their user data, report, and leave.

An instance that ends while its agent is connected is deregistered by ECS; without its agent it stays behind as a
ghost (ACTIVE or DRAINING, agentConnected false) until somebody deregisters it with force.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ecs.models import ecs_backends

from . import world
from .capabilities import is_on, registered
from .events import emit
from .instance_types import instance_type
from .tasks import is_wanted, kill, lives, tasks_of

_GONE = {"terminated", "stopped", "shutting-down", "stopping"}


def configuration(user_data: Any) -> dict[str, str]:
    """Give the agent's settings (ECS_…) that user data write into /etc/ecs/ecs.config."""
    try:
        text = base64.b64decode(str(user_data or "")).decode()
    except ValueError:
        text = str(user_data)
    text = text.replace('\\"', '"')
    found = re.findall(r"\b(ECS_[A-Z_]+)=(\"[^\"]*\"|'[^']*'|\[[^\]]*\]|\{[^}]*\}|[^\s\"';]+)", text)
    return {name: value if value[:1] != value[-1:] or value[:1] not in "\"'" else value[1:-1] for name, value in found}


def tick() -> None:
    """Register agents that have come up and let go those whose instances ended."""
    for account, region, backend in list(ec2_backends.iter_backends()):
        anything: Any = backend
        for reservation in list(anything.reservations.values()):
            for instance in reservation.instances:
                _consider(ecs_backends[account][region], instance)


def _consider(ecs: Any, instance: Any) -> None:
    here = world.current()
    mine = getattr(instance, "container_instance", None)
    if instance.state == "running" and mine is None:
        if not hasattr(instance, "seen"):
            instance.seen = here.now
        if here.now - instance.seen >= here.settings.boot_s + here.settings.agent_s:
            _register(ecs, instance)
    elif mine is not None and instance.state in _GONE and mine.status != "INACTIVE":
        _let_go(ecs, instance, mine)


def _register(ecs: Any, instance: Any) -> None:
    if getattr(instance, "agent_muted", False) or instance.image_id in world.current().muted_images:
        return
    settings = configuration(instance.user_data)
    cluster = ecs.clusters.get(settings.get("ECS_CLUSTER", ""))
    if cluster is None or cluster.status != "ACTIVE":
        return
    mine = ecs.register_container_instance(cluster.name, instance.id)
    mine.registered_at = world.current().when()
    facts = instance_type(instance.instance_type)
    trunking = _trunking(ecs) and facts.trunk_tasks is not None
    mine.slots = facts.task_slots(trunking=trunking) if is_on(settings, "ECS_ENABLE_TASK_ENI") else 0
    mine.tags = []
    if settings.get("ECS_CONTAINER_INSTANCE_PROPAGATE_TAGS_FROM") == "ec2_instance":
        mine.tags = [
            {"key": t["key"], "value": t["value"]} for t in instance.get_tags() if not t["key"].startswith("aws:")
        ]
    mine.version_info = {"agentVersion": "1.99.0", "agentHash": "emulated", "dockerVersion": "DockerVersion: 25.0.8"}
    mine.attributes.update(
        {
            "ecs.cpu-architecture": facts.architecture,
            "ecs.vpc-id": instance.vpc_id,
            "ecs.subnet-id": instance.subnet_id,
            **registered(settings),
            **json.loads(settings.get("ECS_INSTANCE_ATTRIBUTES") or "{}"),
        }
    )
    if trunking:
        mine.attributes["ecs.awsvpc-trunk-id"] = f"trunk-{instance.id.removeprefix('i-')}"
    memory = facts.memory_mib - int(settings.get("ECS_RESERVED_MEMORY") or 0)
    for shelf in (mine.registered_resources, mine.remaining_resources):
        for resource in shelf:
            resource["integerValue"] = {"CPU": facts.cpu_units, "MEMORY": memory}.get(resource["name"], 0)
        if facts.gpus and is_on(settings, "ECS_ENABLE_GPU_SUPPORT"):
            shelf.append({"name": "GPU", "type": "STRINGSET", "stringSetValue": _gpus(instance, facts.gpus)})
    instance.container_instance = mine
    tell(ecs, mine)


def _gpus(instance: Any, number: int) -> list[str]:
    """Names of the GPUs of an instance; ECS shows those of the driver, GPU-…."""
    return [f"GPU-{instance.id.removeprefix('i-')}-{index}" for index in range(number)]


def _trunking(ecs: Any) -> bool:
    setting = ecs.account_settings.get("awsvpcTrunking")
    return setting is not None and setting.value == "enabled"


def _let_go(ecs: Any, instance: Any, mine: Any) -> None:
    here = world.current()
    if not mine.agent_connected:
        return
    if not hasattr(instance, "gone_since"):
        instance.gone_since = here.now
        mine.host_gone = True
    for task in tasks_of(ecs, mine.cluster_name):
        if task.container_instance_arn == mine.container_instance_arn:
            kill(task, f"Host EC2 (instance {instance.id}) terminated.")
    if here.now - instance.gone_since >= here.settings.deregister_s:
        remove(ecs, mine)


def remove(ecs: Any, mine: Any) -> None:
    """Take a container instance out of its cluster."""
    for task in tasks_of(ecs, mine.cluster_name):
        if task.container_instance_arn == mine.container_instance_arn:
            kill(task, f"The container instance {mine.id} was deregistered.")
    ecs.container_instances[mine.cluster_name].pop(mine.id, None)
    mine.status, mine.agent_connected = "INACTIVE", False
    tell(ecs, mine)


def connect(instance_id: str, *, connected: bool) -> None:
    """Cut the agent of an instance off, or bring it back; KeyError for an instance that is not registered."""
    for account, region, backend in list(ecs_backends.iter_backends()):
        anything: Any = backend
        for shelf in list(anything.container_instances.values()):
            for mine in list(shelf.values()):
                if mine.ec2_instance_id == instance_id:
                    mine.agent_connected = connected
                    tell(ecs_backends[account][region], mine)
                    return
    raise KeyError(instance_id)


def mute(instance_id: str) -> None:
    """Keep the agent of an instance from ever registering: its boot fails. KeyError for an unknown instance."""
    for _, _, backend in list(ec2_backends.iter_backends()):
        anything: Any = backend
        for reservation in anything.reservations.values():
            for instance in reservation.instances:
                if instance.id == instance_id:
                    instance.agent_muted = True
                    return
    raise KeyError(instance_id)


def tell(ecs: Any, mine: Any) -> None:
    """Emit the state of a container instance."""
    detail = {
        "clusterArn": ecs.clusters[mine.cluster_name].arn,
        "containerInstanceArn": mine.container_instance_arn,
        "ec2InstanceId": mine.ec2_instance_id,
        "status": mine.status,
        "agentConnected": mine.agent_connected,
    }
    event = "ECS Container Instance State Change"
    emit(ecs.account_id, ecs.region_name, "aws.ecs", event, detail, [mine.container_instance_arn])


def recount(ecs: Any, cluster: Any) -> None:
    """Bring the counts and remaining resources of a cluster in line with its tasks."""
    everything = [task for task in tasks_of(ecs, cluster.name) if lives(task)]
    shelf = ecs.container_instances.get(cluster.name, {})
    for mine in shelf.values():
        here = [task for task in everything if task.container_instance_arn == mine.container_instance_arn]
        mine.running_tasks_count = sum(1 for t in here if is_wanted(t) and t.last_status == "RUNNING")
        mine.pending_tasks_count = sum(1 for t in here if is_wanted(t) and t.last_status != "RUNNING")
        used = {"CPU": sum(t.shape.cpu for t in here), "MEMORY": sum(t.shape.memory for t in here)}
        for had, left in zip(mine.registered_resources, mine.remaining_resources, strict=True):
            if had["name"] == "GPU":
                left["stringSetValue"] = had["stringSetValue"][sum(t.shape.gpus for t in here) :]
                continue
            left["integerValue"] = had["integerValue"] - used.get(had["name"], 0)
            if had["name"] == "PORTS":
                taken = sorted({str(port) for t in here for port in t.shape.ports})
                left["stringSetValue"] = [*had["stringSetValue"], *taken]
    cluster.registered_container_instances_count = len(shelf)
    cluster.running_tasks_count = sum(1 for t in everything if is_wanted(t) and t.last_status == "RUNNING")
    cluster.pending_tasks_count = sum(1 for t in everything if is_wanted(t) and t.last_status != "RUNNING")
    cluster.active_services_count = sum(
        1 for s in ecs.services.values() if s.cluster_name == cluster.name and s.status == "ACTIVE"
    )
