"""What runs in a task: the container definition that ECS gets, as plain JSON. Pure.

It is made of names and ARNs that are known before anything exists, so that a preview shows it and policies judge it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

EXEC_PATHS: Final = ("/managed-agents", "/var/lib/amazon/ssm", "/var/log/amazon/ssm")
"""Where the agent of ECS Exec writes in a container; with a read-only root file system they have to be volumes."""

LOG_BUFFER: Final = "25m"
"""Log lines that wait in memory while CloudWatch does not answer; what does not fit is lost, and the application goes
on (Docker, log driver option max-buffer-size; ECS developer guide, "awslogs", mode)."""

HEALTH_PACE: Final = {"interval": 10, "timeout": 5, "retries": 3, "startPeriod": 60}
"""Seconds between checks, for a check, and after the start in which a failure does not count; failures in a row until
ECS replaces the task (ECS API, HealthCheck)."""

_IMAGE: Final = re.compile(r"^[a-z0-9][^@\s]*@sha256:[0-9a-f]{64}$")
_ECR: Final = re.compile(
    r"^(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?/(?P<name>[^@:]+)"
)
_SECRET: Final = re.compile(r"^arn:aws[a-z-]*:(secretsmanager:[^:]+:\d{12}:secret:|ssm:[^:]+:\d{12}:parameter/)[^\s]+$")


@dataclass(frozen=True, kw_only=True)
class Container:
    """How a service's image is run."""

    command: Sequence[str] = ()
    """Arguments instead of those of the image."""
    environment: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Variables; texts, or Outputs of texts that a preview knows. Nothing secret: whoever may look can read them."""
    secrets: Mapping[str, str] = field(default_factory=dict[str, str])
    """Variable → ARN of a secret of Secrets Manager (a key of it as `arn:key::`) or of a parameter of SSM, as a text:
    a preview has to know it. Its KMS key has to be one of the platform's account and Region."""
    user: str | None = "65532:65532"
    """User and group number; by default the one that distroless images call nonroot. None: as the image says."""
    writable_paths: Sequence[str] = ("/tmp",)  # noqa: S108  a path in the container
    """Folders that the application writes to; everything else is read-only. Each starts as it is in the image, and
    belongs to whom it belongs there; one that the image lacks belongs to root."""
    health_command: Sequence[str] = ()
    """Command in the container that ends with 0 while it works, every 10 s; none: ECS looks at the process alone."""
    stop_timeout_s: int = 30
    """Seconds between SIGTERM and SIGKILL, 2 to 3600, in which the application finishes what it has begun."""
    exec: bool = False
    """Whether people may run commands in tasks (ECS Exec). They are recorded."""

    def __post_init__(self) -> None:
        if problem := self._secrets_problem() or self._paths_problem():
            raise ValueError(problem)
        for name, value in self.environment.items():
            if value is None or isinstance(value, (int, float)):
                raise ValueError(f"environment: {name} is {value!r}, but ECS takes texts; write {str(value)!r}")
        if not 2 <= self.stop_timeout_s <= 3600:  # noqa: PLR2004  more than an hour is a job, not a service
            raise ValueError(f"stop_timeout_s: 2 to 3600 s are possible, got {self.stop_timeout_s}")

    def _secrets_problem(self) -> str | None:
        arns: Mapping[str, Any] = self.secrets  # an Output is a usual mistake
        for name, arn in arns.items():
            if not (isinstance(arn, str) and _SECRET.match(arn)):
                return (
                    f"secrets: {name} is no ARN of Secrets Manager or of an SSM parameter; make a secret and write its "
                    "ARN as a text"
                )
            if name in self.environment:
                return f"secrets: {name} stands in environment as well; keep one of them"
        return None

    def _paths_problem(self) -> str | None:
        if wrong := [path for path in self.writable_paths if not re.match(r"/.*[A-Za-z0-9]", path)]:
            return f"writable_paths: give absolute paths of folders, got {', '.join(wrong)}"
        names: dict[str, str] = {}
        for path in self._writable:
            other = names.setdefault(_volume(path), path)
            if other != path:
                return f"writable_paths: {other} and {path} would be the volume {_volume(path)}; rename one of them"
        return None

    @property
    def _writable(self) -> list[str]:
        return [*self.writable_paths, *(EXEC_PATHS if self.exec else ())]

    @property
    def volumes(self) -> dict[str, str]:
        """Volume → the path that it is mounted at."""
        return {_volume(path): path for path in self._writable}


def image_problem(image: str) -> str | None:
    """Whether an image is named by what it is."""
    if _IMAGE.match(image):
        return None
    return f"image: {image!r} has no digest, so what runs can change without a deployment; write name@sha256:..."


def ecr_repository(image: str) -> Mapping[str, str] | None:
    """Account, region and name of the private ECR repository that an image lies in; None for another registry."""
    found = _ECR.match(image)
    return found.groupdict() if found else None


def definition(
    container: Container,
    *,
    name: str,
    image: str,
    port: int | None,
    log_group: str,
    region: str,
    environment: Mapping[str, str],
) -> list[dict[str, Any]]:
    """The container definitions of a task, ready for JSON. `environment` holds the values of container.environment."""
    found: dict[str, Any] = {
        "name": name,
        "image": image,
        "essential": True,
        "readonlyRootFilesystem": True,
        "dockerSecurityOptions": ["no-new-privileges"],
        "linuxParameters": {"initProcessEnabled": True},  # reaps what the application leaves, and passes signals on
        "stopTimeout": container.stop_timeout_s,
        "environment": [{"name": key, "value": value} for key, value in sorted(environment.items())],
        "secrets": [{"name": key, "valueFrom": arn} for key, arn in sorted(container.secrets.items())],
        "mountPoints": [
            {"sourceVolume": volume, "containerPath": path, "readOnly": False}
            for volume, path in container.volumes.items()
        ],
        "portMappings": [{"containerPort": port, "hostPort": port, "protocol": "tcp"}] if port else [],
        "logConfiguration": _log(log_group, region, name),
    }
    if container.user:
        found["user"] = container.user
    if container.command:
        found["command"] = list(container.command)
    if container.health_command:
        found["healthCheck"] = {"command": ["CMD", *container.health_command], **HEALTH_PACE}
    return [found]


def _volume(path: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")


def _log(group: str, region: str, prefix: str) -> dict[str, Any]:
    options = {
        "awslogs-group": group,
        "awslogs-region": region,
        "awslogs-stream-prefix": prefix,
        "mode": "non-blocking",
        "max-buffer-size": LOG_BUFFER,
    }
    return {"logDriver": "awslogs", "options": options}
