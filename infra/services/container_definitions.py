"""The container definitions that ECS gets, as plain JSON, of what an application says of its containers.

Texts that nobody knows in a preview are stand-ins there, so that it shows the rest and policies judge it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from ..common.inputs import known_text_problem
from ..common.late import previewed_within
from .container import START_PERIOD_S, Container, credentials_problem, image_problem, volume_of
from .firelens import LogRouter
from .secret_arn import secret_problem

EXEC_PATHS: Final = ("/managed-agents", "/var/lib/amazon/ssm", "/var/log/amazon/ssm")
"""Where the agent of ECS Exec writes in a container; with a read-only root file system they have to be volumes."""

LOG_BUFFER: Final = "25m"
"""Log lines that wait in memory while CloudWatch does not answer; what does not fit is lost, and the application runs
on (Docker, log driver option max-buffer-size; ECS developer guide, "awslogs", mode)."""

HEALTH_CHECK: Final = {"interval": 10, "timeout": 5, "retries": 3}
"""Seconds between checks and for a check; consecutive failures until ECS replaces the task (ECS API, HealthCheck)."""

UNKNOWN_IMAGE: Final = f"known-after-up@sha256:{'0' * 64}"
UNKNOWN_SECRET: Final = "arn:aws:secretsmanager:us-east-1:000000000000:secret:known-after-up-000000"  # noqa: S105  no secret
"""Stand-ins of the forms that are asked for."""


@dataclass(frozen=True, kw_only=True)
class PlacedContainer:
    """A container in its task."""

    name: str
    image: pulumi.Input[str]
    container: Container
    ports: Sequence[int]
    """TCP ports that it listens on."""
    udp_ports: Sequence[int]
    essential: bool
    log_router: LogRouter | None
    is_main: bool
    """Whether it is the one that the service is about."""

    def volumes(self, *, exec: bool) -> dict[str, str]:  # noqa: A002  ECS's word
        """Volumes of its own → the path that each is mounted at. Those of a sidecar carry its name."""
        paths = [*self.container.writable_paths, *(EXEC_PATHS if exec else ())]
        before = "" if self.is_main else f"{self.name}-"
        return {f"{before}{volume_of(path)}": path for path in paths}


@dataclass(frozen=True, kw_only=True)
class Known:
    """The texts of a container that may have been Outputs; of the fields that have these names."""

    image: str
    command: Sequence[str]
    entry_point: Sequence[str]
    health_command: Sequence[str]
    environment: Mapping[str, str]
    secrets: Mapping[str, str]
    log_secrets: Mapping[str, str]
    registry_credentials: str | None

    @classmethod
    def of(cls, placed: PlacedContainer, *, for_display: bool) -> pulumi.Output[Known]:
        """Raises pulumi.RunError, when they are known, where one is no text, or not what it has to be.

        Stand-ins take the place of what a preview does not know. Those of the image and of ARNs are `for_display`
        alone: a document that followed from them would be of another account and Region, so it is unknown then.
        """
        container = placed.container

        def late(value: Any, stand_in: str) -> Any:
            return previewed_within(value, stand_in) if for_display else value

        return pulumi.Output.all(
            image=late(placed.image, UNKNOWN_IMAGE),
            command=previewed_within(container.command),
            entry_point=previewed_within(container.entry_point),
            health_command=previewed_within(container.health_command),
            environment=previewed_within(container.environment),
            secrets=late(container.secrets, UNKNOWN_SECRET),
            log_secrets=late(container.log.secrets if container.log else {}, UNKNOWN_SECRET),
            registry_credentials=late(container.registry_credentials, UNKNOWN_SECRET),
        ).apply(lambda known: cls(**known).checked(placed.name))

    def checked(self, name: str) -> Known:
        """The same. Raises pulumi.RunError where it has a problem, of the container `name`."""
        if problem := self.problem():
            raise pulumi.RunError(f"{name}: {problem}")
        return self

    def problem(self) -> str | None:
        """Whether one is no text, which is all that ECS takes (ECS API, KeyValuePair and ContainerDefinition)."""
        values = [
            (f"{name}:", item) for name in ("command", "entry_point", "health_command") for item in getattr(self, name)
        ]
        values += [(f"environment: {name}", value) for name, value in self.environment.items()]
        arns = {**self.secrets, **self.log_secrets}
        found = next((problem for name, value in values if (problem := known_text_problem(name, value))), None)
        return (
            found
            or image_problem(self.image)
            or next(
                (f"secrets: {name} {problem}" for name, arn in arns.items() if (problem := secret_problem(arn))), None
            )
            or (credentials_problem(self.registry_credentials) if self.registry_credentials else None)
        )

    @property
    def read_arns(self) -> list[str]:
        """All secrets that ECS reads to start the container."""
        credentials = [self.registry_credentials] if self.registry_credentials else []
        return [*self.secrets.values(), *self.log_secrets.values(), *credentials]


def container_definition(
    placed: PlacedContainer,
    known: Known,
    *,
    log_group: str,
    region: str,
    exec: bool,  # noqa: A002  as above
) -> dict[str, Any]:
    """One container definition, ready for JSON."""
    container = placed.container
    always: dict[str, Any] = {
        "name": placed.name,
        "image": known.image,
        "essential": placed.essential,
        "readonlyRootFilesystem": True,
        "dockerSecurityOptions": ["no-new-privileges"],
        "linuxParameters": {"initProcessEnabled": container.init_process, **container.limits.linux_parameters},
        "stopTimeout": container.stop_timeout_s,
        "environment": [{"name": name, "value": value} for name, value in sorted(known.environment.items())],
        "secrets": _secrets(known.secrets),
        "mountPoints": _mount_points(placed, exec=exec),
        "portMappings": [
            {"containerPort": port, "hostPort": port, "protocol": protocol}
            for protocol, ports in {"tcp": placed.ports, "udp": placed.udp_ports}.items()
            for port in ports
        ],
        "logConfiguration": _log(placed, known, log_group, region),
    }
    return always | container.limits.of_container | _given(placed, known)


def _given(placed: PlacedContainer, known: Known) -> dict[str, Any]:
    """What stands in a definition only when somebody asked for it."""
    container, health = placed.container, None
    if known.health_command:
        start = START_PERIOD_S if container.start_period_s is None else container.start_period_s
        health = {"command": ["CMD", *known.health_command], **HEALTH_CHECK, "startPeriod": start}
    credentials = known.registry_credentials
    asked = {
        "user": container.user,
        "entryPoint": list(known.entry_point),
        "command": list(known.command),
        "healthCheck": health,
        "cpu": container.cpu_units,
        "memory": container.memory_mib,
        "dependsOn": [{"containerName": one, "condition": what} for one, what in sorted(container.depends_on.items())],
        "resourceRequirements": [{"type": "GPU", "value": str(container.gpus)}] if container.gpus else None,
        "firelensConfiguration": placed.log_router.rendered if placed.log_router else None,
        "repositoryCredentials": {"credentialsParameter": credentials} if credentials else None,
    }
    return {name: value for name, value in asked.items() if value}


def _mount_points(placed: PlacedContainer, *, exec: bool) -> list[dict[str, Any]]:  # noqa: A002  as above
    own = placed.volumes(exec=exec)
    mounts = [(name, path, False) for name, path in own.items()]
    mounts += [(mount.volume, mount.path, mount.read_only) for mount in placed.container.mounts]
    return [
        {"sourceVolume": volume, "containerPath": path, "readOnly": read_only} for volume, path, read_only in mounts
    ]


def _secrets(arns: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "valueFrom": arn} for name, arn in sorted(arns.items())]


def _log(placed: PlacedContainer, known: Known, log_group: str, region: str) -> dict[str, Any]:
    if log := placed.container.log:
        routed = {"logDriver": "awsfirelens", "options": {"log-driver-buffer-limit": ROUTED_LINES, **log.options}}
        return routed | ({"secretOptions": _secrets(known.log_secrets)} if known.log_secrets else {})
    options = {
        "awslogs-group": log_group,
        "awslogs-region": region,
        "awslogs-stream-prefix": placed.name,
        "mode": "non-blocking",
        "max-buffer-size": LOG_BUFFER,
    }
    return {"logDriver": "awslogs", "options": options}


ROUTED_LINES: Final = "8192"
"""Lines that wait for the log router, 0 to 536870912 (ECS developer guide, "log-driver-buffer-limit")."""
