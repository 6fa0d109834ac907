"""ECS services: deployments roll, draining instances empty, tasks that do not fit are tried again.

Source: ECS developer guide, service scheduler: new tasks up to maximumPercent of the desired count, old ones stopped
down to minimumHealthyPercent of it.
"""

from __future__ import annotations

import math
import uuid
from typing import Any

from . import service_deployments, traffic_shifts, world
from .events import emit
from .placement import Candidate, allowed, choose, lacking
from .scale_in import leaving
from .tasks import is_protected, is_wanted, kill, lives, place, shape_of, stop, tasks_of

_SCHEDULER = "ServiceSchedulerInitiated"
_EVENTS_KEPT = 100
"""DescribeServices shows the last 100 events."""
_WORDS = {"CPU": "CPU units", "MEMORY": "memory", "ENI": "ENIs", "PORTS": "ports", "GPU": "GPUs"}


def candidates_of(backend: Any, cluster: str, group: str) -> list[Candidate]:
    """Give what a task of a group may be put on: ACTIVE instances with a connected agent."""
    return [each for each in active_of(backend, cluster, group) if each.facts["agentConnected"] == "true"]


def active_of(backend: Any, cluster: str, group: str) -> list[Candidate]:
    """Give the ACTIVE instances of a cluster, as a task of a group sees them."""
    everything = [task for task in tasks_of(backend, cluster) if lives(task)]
    found: list[Candidate] = []
    for mine in backend.container_instances.get(cluster, {}).values():
        if mine.status != "ACTIVE" or getattr(mine, "host_gone", False):
            continue
        here = [task for task in everything if task.container_instance_arn == mine.container_instance_arn]
        registered = {r["name"]: r.get("integerValue", 0) for r in mine.registered_resources}
        gpus = [r["stringSetValue"] for r in mine.registered_resources if r["name"] == "GPU"]
        found.append(
            Candidate(
                id=mine.id,
                zone=mine.attributes["ecs.availability-zone"],
                cpu=registered["CPU"] - sum(task.shape.cpu for task in here),
                memory=registered["MEMORY"] - sum(task.shape.memory for task in here),
                slots=getattr(mine, "slots", 0) - sum(task.shape.interface for task in here),
                ports=frozenset(port for task in here for port in task.shape.ports),
                gpus=sum(len(names) for names in gpus) - sum(task.shape.gpus for task in here),
                tasks=sum(1 for task in here if task.group == group and is_wanted(task)),
                facts=facts_of(mine),
            )
        )
    return found


def facts_of(mine: Any) -> dict[str, str | None]:
    """Give what a query can ask about a container instance."""
    return {
        "ec2InstanceId": mine.ec2_instance_id,
        "agentConnected": str(mine.agent_connected).lower(),
        "runningTasksCount": str(mine.running_tasks_count),
        "pendingTasksCount": str(mine.pending_tasks_count),
        "status": mine.status,
        **{f"attribute:{name}": value for name, value in mine.attributes.items()},
    }


def new_deployment(service: Any, *, rolls_back: bool = False) -> dict[str, Any]:
    """Begin a deployment of a service's present task definition; the one before becomes ACTIVE.

    It begins a service deployment, unless it is the rollback within one.
    """
    here = world.current()
    before = service.deployments[0]["id"] if service.deployments else None
    for deployment in service.deployments:
        deployment["status"] = "ACTIVE"
    deployment: dict[str, Any] = {
        "id": f"ecs-svc/{uuid.uuid4().int % 10**19}",
        "status": "PRIMARY",
        "taskDefinition": service.task_definition,
        "desiredCount": service.desired_count,
        "runningCount": 0,
        "pendingCount": 0,
        "failedTasks": 0,
        "createdAt": here.when(),
        "updatedAt": here.when(),
        "launchType": service.launch_type,
        "networkConfiguration": service.network_configuration or None,
        "rolloutState": "IN_PROGRESS",
    }
    deployment["rolloutStateReason"] = f"ECS deployment {deployment['id']} in progress."
    service.deployments = [deployment, *service.deployments]
    service.steady = False
    traffic_shifts.begin(service, before)
    if not rolls_back:
        service_deployments.begin(service, deployment)
    return deployment


