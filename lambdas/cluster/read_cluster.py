"""Batched readers of ECS: container instances, tasks, daemons and task protection."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from .snapshot import ContainerInstance, Resources, Task

DESCRIBE: Final = 100
"""Container instances or tasks per Describe call, and ARNs per List page (ECS API reference)."""


def batches(items: Sequence[str], size: int) -> Iterator[list[str]]:
    """Cut a list into pieces of at most `size`."""
    for start in range(0, len(items), size):
        yield list(items[start : start + size])


def read_container_instances(
    ecs: Any, cluster: str, instance_ids: Sequence[str] | None = None
) -> tuple[ContainerInstance, ...]:
    """The container instances of the cluster, whatever their status; one page and one description per 100.

    With `instance_ids` only those of these EC2 instances, for a second look at what a list did not show.
    """
    query = {} if instance_ids is None else {"filter": f"ec2InstanceId in [{', '.join(instance_ids)}]"}
    pages = ecs.get_paginator("list_container_instances").paginate(cluster=cluster, maxResults=DESCRIBE, **query)
    found: list[ContainerInstance] = []
    for page in pages:
        for arns in batches(page["containerInstanceArns"], DESCRIBE):
            answer = ecs.describe_container_instances(cluster=cluster, containerInstances=arns)
            # One that deregistered in between is MISSING: it is gone, as it should look.
            if odd := [each for each in answer.get("failures", []) if each.get("reason") != "MISSING"]:
                raise RuntimeError(f"container instances: {len(odd)} could not be described, the first: {odd[0]}")
            found.extend(_container_instance(raw) for raw in answer["containerInstances"])
    return tuple(found)


def read_tasks(ecs: Any, cluster: str, container_instance_arn: str) -> tuple[Task, ...]:
    """Every task of one container instance that is not surely gone, also those that were told to stop.

    RUNNING is listed before STOPPED: a task that is told to stop in between is then in the second list, never in none.
    """
    arns: dict[str, None] = {}
    for desired in ("RUNNING", "STOPPED"):
        pages = ecs.get_paginator("list_tasks").paginate(
            cluster=cluster, containerInstance=container_instance_arn, desiredStatus=desired, maxResults=DESCRIBE
        )
        arns |= dict.fromkeys(arn for page in pages for arn in page["taskArns"])
    return read_described_tasks(ecs, cluster, list(arns), container_instance_arn)


def read_described_tasks(
    ecs: Any, cluster: str, arns: Sequence[str], container_instance_arn: str = ""
) -> tuple[Task, ...]:
    """Describe tasks, 100 per call. What cannot be described for another reason than MISSING counts as alive."""
    found: list[Task] = []
    for batch in batches(arns, DESCRIBE):
        answer = ecs.describe_tasks(cluster=cluster, tasks=batch)
        found.extend(_task(raw) for raw in answer["tasks"])
        found.extend(
            Task(
                arn=failure.get("arn", ""),
                container_instance_arn=container_instance_arn,
                group="",
                desired_status="UNKNOWN",
                last_status=f"UNKNOWN ({failure.get('reason', '')})",
            )
            for failure in answer.get("failures", [])
            if failure.get("reason") != "MISSING"
        )
    return tuple(found)


def read_daemons(ecs: Any, cluster: str) -> frozenset[str]:
    """Names of the services that run one task on each instance; one call per 100 of them."""
    pages = ecs.get_paginator("list_services").paginate(cluster=cluster, schedulingStrategy="DAEMON", maxResults=100)
    return frozenset(arn.rpartition("/")[2] for page in pages for arn in page["serviceArns"])


def read_protected(ecs: Any, cluster: str, task_arns: Iterable[str]) -> frozenset[str]:
    """ARNs of the tasks that protect themselves from scale-in and deployments; one call per 100."""
    protected: set[str] = set()
    for batch in batches(sorted(set(task_arns)), DESCRIBE):
        answer = ecs.get_task_protection(cluster=cluster, tasks=batch)
        protected |= {each["taskArn"] for each in answer["protectedTasks"] if each.get("protectionEnabled")}
    return frozenset(protected)


def _container_instance(raw: Mapping[str, Any]) -> ContainerInstance:
    return ContainerInstance(
        arn=raw["containerInstanceArn"],
        instance_id=raw.get("ec2InstanceId", ""),
        status=raw["status"],
        agent_connected=raw.get("agentConnected", False),
        agent_update_status=raw.get("agentUpdateStatus"),
        running_tasks=raw.get("runningTasksCount", 0),
        pending_tasks=raw.get("pendingTasksCount", 0),
        registered=_resources(raw.get("registeredResources") or []),
        remaining=_resources(raw.get("remainingResources") or []),
        attributes={each["name"]: each.get("value") or "" for each in raw.get("attributes") or []},
        registered_at=raw.get("registeredAt"),
        version=raw.get("version", 0),
    )


def _resources(raw: Sequence[Mapping[str, Any]]) -> Resources:
    named = {each["name"]: each for each in raw}
    return Resources(
        cpu_units=named.get("CPU", {}).get("integerValue") or 0,
        memory_mib=named.get("MEMORY", {}).get("integerValue") or 0,
        tcp_ports=frozenset(int(port) for port in named.get("PORTS", {}).get("stringSetValue") or []),
        udp_ports=frozenset(int(port) for port in named.get("PORTS_UDP", {}).get("stringSetValue") or []),
        gpus=tuple(named.get("GPU", {}).get("stringSetValue") or []),
    )


def _task(raw: Mapping[str, Any]) -> Task:
    return Task(
        arn=raw["taskArn"],
        container_instance_arn=raw.get("containerInstanceArn", ""),
        group=raw.get("group", ""),
        desired_status=raw.get("desiredStatus", ""),
        last_status=raw.get("lastStatus", ""),
        definition_arn=raw.get("taskDefinitionArn", ""),
        started_by=raw.get("startedBy", ""),
        created=raw.get("createdAt"),
    )
