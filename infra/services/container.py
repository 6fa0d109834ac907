"""What runs in a task: the container definition that ECS gets, as plain JSON. Pure.

It is made of names and ARNs that are known before anything exists, so that a preview shows it and policies judge it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pulumi

from ..common.inputs import Texts, range_problem, text_problem, texts_problem

EXEC_PATHS: Final = ("/managed-agents", "/var/lib/amazon/ssm", "/var/log/amazon/ssm")
"""Where the agent of ECS Exec writes in a container; with a read-only root file system they have to be volumes."""

LOG_BUFFER: Final = "25m"
"""Log lines that wait in memory while CloudWatch does not answer; what does not fit is lost, and the application runs
on (Docker, log driver option max-buffer-size; ECS developer guide, "awslogs", mode)."""

HEALTH_CHECK: Final = {"interval": 10, "timeout": 5, "retries": 3, "startPeriod": 60}
"""Seconds between checks, for a check, and after the start in which a failure does not count; consecutive failures
until ECS replaces the task (ECS API, HealthCheck)."""

LONGEST_STOP_S: Final = 3600
"""What needs more than an hour to stop is a job, and no service."""

_IMAGE: Final = re.compile(r"^[a-z0-9][^@\s]*@sha256:[0-9a-f]{64}$")
_ECR: Final = re.compile(
    r"^(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?/(?P<name>[^@:]+)"
)
_SECRET: Final = re.compile(r"^arn:aws[a-z-]*:(secretsmanager:[^:]+:\d{12}:secret:|ssm:[^:]+:\d{12}:parameter/)[^\s]+$")


@dataclass(frozen=True, kw_only=True)
class Container:
    """How a service's image is run."""

    command: Texts = ()
    """Arguments, a text for each. By default those of the image."""
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    """Variables; texts, or Outputs of texts that a preview knows. Nothing secret: whoever may look can read them. By
    default those of the image."""
    secrets: Mapping[str, str] = field(default_factory=dict[str, str])
    """Variable → ARN of a secret of Secrets Manager (a key of it as `arn:key::`) or of a parameter of SSM, as a text:
    a preview has to know it. Its KMS key has to be one of the platform's account and Region. By default none."""
    user: str | None = "65532:65532"
    """User and group number; None: those of the image. By default the user that distroless images call nonroot."""
    writable_paths: Texts = ("/tmp",)  # noqa: S108  a path in the container
    """Folders that the application writes to; everything else is read-only. Each starts as it is in the image, and
    belongs to whom it belongs there; one that the image lacks belongs to root. By default `/tmp`."""
    health_command: Texts = ()
    """Command in the container that ends with 0 while it works, every 10 s. By default ECS watches the process alone.
    """
    stop_timeout_s: int = 30
    """Seconds between SIGTERM and SIGKILL in which the application finishes what it has begun, 2 to 3600. By default
    30."""
    exec: bool = False
    """Whether people may run commands in tasks (ECS Exec); they are recorded. By default nobody may."""

    def __post_init__(self) -> None:
        problem = (
            self._types_problem()
            or self._secrets_problem()
            or self._paths_problem()
            or range_problem("stop_timeout_s", self.stop_timeout_s, 2, LONGEST_STOP_S, " s")
        )
        if problem:
            raise ValueError(problem)

    def _types_problem(self) -> str | None:
        for name in ("command", "writable_paths", "health_command"):
            if problem := texts_problem(name, getattr(self, name)):
                return problem
        if self.user is not None and (problem := text_problem("user", self.user)):
            return problem
        return self._environment_problem()

    def _environment_problem(self) -> str | None:
        values: Any = self.environment  # another type is a usual mistake
        if not isinstance(values, Mapping):
            return f"environment: must map names to texts, got {values!r}"
        for name, value in values.items():
            if value is None or isinstance(value, (int, float)):
                return f"environment: {name} must be a text, got {value!r}; write {str(value)!r}"
        return None

    def _secrets_problem(self) -> str | None:
        arns: Any = self.secrets  # an Output is a usual mistake
        if not isinstance(arns, Mapping):
            return "secrets: must map names to ARNs, got something else"
        for name, arn in arns.items():
            if not (isinstance(arn, str) and _SECRET.match(arn)):
                return (
                    f"secrets: {name} must be the ARN of a secret of Secrets Manager or of a parameter of SSM, as a "
                    "text; make one and write its ARN"
                )
            if name in self.environment:
                return f"secrets: {name} is in environment as well; keep one of them"
        return None

    def _paths_problem(self) -> str | None:
        if wrong := [path for path in self.writable_paths if not re.match(r"/.*[A-Za-z0-9]", path)]:
            return f"writable_paths: must be absolute paths of folders, got {', '.join(wrong)}"
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
    """Whether an image is named otherwise than by its digest."""
    if _IMAGE.match(image):
        return None
    return f"image: must have a digest, or what runs can change without a deployment: name@sha256:..., got {image!r}"


def ecr_repository(image: str) -> Mapping[str, str] | None:
    """Account, region and name of the private ECR repository that an image lies in; None for another registry."""
    found = _ECR.match(image)
    return found.groupdict() if found else None


def container_definitions(
    container: Container,
    *,
    name: str,
    image: str,
    port: int | None,
    log_group: str,
    region: str,
    environment: Mapping[str, str],
) -> list[dict[str, Any]]:
    """The container definitions of a task, ready for JSON; `environment` holds the values of container.environment."""
    definition: dict[str, Any] = {
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
        definition["user"] = container.user
    if container.command:
        definition["command"] = list(container.command)
    if container.health_command:
        definition["healthCheck"] = {"command": ["CMD", *container.health_command], **HEALTH_CHECK}
    return [definition]


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
