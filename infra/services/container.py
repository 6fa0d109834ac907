"""How an image is run: what an application says of each container of its tasks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Final, Literal, TypeAlias

import pulumi

from ..common.args import inputs
from ..common.inputs import InputTexts, Texts, range_problem
from .firelens import LogOptions
from .limits import Limits
from .secret_arn import secret_problem
from .volume import Mount

START_PERIOD_S: Final = 60
LONGEST_START_PERIOD_S: Final = 300
"""Seconds (ECS API, HealthCheck)."""

LONGEST_STOP_S: Final = 3600
"""What needs more than an hour to stop is a job, and no service."""

LEAST_MEMORY_MIB: Final = 6
"""Memory of a container at least (ECS API, ContainerDefinition)."""

CONTAINER_CPU_UNITS: Final = range(2, 196_609)
"""CPU units of a container (same source): Linux takes less than 2 as 2."""

Condition: TypeAlias = Literal["START", "COMPLETE", "SUCCESS", "HEALTHY"]
"""What has to have become of another container (ECS API, ContainerDependency)."""

_IMAGE: Final = re.compile(r"^[a-z0-9][^@\s]*@sha256:[0-9a-f]{64}\Z")
_SECRET_ALONE: Final = re.compile(r"^(?:[^:]+:){2}secretsmanager:(?:[^:]+:){3}[^:]+$")
_ECR: Final = re.compile(
    r"^(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?/(?P<name>[^@:]+)"
)


@inputs
class Container:
    """How an image is run."""

    command: InputTexts = ()
    """Arguments, a text for each. By default those of the image."""
    entry_point: InputTexts = ()
    """The program that gets the arguments, a text for each part. By default that of the image."""
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    """Variables; texts, or Outputs of texts. Nothing secret: whoever may look can read them. By default those of the
    image."""
    secrets: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    """Variable → whole ARN of a secret of Secrets Manager (a key of it as `arn:key::`) or of a parameter of SSM; a
    text, or the Output of one. Of another account, its owner's policy and key have to allow the execution role. By
    default none."""
    user: str | None = "65532:65532"
    """User and group number; None: those of the image. By default the user that distroless images call nonroot."""
    writable_paths: Texts = ("/tmp",)  # noqa: S108  a path in the container
    """Folders that the application writes to; everything else is read-only. Each starts as it is in the image, and
    belongs to whom it belongs there; one that the image lacks belongs to root. By default `/tmp`."""
    mounts: Sequence[Mount] = ()
    """Where volumes of the task are, which `volumes` of ServiceArgs makes. By default none is in the container."""
    health_command: InputTexts = ()
    """Command in the container that ends with 0 while it works, every 10 s, a text for each argument; with a shell
    `("sh", "-c", "...")`. By default ECS watches the process alone."""
    start_period_s: int | None = None
    """Seconds from its start in which a failed health_command does not count, 0 to 300. By default 60."""
    stop_timeout_s: int = 30
    """Seconds between SIGTERM and SIGKILL in which the application finishes what it has begun, 2 to 3600. By default
    30."""
    depends_on: Mapping[str, Condition] = field(default_factory=dict[str, Condition])
    """Name of another container of the task → what has to have become of it before this one starts: START, COMPLETE
    (it has ended), SUCCESS (with 0) or HEALTHY. They stop in the other order. By default it waits for none."""
    cpu_units: int | None = None
    """1/1024 vCPU of the task's that this container gets at least when others want more, 2 or more. By default what is
    left is shared."""
    memory_mib: int | None = None
    """MiB of the task's that this container may use, 6 or more; it is killed when it uses more. By default as much as
    the task."""
    gpus: int = 0
    """GPUs that belong to it alone; instances without are not chosen. By default none."""
    limits: Limits = field(default_factory=Limits)
    """Open files, shared memory, memory as a file system, kernel parameters. By default Docker's."""
    log: LogOptions | None = None
    """Where a log router of the task sends its lines. By default they go to the service's log group, without one."""
    exec: bool = False
    """Whether people may run commands in tasks (ECS Exec); they are recorded. By default nobody may."""
    init_process: bool = True
    """Whether an init process runs the application, reaps what it leaves and passes signals on. False for an image
    that brings its own, which has to be process 1. By default one does."""
    pull_through_cache: bool = False
    """Whether the image's ECR repository is one of a pull-through cache, which ECR makes and fills when a task starts.
    By default it is there."""
    registry_credentials: pulumi.Input[str] | None = None
    """Whole ARN of the secret of Secrets Manager with user name and password of a registry that is not ECR. By default
    the registry asks for none."""

    def problem(self) -> str | None:
        """What ECS does not take, or contradicts itself."""
        return (
            self._names_problem()
            or self._secrets_problem()
            or self._paths_problem()
            or range_problem("stop_timeout_s", self.stop_timeout_s, 2, LONGEST_STOP_S, " s")
            or self._start_period_problem()
            or range_problem("gpus", self.gpus, 0)
            or _share_problem("cpu_units", self.cpu_units, CONTAINER_CPU_UNITS[0], CONTAINER_CPU_UNITS[-1])
            or _share_problem("memory_mib", self.memory_mib, LEAST_MEMORY_MIB, None)
        )

    def _names_problem(self) -> str | None:
        if self.user == "":
            return "user: must be a user, or None for that of the image, got ''"
        if wrong := [name for name in self.environment if "=" in name]:
            return f"environment: a name must be a text without '=', got {wrong[0]!r}"
        return None

    def _secrets_problem(self) -> str | None:
        for name, arn in self.secrets.items():
            if isinstance(arn, str) and (problem := secret_problem(arn)):
                return f"secrets: {name} {problem}"
            if name in self.environment:
                return f"secrets: {name} is in environment as well; keep one of them"
        known = self.registry_credentials
        return credentials_problem(known) if isinstance(known, str) else None

    def _start_period_problem(self) -> str | None:
        if self.start_period_s is None:
            return None
        if not self.health_command:
            return "start_period_s: belongs to health_command, and there is none; give one, or leave it out"
        return range_problem("start_period_s", self.start_period_s, 0, LONGEST_START_PERIOD_S, " s")

    def _paths_problem(self) -> str | None:
        every = [*self.writable_paths, *(mount.path for mount in self.mounts), *self.limits.tmpfs_mib]
        if wrong := [path for path in self.writable_paths if not re.match(r"/.*[A-Za-z0-9]", path)]:
            return f"writable_paths: must be absolute paths of folders, got {', '.join(wrong)}"
        if twice := sorted({path for path in every if every.count(path) > 1}):
            return f"mounts: {twice[0]} is named twice among writable_paths, mounts and limits.tmpfs_mib; keep one"
        names: dict[str, str] = {}
        for path in self.writable_paths:
            other = names.setdefault(volume_of(path), path)
            if other != path:
                return f"writable_paths: {other} and {path} would be the volume {volume_of(path)}; rename one of them"
        return None


def volume_of(path: str) -> str:
    """The name of the volume that makes a folder writable."""
    return re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")


def credentials_problem(arn: Any) -> str | None:
    """Whether a registry's credentials are something else than a whole secret."""
    if problem := secret_problem(arn):
        return f"registry_credentials: {problem}"
    if _SECRET_ALONE.match(arn):
        return None
    return (
        f"registry_credentials: must be a whole secret of Secrets Manager, no key of it and no parameter, got {arn!r}"
    )


def image_problem(image: Any) -> str | None:
    """Whether an image is named otherwise than by its digest."""
    if not isinstance(image, str):
        return f"image: must be a text, got an Output of {type(image).__name__}"
    if _IMAGE.match(image):
        return None
    return f"image: must have a digest, or what runs can change without a deployment: name@sha256:..., got {image!r}"


def ecr_repository(image: str) -> Mapping[str, str] | None:
    """Account, region and name of the private ECR repository that an image lies in; None for another registry."""
    found = _ECR.match(image)
    return found.groupdict() if found else None


def _share_problem(name: str, value: int | None, least: int, most: int | None) -> str | None:
    return None if value is None else range_problem(name, value, least, most)
