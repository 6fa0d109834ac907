"""ECS: names, task definitions, services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from .relation import Keeps, Params, Relation, between, matches, values

_API: Final = "Amazon ECS API (2014-11-13)"
_NAME: Final = r"[A-Za-z0-9_-]{1,255}"
_DEFINE: Final = ("RegisterTaskDefinition",)
_DEPLOY: Final = ("CreateService", "UpdateService")
_CHECK: Final = "containerDefinitions[].healthCheck"
_SECRETS: Final = "containerDefinitions[].[secrets, logConfiguration.secretOptions][][].valueFrom"
_REFERENCE: Final = (
    r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+(:[^:]*:[^:]*:[^:]*)?"
    r"|arn:aws[a-z-]*:ssm:[a-z0-9-]+:\d{12}:parameter/[\w./-]+|[\w./-]+"
)


def _containers(params: Params) -> list[dict[str, Any]]:
    return params.get("containerDefinitions") or []


def _essential(params: Params) -> Iterator[str]:
    names = [str(container.get("name")) for container in _containers(params)]
    if not names:
        yield "Container list cannot be empty."
    elif not any(container.get("essential", True) for container in _containers(params)):
        yield "At least one container must be marked as essential."
    yield from (
        f"Container '{name}' is defined more than once." for name in sorted(set(names)) if names.count(name) > 1
    )


def _memory(params: Params) -> Iterator[str]:
    whole = int(params["memory"]) if str(params.get("memory", "")).isdigit() else None
    for container in _containers(params):
        hard, soft = container.get("memory"), container.get("memoryReservation")
        name = container.get("name")
        if hard is None and soft is None and params.get("memory") is None:
            yield (
                f"Invalid setting for container '{name}'. At least one of 'memory' or 'memoryReservation' must be "
                "specified."
            )
        elif hard is not None and soft is not None and hard < soft:
            yield f"Invalid setting for container '{name}'. 'memory' must be greater than 'memoryReservation'."
        elif whole is not None and (hard or soft or 0) > whole:
            yield f"Invalid setting for container '{name}'. 'memory' must not be greater than that of the task."


def _host_ports(params: Params) -> Iterator[str]:
    if params.get("networkMode") not in {"awsvpc", "host"}:
        return
    for container in _containers(params):
        for mapping in container.get("portMappings") or []:
            host = mapping.get("hostPort")
            if host and host != mapping.get("containerPort"):
                yield (
                    "When networkMode=awsvpc, the host ports and container ports in port mappings must match."
                    if params["networkMode"] == "awsvpc"
                    else "When networkMode=host, the host ports and container ports in port mappings must match."
                )


def _volumes(params: Params) -> Iterator[str]:
    known = {volume.get("name") for volume in params.get("volumes") or []}
    for container in _containers(params):
        for mount in container.get("mountPoints") or []:
            if mount.get("sourceVolume") not in known:
                yield f"Unknown volume '{mount.get('sourceVolume')}'."


def _execution_role(params: Params) -> Iterator[str]:
    if not params.get("executionRoleArn") and any(container.get("secrets") for container in _containers(params)):
        yield "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."


def _log_options(params: Params) -> Iterator[str]:
    for container in _containers(params):
        logs = container.get("logConfiguration") or {}
        if logs.get("logDriver") == "awslogs" and not (logs.get("options") or {}).get("awslogs-group"):
            yield "Log driver awslogs requires options: awslogs-group"


def _percentages(params: Params) -> Iterator[str]:
    settings = params.get("deploymentConfiguration") or {}
    least, most = settings.get("minimumHealthyPercent"), settings.get("maximumPercent")
    if least == most == 100:  # noqa: PLR2004 - percent
        yield "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments."
    if most is not None and most <= 100 and params.get("availabilityZoneRebalancing") == "ENABLED":  # noqa: PLR2004 - percent
        yield "availabilityZoneRebalancing does not support deploymentConfiguration.maximumPercent of 100 or less."


def _named(at: str, what: str, operations: tuple[str, ...]) -> Relation:
    says = f"{what} '{{value}}' must have up to 255 letters, numbers, underscores and hyphens."
    source = f"{_API}, {operations[0]}, {at}"
    return Relation(service="ecs", operations=operations, problems=values(at, matches(_NAME), says), source=source)


def _checked(name: str, keeps: Keeps, bounds: str) -> Relation:
    says = f"Health check {name} must be {bounds}, got {{value}}."
    return Relation(
        service="ecs",
        operations=_DEFINE,
        problems=values(f"{_CHECK}.{name}", keeps, says),
        source=f"{_API}, HealthCheck, {name}",
    )


def _of_a_definition(problems: Any, source: str, code: str | None = None) -> Relation:
    return Relation(service="ecs", operations=_DEFINE, problems=problems, source=f"{_API}, {source}", code=code)


RELATIONS: Final = (
    _named("clusterName", "Cluster name", ("CreateCluster",)),
    _named("serviceName", "Service name", ("CreateService",)),
    _named("family", "Family", _DEFINE),
    _named("containerDefinitions[].name", "Container name", _DEFINE),
    _checked("interval", between(5, 300), "5 to 300 seconds"),
    _checked("timeout", between(2, 60), "2 to 60 seconds"),
    _checked("retries", between(1, 10), "1 to 10"),
    _checked("startPeriod", between(0, 300), "0 to 300 seconds"),
    _of_a_definition(
        values(f"{_CHECK}.command[0]", matches("CMD|CMD-SHELL|NONE"), "Health check command must begin with CMD."),
        "HealthCheck, command",
    ),
    _of_a_definition(
        values(
            "containerDefinitions[].dockerSecurityOptions[]",
            matches(r"no-new-privileges|(apparmor|label|credentialspec|credentialspecdomainless):.+"),
            "Security option '{value}' is not supported.",
        ),
        "ContainerDefinition, dockerSecurityOptions",
    ),
    _of_a_definition(
        values(_SECRETS, matches(_REFERENCE), "Invalid secret reference '{value}'."),
        "Secret, valueFrom, and Developer Guide, pass Secrets Manager secrets: arn:…:secret:name:key:stage:version",
    ),
    _of_a_definition(
        values("containerDefinitions[].environment[].name", matches(r".+"), "Environment variables must have a name."),
        "KeyValuePair",
    ),
    _of_a_definition(
        values(
            "containerDefinitions[].portMappings[].[containerPort, hostPort][]",
            between(0, 65535),
            "Port {value} must be 0 to 65535.",
        ),
        "PortMapping",
    ),
    _of_a_definition(_essential, "ContainerDefinition, essential", "ClientException"),
    _of_a_definition(_memory, "ContainerDefinition, memory and memoryReservation", "ClientException"),
    _of_a_definition(_host_ports, "PortMapping, hostPort", "ClientException"),
    _of_a_definition(_volumes, "MountPoint, sourceVolume", "ClientException"),
    _of_a_definition(_execution_role, "Secret", "ClientException"),
    _of_a_definition(_log_options, "LogConfiguration, options", "ClientException"),
    Relation(
        service="ecs",
        operations=_DEPLOY,
        problems=_percentages,
        source=f"{_API}, DeploymentConfiguration; Developer Guide, zone rebalancing",
    ),
)
