"""What runs in a task: the container definition that ECS gets, as plain JSON. Pure.

It is made of names and ARNs that are known before anything exists, so that a preview shows it and policies judge it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

import pulumi

from ..common.inputs import (
    InputTexts,
    Texts,
    flag_problem,
    input_text_map_problem,
    input_texts_problem,
    known_text_problem,
    range_problem,
    text_problem,
    texts_problem,
)
from .secret_arn import secret_problem

EXEC_PATHS: Final = ("/managed-agents", "/var/lib/amazon/ssm", "/var/log/amazon/ssm")
"""Where the agent of ECS Exec writes in a container; with a read-only root file system they have to be volumes."""

LOG_BUFFER: Final = "25m"
"""Log lines that wait in memory while CloudWatch does not answer; what does not fit is lost, and the application runs
on (Docker, log driver option max-buffer-size; ECS developer guide, "awslogs", mode)."""

HEALTH_CHECK: Final = {"interval": 10, "timeout": 5, "retries": 3}
"""Seconds between checks and for a check; consecutive failures until ECS replaces the task (ECS API, HealthCheck)."""

START_PERIOD_S: Final = 60
LONGEST_START_PERIOD_S: Final = 300
"""Same source."""

LONGEST_STOP_S: Final = 3600
"""What needs more than an hour to stop is a job, and no service."""

_IMAGE: Final = re.compile(r"^[a-z0-9][^@\s]*@sha256:[0-9a-f]{64}$")
_SECRET_ALONE: Final = re.compile(r"^(?:[^:]+:){2}secretsmanager:(?:[^:]+:){3}[^:]+$")
_ECR: Final = re.compile(
    r"^(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?/(?P<name>[^@:]+)"
)


@dataclass(frozen=True, kw_only=True)
class Container:
    """How a service's image is run."""

    command: InputTexts = ()
    """Arguments, a text for each. By default those of the image."""
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    """Variables; texts, or Outputs of texts that a preview knows. Nothing secret: whoever may look can read them. By
    default those of the image."""
    secrets: Mapping[str, str] = field(default_factory=dict[str, str])
    """Variable → whole ARN of a secret of Secrets Manager (a key of it as `arn:key::`) or of a parameter of SSM, as a
    text: a preview has to know it. Of another account, its owner's policy and key have to allow the execution role. By
    default none."""
    user: str | None = "65532:65532"
    """User and group number; None: those of the image. By default the user that distroless images call nonroot."""
    writable_paths: Texts = ("/tmp",)  # noqa: S108  a path in the container
    """Folders that the application writes to; everything else is read-only. Each starts as it is in the image, and
    belongs to whom it belongs there; one that the image lacks belongs to root. By default `/tmp`."""
    health_command: InputTexts = ()
    """Command in the container that ends with 0 while it works, every 10 s, a text for each argument; with a shell
    `("sh", "-c", "...")`. By default ECS watches the process alone."""
    start_period_s: int | None = None
    """Seconds from its start in which a failed health_command does not count, 0 to 300. By default 60."""
    stop_timeout_s: int = 30
    """Seconds between SIGTERM and SIGKILL in which the application finishes what it has begun, 2 to 3600. By default
    30."""
    exec: bool = False
    """Whether people may run commands in tasks (ECS Exec); they are recorded. By default nobody may."""
    init_process: bool = True
    """Whether an init process runs the application, reaps what it leaves and passes signals on. False for an image
    that brings its own, which has to be process 1. By default one does."""
    pull_through_cache: bool = False
    """Whether the image's ECR repository is one of a pull-through cache, which ECR makes and fills when a task starts.
    By default it is there."""
    registry_credentials: str | None = None
    """Whole ARN of the secret of Secrets Manager with user name and password of a registry that is not ECR. By default
    the registry asks for none."""

    def __post_init__(self) -> None:
        problem = (
            self._types_problem()
            or self._secrets_problem()
            or self._paths_problem()
            or range_problem("stop_timeout_s", self.stop_timeout_s, 2, LONGEST_STOP_S, " s")
            or self._start_period_problem()
        )
        if problem:
            raise ValueError(problem)

    def _types_problem(self) -> str | None:
        for name in ("command", "health_command"):
            if problem := input_texts_problem(name, getattr(self, name)):
                return problem
        for name in ("exec", "init_process", "pull_through_cache"):
            if problem := flag_problem(name, getattr(self, name)):
                return problem
        return (
            texts_problem("writable_paths", self.writable_paths)
            or self._user_problem()
            or input_text_map_problem("environment", self.environment)
        )

    def _user_problem(self) -> str | None:
        if self.user is None:
            return None
        return text_problem("user", self.user) or (
            None if self.user else "user: must be a user, or None for that of the image, got ''"
        )

    def _secrets_problem(self) -> str | None:
        arns: Any = self.secrets  # an Output is a usual mistake
        if not isinstance(arns, Mapping):
            return "secrets: must map names to ARNs, got something else"
        for name, arn in arns.items():
            if problem := secret_problem(arn):
                return f"secrets: {name} {problem}"
            if name in self.environment:
                return f"secrets: {name} is in environment as well; keep one of them"
        return self._credentials_problem()

    def _credentials_problem(self) -> str | None:
        if self.registry_credentials is None:
            return None
        if problem := secret_problem(self.registry_credentials):
            return f"registry_credentials: {problem}"
        if _SECRET_ALONE.match(self.registry_credentials):
            return None
        return (
            "registry_credentials: must be a whole secret of Secrets Manager, no key of it and no parameter, got "
            f"{self.registry_credentials!r}"
        )

    def _start_period_problem(self) -> str | None:
        if self.start_period_s is None:
            return None
        if not self.health_command:
            return "start_period_s: belongs to health_command, and there is none; give one, or leave it out"
        return range_problem("start_period_s", self.start_period_s, 0, LONGEST_START_PERIOD_S, " s")

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


