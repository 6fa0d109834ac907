"""Batched readers of ECS: container instances, tasks, daemons and task protection."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from .snapshot import ContainerInstance, Resources, Task

DESCRIBE: Final = 100
"""Container instances or tasks per Describe call, and ARNs per List page (ECS API reference)."""

_UNPROTECTED: Final = frozenset({"MISSING", "TASK_NOT_VALID"})


class PartialAnswerError(RuntimeError):
    """AWS described only a part of what it was asked for, and not because the rest is gone."""


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
    arns = [arn for page in list_container_instances(ecs, cluster, instance_ids) for arn in page]
    found: list[ContainerInstance] = []
    for batch in batches(arns, DESCRIBE):
        described, failed = describe_container_instances(ecs, cluster, batch)
        if failed:
            raise PartialAnswerError(
                f"container instances: {len(failed)} could not be described, the first: {failed[0]}"
            )
        found += described
    return tuple(found)


def list_container_instances(
    ecs: Any, cluster: str, instance_ids: Sequence[str] | None = None
) -> Iterator[Sequence[str]]:
    """ARNs of container instances, page by page of up to 100."""
    query = {} if instance_ids is None else {"filter": f"ec2InstanceId in [{', '.join(instance_ids)}]"}
    pages = ecs.get_paginator("list_container_instances").paginate(cluster=cluster, maxResults=DESCRIBE, **query)
    return (page["containerInstanceArns"] for page in pages)


def describe_container_instances(
    ecs: Any, cluster: str, arns: Sequence[str]
) -> tuple[list[ContainerInstance], list[str]]:
    """Up to 100 container instances, and why others could not be described.

    One that deregistered in between is MISSING: it is gone, as it should look.
    """
    answer = ecs.describe_container_instances(cluster=cluster, containerInstances=list(arns))
    failed = [str(each) for each in answer.get("failures", []) if each.get("reason") != "MISSING"]
    return [_container_instance(raw) for raw in answer["containerInstances"]], failed


def read_tasks(ecs: Any, cluster: str, container_instance_arn: str) -> tuple[Task, ...]:
    """Every task of one container instance that is not surely gone, also those that were told to stop."""
    arns = list_task_arns(ecs, cluster, container_instance_arn)
    return read_described_tasks(ecs, cluster, arns, container_instance_arn)


def list_task_arns(ecs: Any, cluster: str, container_instance_arn: str, *, empty: bool = False) -> tuple[str, ...]:
    """ARNs of the tasks of one container instance, also of those that were told to stop in the last hour.

    RUNNING is listed before STOPPED: a task that is told to stop in between is then in the second list, never in none.
    An instance that takes no tasks, and was `empty` of wanted ones before, needs the second list only.
    """
    arns: dict[str, None] = {}
    for desired in ("STOPPED",) if empty else ("RUNNING", "STOPPED"):
        pages = ecs.get_paginator("list_tasks").paginate(
            cluster=cluster, containerInstance=container_instance_arn, desiredStatus=desired, maxResults=DESCRIBE
        )
        arns |= dict.fromkeys(arn for page in pages for arn in page["taskArns"])
    return tuple(arns)


def list_service_task_arns(ecs: Any, cluster: str, service: str) -> list[str]:
    """ARNs of the tasks of a service that nobody told to stop; a page per 100."""
    pages = ecs.get_paginator("list_tasks").paginate(cluster=cluster, serviceName=service, maxResults=DESCRIBE)
    return [arn for page in pages for arn in page["taskArns"]]


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
    """ARNs of the tasks that protect themselves from scale-in and deployments, or may do so; one call per 100.

    A task of which ECS cannot say so may; one that is MISSING is gone, and one that is TASK_NOT_VALID belongs to no
    service and cannot (ECS API reference, GetTaskProtection).
    """
    protected: set[str] = set()
    for batch in batches(sorted(set(task_arns)), DESCRIBE):
        answer = ecs.get_task_protection(cluster=cluster, tasks=batch)
        protected |= {each["taskArn"] for each in answer["protectedTasks"] if each.get("protectionEnabled")}
        failures = [each for each in answer.get("failures", []) if each.get("reason") not in _UNPROTECTED]
        protected |= {each.get("arn", "") for each in failures}
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
        capacity_provider=raw.get("capacityProviderName") or "",
        registered_at=raw.get("registeredAt"),
        version=raw.get("version", 0),
    )


def _resources(raw: Sequence[Mapping[str, Any]]) -> Resources:
    named = {each["name"]: each for each in raw}
    return Resources(
        cpu_units=named.get("CPU", {}).get("integerValue") or 0,
        memory_mib=named.get("MEMORY", {}).get("integerValue") or 0,
        tcp_ports=_ports(named.get("PORTS", {})),
        udp_ports=_ports(named.get("PORTS_UDP", {})),
        gpus=tuple(named.get("GPU", {}).get("stringSetValue") or []),
    )


def _ports(raw: Mapping[str, Any]) -> frozenset[int]:
    return frozenset(int(port) for port in raw.get("stringSetValue") or [] if port.isascii() and port.isdigit())


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
        started=raw.get("startedAt"),
        health=raw.get("healthStatus", "UNKNOWN"),
    )