def say(service: Any, message: str) -> None:
    """Add an event to a service's history."""
    event = {
        "id": str(uuid.uuid4()),
        "createdAt": world.current().when(),
        "message": f"(service {service.name}) {message}",
    }
    service.events = [event, *service.events][:_EVENTS_KEPT]


def _action(service: Any, kind: str, name: str, reason: str | None = None) -> None:
    detail: dict[str, Any] = {"eventType": kind, "eventName": name, "clusterArn": service.cluster_arn}
    detail["createdAt"] = world.current().when().strftime("%Y-%m-%dT%H:%M:%SZ")
    if reason:
        detail["reason"] = reason
    where: Any = service
    emit(where._account_id, service.region_name, "aws.ecs", "ECS Service Action", detail, [service.arn])  # noqa: SLF001 - moto keeps it there


def _deployed(service: Any, deployment: dict[str, Any]) -> None:
    service_deployments.complete(service)
    traffic_shifts.end(service)
    deployment["rolloutState"] = "COMPLETED"
    deployment["rolloutStateReason"] = f"ECS deployment {deployment['id']} completed."
    tell_deployment(service, deployment, "INFO", "SERVICE_DEPLOYMENT_COMPLETED")
    say(service, f"(deployment {deployment['id']}) deployment completed.")


def tell_deployment(service: Any, deployment: dict[str, Any], kind: str, name: str) -> None:
    """Emit how a deployment ended."""
    detail = {
        "eventType": kind,
        "eventName": name,
        "deploymentId": deployment["id"],
        "updatedAt": world.current().when().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "reason": deployment["rolloutStateReason"],
    }
    event = "ECS Deployment State Change"
    emit(service._account_id, service.region_name, "aws.ecs", event, detail, [service.arn])  # noqa: SLF001 - moto keeps it there


def tasks_of_service(backend: Any, service: Any) -> list[Any]:
    """Give the tasks of a service that still take room."""
    group = f"service:{service.name}"
    return [task for task in tasks_of(backend, service.cluster_name) if task.group == group and lives(task)]


def tick(backend: Any, service: Any) -> None:
    """Take the next step towards what a service wants."""
    mine = tasks_of_service(backend, service)
    if service.status == "INACTIVE":
        return
    if service.status == "DRAINING":
        for task in mine:
            stop(task, "Service deleted", _SCHEDULER)
        if not mine:
            service.status = "INACTIVE"
    elif service.deployments and service.launch_type != "FARGATE":
        wanted = [task for task in mine if is_wanted(task)]
        if service.scheduling_strategy == "DAEMON":
            _daemon(backend, service, wanted)
        else:
            _replica(backend, service, wanted)
    leaving = _draining(backend, service) if service.scheduling_strategy == "DAEMON" else set[str]()
    _count(service, tasks_of_service(backend, service), leaving)


def _replica(backend: Any, service: Any, wanted: list[Any]) -> None:
    draining = _draining(backend, service)
    primary = service.deployments[0]["id"]
    good = [t for t in wanted if t.started_by == primary and t.container_instance_arn not in draining]
    old = [t for t in wanted if t not in good]
    for task in [t for t in old if t.last_status != "RUNNING"]:
        stop(task, "Scaling activity initiated by the service scheduler", _SCHEDULER)
        old.remove(task)
    if traffic_shifts.shift_of(service):
        _shift(backend, service, good, old)
        return
    lowest, highest = _bounds(service)
    good += _start(backend, service, min(service.desired_count - len(good), highest - len(good) - len(old)))
    if len(good) > service.desired_count:
        _shrink(backend, service, good, len(good) - service.desired_count)
    healthy = sum(1 for t in [*good, *old] if is_wanted(t) and t.last_status == "RUNNING")
    for task in [t for t in old if not is_protected(t)][: max(0, healthy - lowest)]:
        stop(task, f"Scaling activity initiated by (deployment {primary})", _SCHEDULER)


def _shift(backend: Any, service: Any, green: list[Any], old: list[Any]) -> None:
    """Start green beside blue; blue ends after the traffic has moved and baked."""
    shift = traffic_shifts.shift_of(service)
    green += _start(backend, service, service.desired_count - len(green))
    running = sum(1 for task in green if task.last_status == "RUNNING")
    done = traffic_shifts.advance(service, ready=running >= service.desired_count)
    for task in old:
        if done or task.started_by != (shift and shift.blue):
            stop(task, f"Scaling activity initiated by (deployment {service.deployments[0]['id']})", _SCHEDULER)