@dataclass(frozen=True, kw_only=True)
class KnownTexts:
    """What a container's Outputs turned out to be; of the fields of Container that have these names."""

    command: Sequence[Any]
    environment: Mapping[str, Any]
    health_command: Sequence[Any]

    @classmethod
    def of(cls, container: Container) -> pulumi.Output[Self]:
        return pulumi.Output.all(
            command=list(container.command),
            environment=dict(container.environment),
            health_command=list(container.health_command),
        ).apply(lambda known: cls(**known))

    def problem(self) -> str | None:
        """Whether one is no text, which is all that ECS takes (ECS API, KeyValuePair and ContainerDefinition)."""
        values = [(f"{name}:", item) for name in ("command", "health_command") for item in getattr(self, name)]
        values += [(f"environment: {name}", value) for name, value in self.environment.items()]
        return next((problem for name, value in values if (problem := known_text_problem(name, value))), None)


def image_problem(image: Any) -> str | None:
    """Whether an image is named otherwise than by its digest, or as a preview does not know it."""
    if problem := text_problem("image", image):
        return f"{problem}; a preview has to know it: let the pipeline write it into the configuration"
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
    known: KnownTexts,
) -> list[dict[str, Any]]:
    """The container definitions of a task, ready for JSON; `known` holds the container's Outputs.

    Raises ValueError where one of them is no text.
    """
    if problem := known.problem():
        raise ValueError(problem)
    definition: dict[str, Any] = {
        "name": name,
        "image": image,
        "essential": True,
        "readonlyRootFilesystem": True,
        "dockerSecurityOptions": ["no-new-privileges"],
        "linuxParameters": {"initProcessEnabled": container.init_process},
        "stopTimeout": container.stop_timeout_s,
        "environment": [{"name": key, "value": value} for key, value in sorted(known.environment.items())],
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
    if known.command:
        definition["command"] = list(known.command)
    if known.health_command:
        start = START_PERIOD_S if container.start_period_s is None else container.start_period_s
        definition["healthCheck"] = {"command": ["CMD", *known.health_command], **HEALTH_CHECK, "startPeriod": start}
    if container.registry_credentials:
        definition["repositoryCredentials"] = {"credentialsParameter": container.registry_credentials}
    return [definition]


def _volume(path: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")


def _log(log_group: str, region: str, prefix: str) -> dict[str, Any]:
    options = {
        "awslogs-group": log_group,
        "awslogs-region": region,
        "awslogs-stream-prefix": prefix,
        "mode": "non-blocking",
        "max-buffer-size": LOG_BUFFER,
    }
    return {"logDriver": "awslogs", "options": options}
