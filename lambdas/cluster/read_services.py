"""Batched readers of services and task definitions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from .read_cluster import DESCRIBE, PartialAnswerError, batches, list_service_task_arns
from .services import Constraint, Deployment, Service, Strategy, TaskDefinition

SERVICES: Final = 10
"""Services per DescribeServices call (ECS API reference); ListServices gives up to 100 per page."""

_ELSEWHERE: Final = frozenset({"FARGATE", "FARGATE_SPOT", "EXTERNAL", "MANAGED_INSTANCES"})
"""Launch types, and capacity providers that every account has, whose tasks run on no instance of the group."""


def read_services(ecs: Any, cluster: str) -> tuple[Service, ...]:
    """All services of the cluster; one page per 100 and one description per 10."""
    pages = ecs.get_paginator("list_services").paginate(cluster=cluster, maxResults=100)
    return describe_services(ecs, cluster, [arn for page in pages for arn in page["serviceArns"]])


def describe_services(ecs: Any, cluster: str, services: Sequence[str]) -> tuple[Service, ...]:
    """Services by their names or ARNs; one call per 10. One that is gone is missing in the answer."""
    found: list[Service] = []
    for batch in batches(services, SERVICES):
        answer = ecs.describe_services(cluster=cluster, services=batch, include=["TAGS"])
        if odd := [each for each in answer.get("failures", []) if each.get("reason") != "MISSING"]:
            raise PartialAnswerError(f"services: {len(odd)} could not be described, the first: {odd[0]}")
        found.extend(_service(raw) for raw in answer["services"])
    return tuple(found)


def read_definitions(ecs: Any, arns: Iterable[str], known: dict[str, TaskDefinition]) -> dict[str, TaskDefinition]:
    """The task definitions of these ARNs; one call for each that is not in `known`, which takes it in at once.

    So what was read before a failure need not be read again.
    """
    wanted = sorted(set(arns))
    for arn in wanted:
        if arn not in known:
            known[arn] = _definition(ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"])
    return {arn: known[arn] for arn in wanted}


def read_service_hosts(ecs: Any, cluster: str, service: str) -> frozenset[str]:
    """ARNs of the container instances that have a task of the service; a page and a description per 100 tasks."""
    hosts: set[str] = set()
    for batch in batches(list_service_task_arns(ecs, cluster, service), DESCRIBE):
        answer = ecs.describe_tasks(cluster=cluster, tasks=batch)
        if odd := [each for each in answer.get("failures", []) if each.get("reason") != "MISSING"]:
            raise RuntimeError(f"{service}: {len(odd)} tasks could not be described, the first: {odd[0]}")
        hosts |= {each["containerInstanceArn"] for each in answer["tasks"] if each.get("containerInstanceArn")}
    return frozenset(hosts)


def _service(raw: Mapping[str, Any]) -> Service:
    sets = raw.get("taskSets") or []
    configuration = raw.get("deploymentConfiguration") or {}
    by_ecs = (raw.get("deploymentController") or {}).get("type", "ECS") == "ECS"
    minimum, maximum = configuration.get("minimumHealthyPercent"), configuration.get("maximumPercent")
    return Service(
        name=raw["serviceName"],
        desired=raw.get("desiredCount", 0),
        deployments=_task_sets(sets) if sets else _deployments(raw),
        status=raw.get("status", "ACTIVE"),
        daemon=raw.get("schedulingStrategy") == "DAEMON",
        on_instances=_on_instances(raw),
        rolling=by_ecs and not sets and configuration.get("strategy", "ROLLING") == "ROLLING",
        minimum_healthy_percent=100 if minimum is None else minimum,
        maximum_percent=200 if maximum is None else maximum,
        constraints=_constraints(raw.get("placementConstraints") or []),
        strategies=tuple(
            Strategy(kind=each.get("type", ""), field=each.get("field", ""))
            for each in raw.get("placementStrategy") or []
        ),
        target_groups=tuple(
            each["targetGroupArn"] for each in raw.get("loadBalancers") or [] if each.get("targetGroupArn")
        ),
        arn=raw.get("serviceArn", ""),
        tags={each["key"]: each.get("value", "") for each in raw.get("tags") or []},
    )


def _on_instances(raw: Mapping[str, Any]) -> bool:
    return raw.get("launchType") not in _ELSEWHERE and not _providers(raw) & _ELSEWHERE


def _providers(raw: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(each.get("capacityProvider", "") for each in raw.get("capacityProviderStrategy") or [])


def _deployments(raw: Mapping[str, Any]) -> tuple[Deployment, ...]:
    """Those on instances: each keeps the launch type or the providers that it began with."""
    found = [each for each in raw.get("deployments", []) if _on_instances(each)]
    return tuple(_deployment(each, _providers(each) or _providers(raw)) for each in found)


def _deployment(raw: Mapping[str, Any], providers: frozenset[str]) -> Deployment:
    return Deployment(
        status=raw.get("status", ""),
        definition_arn=raw.get("taskDefinition", ""),
        desired=raw.get("desiredCount", 0),
        running=raw.get("runningCount", 0),
        pending=raw.get("pendingCount", 0),
        deployment_id=raw.get("id", ""),
        rollout_state=raw.get("rolloutState", ""),
        created=raw.get("createdAt"),
        updated=raw.get("updatedAt") or raw.get("createdAt"),
        failed=raw.get("failedTasks") or 0,
        providers=providers,
    )


def _task_sets(sets: Sequence[Mapping[str, Any]]) -> tuple[Deployment, ...]:
    """Those on instances: with an external controller each task set says for itself where it runs."""
    return tuple(_task_set(each) for each in sets if _on_instances(each))


def _task_set(raw: Mapping[str, Any]) -> Deployment:
    return Deployment(
        status=raw.get("status", ""),
        definition_arn=raw.get("taskDefinition", ""),
        desired=raw.get("computedDesiredCount", 0),
        running=raw.get("runningCount", 0),
        pending=raw.get("pendingCount", 0),
        deployment_id=raw.get("id", ""),
        updated=raw.get("updatedAt"),
        providers=_providers(raw),
    )


def _definition(raw: Mapping[str, Any]) -> TaskDefinition:
    containers = raw.get("containerDefinitions", [])
    mode = raw.get("networkMode") or "bridge"
    ports = [] if mode == "awsvpc" else [_port(mapping, mode) for each in containers for mapping in _ports(each)]
    return TaskDefinition(
        arn=raw["taskDefinitionArn"],
        cpu_units=int(raw.get("cpu") or 0) or sum(each.get("cpu", 0) for each in containers),
        memory_mib=int(raw.get("memory") or 0) or sum(map(_memory_mib, containers)),
        network_mode=mode,
        tcp_ports=frozenset(port for port, protocol in ports if port and protocol == "tcp"),
        udp_ports=frozenset(port for port, protocol in ports if port and protocol == "udp"),
        gpus=sum(map(_gpus, containers)),
        constraints=_constraints(raw.get("placementConstraints") or []),
    )


def _memory_mib(container: Mapping[str, Any]) -> int:
    return container.get("memoryReservation") or container.get("memory") or 0


def _ports(container: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return container.get("portMappings") or []


def _port(mapping: Mapping[str, Any], mode: str) -> tuple[int, str]:
    """The fixed port of the host, 0 when Docker chooses one; in host mode the container's port is the host's."""
    port = mapping.get("hostPort") or (mapping.get("containerPort") if mode == "host" else 0)
    return port or 0, mapping.get("protocol") or "tcp"


def _gpus(container: Mapping[str, Any]) -> int:
    required = container.get("resourceRequirements") or []
    return sum(int(each["value"]) for each in required if each.get("type") == "GPU")


def _constraints(raw: Sequence[Mapping[str, Any]]) -> tuple[Constraint, ...]:
    return tuple(
        Constraint(kind=each["type"], expression=each.get("expression", ""))
        for each in raw
        if each.get("type") in ("distinctInstance", "memberOf")
    )