def turn_back(service: Any) -> bool:
    """Let blue serve again as the only deployment, after one that shifted traffic failed; False without any blue."""
    blue = traffic_shifts.turn_back(service)
    if blue is None:
        return False
    for deployment in service.deployments:
        deployment["status"] = "PRIMARY" if deployment["id"] == blue else "ACTIVE"
    kept: list[dict[str, Any]] = service.deployments
    service.deployments = sorted(kept, key=lambda deployment: deployment["status"] != "PRIMARY")
    service.deployments[0]["rolloutState"] = "IN_PROGRESS"
    service.task_definition = service.deployments[0]["taskDefinition"]
    service.steady = False
    return True


def _bounds(service: Any) -> tuple[int, int]:
    settings: dict[str, Any] = getattr(service, "deployment_configuration", None) or {}
    low, high = settings.get("minimumHealthyPercent"), settings.get("maximumPercent")
    desired = service.desired_count
    lowest = math.ceil(desired * (100 if low is None else low) / 100)
    return lowest, math.floor(desired * (200 if high is None else high) / 100)


def _shrink(backend: Any, service: Any, tasks: list[Any], excess: int) -> None:
    places = {each.id: each for each in active_of(backend, service.cluster_name, "")}
    for task in leaving(tasks, excess, getattr(service, "placement_strategy", None) or [], places):
        stop(task, "Scaling activity initiated by the service scheduler", _SCHEDULER)


def _start(backend: Any, service: Any, number: int) -> list[Any]:
    definition = backend.describe_task_definition(service.task_definition)
    shape = shape_of(definition)
    group = f"service:{service.name}"
    constraints = [*definition.placement_constraints, *(getattr(service, "placement_constraints", None) or [])]
    started: list[Any] = []
    for _ in range(number):
        places = candidates_of(backend, service.cluster_name, group)
        chosen = choose(places, shape, constraints, getattr(service, "placement_strategy", None) or [])
        if isinstance(chosen, str):
            _unplaced(service, chosen, anything=bool(places))
            break
        started.append(_task(backend, service, definition, chosen.id))
    return started


def _task(backend: Any, service: Any, definition: Any, instance: str) -> Any:
    cluster = backend.clusters[service.cluster_name]
    tags = {"SERVICE": service.tags, "TASK_DEFINITION": definition.tags}.get(service.propagate_tags) or []
    return place(
        backend,
        definition,
        backend.container_instances[service.cluster_name][instance],
        cluster=cluster,
        group=f"service:{service.name}",
        started_by=service.deployments[0]["id"],
        network=service.network_configuration or None,
        load_balancers=traffic_shifts.balancers_of(service, service.deployments[0]["id"]),
        exec=getattr(service, "enable_execute_command", None),
        volumes=getattr(service, "volume_configurations", None),
        tags=list(tags),
    )


def _unplaced(service: Any, reason: str, *, anything: bool) -> None:
    here = world.current()
    if here.now - getattr(service, "complained", -math.inf) < here.settings.placement_event_s:
        return
    service.complained = here.now
    service.steady = False
    text = "was unable to place a task because no container instance met all of its requirements."
    if not anything:
        text += " Reason: No Container Instances were found in your cluster."
    elif reason == "ATTRIBUTE":
        text += " The closest matching container-instance is missing an attribute required by your task."
    elif reason.startswith("RESOURCE:"):
        text += (
            f" The closest matching container-instance has insufficient {_WORDS.get(reason[9:], reason[9:])} available."
        )
    else:
        text += f" Reason: {reason}"
    say(service, text)
    _action(service, "ERROR", "SERVICE_TASK_PLACEMENT_FAILURE", reason)


def _daemon(backend: Any, service: Any, wanted: list[Any]) -> None:
    """Keep one task on every ACTIVE instance that the constraints allow; on a draining one it leaves last.

    Source: ECS developer guide, daemon scheduling: a second task of it never runs beside the first one.
    """
    definition = backend.describe_task_definition(service.task_definition)
    constraints = [*definition.placement_constraints, *(getattr(service, "placement_constraints", None) or [])]
    may = {p.id for p in active_of(backend, service.cluster_name, "") if allowed(p, constraints)}
    service.desired_count = len(may)
    shelf = backend.container_instances.get(service.cluster_name, {})
    for instance in shelf.values():
        for task in [t for t in wanted if t.container_instance_arn == instance.container_instance_arn]:
            leaves = _alone(backend, task) if instance.status == "DRAINING" else instance.id not in may
            if leaves:
                stop(task, "Scaling activity initiated by the service scheduler", _SCHEDULER)
    _replace_daemons(service, [t for t in wanted if is_wanted(t)], _draining(backend, service))
    _start_daemons(backend, service, may)


def _replace_daemons(service: Any, wanted: list[Any], draining: set[str]) -> None:
    """Stop tasks of older deployments, as many as the minimum healthy percent allows; by default all of them."""
    primary = service.deployments[0]["id"]
    least = (getattr(service, "deployment_configuration", None) or {}).get("minimumHealthyPercent") or 0
    running = sum(1 for t in wanted if t.last_status == "RUNNING" and t.container_instance_arn not in draining)
    spare = max(0, running - math.ceil(service.desired_count * least / 100))
    for task in wanted:
        if task.started_by == primary or task.container_instance_arn in draining:
            continue
        if task.last_status == "RUNNING":
            if not spare:
                continue
            spare -= 1
        stop(task, f"Scaling activity initiated by (deployment {primary})", _SCHEDULER)


def _start_daemons(backend: Any, service: Any, may: set[str]) -> None:
    definition = backend.describe_task_definition(service.task_definition)
    shape, cluster = shape_of(definition), service.cluster_name
    taken = {task.container_instance_arn for task in tasks_of_service(backend, service)}
    for place_ in candidates_of(backend, cluster, ""):
        if place_.id not in may or backend.container_instances[cluster][place_.id].container_instance_arn in taken:
            continue
        if (missing := lacking(place_, shape)) is None:
            _task(backend, service, definition, place_.id)
        else:
            _unplaced(service, missing, anything=True)


def _draining(backend: Any, service: Any) -> set[str]:
    shelf = backend.container_instances.get(service.cluster_name, {})
    return {each.container_instance_arn for each in shelf.values() if each.status == "DRAINING"}


def _alone(backend: Any, daemon: Any) -> bool:
    daemons = {f"service:{s.name}" for s in backend.services.values() if s.scheduling_strategy == "DAEMON"}
    here = [
        task
        for task in tasks_of(backend, daemon.cluster_name)
        if lives(task) and task.container_instance_arn == daemon.container_instance_arn
    ]
    return all(task.group in daemons for task in here)


def _count(service: Any, mine: list[Any], leaving: set[str]) -> None:
    for deployment in service.deployments:
        theirs = [t for t in mine if t.started_by == deployment["id"] and is_wanted(t)]
        deployment["runningCount"] = sum(1 for t in theirs if t.last_status == "RUNNING")
        deployment["pendingCount"] = len(theirs) - deployment["runningCount"]
        deployment["desiredCount"] = service.desired_count if deployment["status"] == "PRIMARY" else 0
    service.running_count = sum(1 for t in mine if is_wanted(t) and t.last_status == "RUNNING")
    service.pending_count = sum(1 for t in mine if is_wanted(t) and t.last_status != "RUNNING")
    _settle(service, [task for task in mine if task.container_instance_arn not in leaving])


def _settle(service: Any, mine: list[Any]) -> None:
    if service.status != "ACTIVE" or not service.deployments:
        return
    primary = service.deployments[0]
    running = [task.started_by for task in mine if is_wanted(task) and task.last_status == "RUNNING"]
    if running != [primary["id"]] * service.desired_count:
        service.steady = False
        return
    present = {task.started_by for task in mine}
    service.deployments = [d for d in service.deployments if d["status"] == "PRIMARY" or d["id"] in present]
    if primary["rolloutState"] == "IN_PROGRESS" and len(service.deployments) == 1:
        _deployed(service, primary)
    if not getattr(service, "steady", False) and len(service.deployments) == 1:
        service.steady = True
        say(service, "has reached a steady state.")
        _action(service, "INFO", "SERVICE_STEADY_STATE")


def orphan(backend: Any, cluster: str) -> None:
    """End the tasks of instances that were deregistered."""
    known = {i.container_instance_arn for i in backend.container_instances.get(cluster, {}).values()}
    for task in tasks_of(backend, cluster):
        if task.container_instance_arn and task.container_instance_arn not in known:
            kill(task, "Container instance deregistered.")
