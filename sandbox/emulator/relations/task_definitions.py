"""ECS task definitions: order of containers, sizes, volumes, Linux parameters, what a network mode excludes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from .relation import Params, Problems, Relation, between, matches, one_of, values

_API: Final = "Amazon ECS API (2014-11-13)"
_EACH: Final = "containerDefinitions[]"
_KINDS: Final = (
    "host",
    "dockerVolumeConfiguration",
    "efsVolumeConfiguration",
    "fsxWindowsFileServerVolumeConfiguration",
    "s3filesVolumeConfiguration",
)


def _words(text: str) -> list[str]:
    return text.split()


_TMPFS: Final = frozenset(
    _words("""
    defaults ro rw suid nosuid dev nodev exec noexec sync async dirsync remount mand nomand atime noatime diratime
    nodiratime bind rbind unbindable runbindable private rprivate shared rshared slave rslave relatime norelatime
    strictatime nostrictatime mode uid gid nr_inodes nr_blocks mpol
    """)
)
_CAPABILITIES: Final = frozenset(
    _words("""
    ALL AUDIT_CONTROL AUDIT_WRITE BLOCK_SUSPEND CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID IPC_LOCK
    IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST
    NET_RAW SETFCAP SETGID SETPCAP SETUID SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE
    SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG SYSLOG WAKE_ALARM
    """)
)
_SYSCTLS: Final = r"net\..+|fs\.mqueue\..+|kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)"
_NOT_WITH_AWSVPC: Final = {"links": "links", "hostname": "hostname", "extraHosts": "extraHosts"}


def _containers(params: Params) -> list[dict[str, Any]]:
    return params.get("containerDefinitions") or []


def _dependencies(params: Params) -> Iterator[str]:
    known = {container.get("name"): container for container in _containers(params)}
    for container in _containers(params):
        for dependency in container.get("dependsOn") or []:
            other = known.get(dependency.get("containerName"))
            yield from _dependency(str(container.get("name")), dependency, other)


def _dependency(name: str, dependency: dict[str, Any], other: dict[str, Any] | None) -> Iterator[str]:
    wanted, condition = dependency.get("containerName"), dependency.get("condition")
    if other is None:
        yield f"Container '{name}' depends on the container '{wanted}', which is not in the task definition."
    elif condition in {"SUCCESS", "COMPLETE"} and other.get("essential", True):
        yield "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container"
    elif condition == "HEALTHY" and not other.get("healthCheck"):
        yield f"Container '{wanted}' must have a health check: '{name}' depends on it with the condition HEALTHY."


def _cycle(params: Params) -> Iterator[str]:
    """Take away what waits for nothing that is left; what stays waits for itself."""
    names = {str(container.get("name")) for container in _containers(params)}
    left = {
        str(container.get("name")): {
            str(each.get("containerName"))
            for each in container.get("dependsOn") or []
            if each["containerName"] in names
        }
        for container in _containers(params)
    }
    while free := [name for name, needed in left.items() if not needed & left.keys()]:
        for name in free:
            del left[name]
    if left:
        yield f"Containers depend on each other in a circle: {', '.join(sorted(left))}."


def _sizes(params: Params) -> Iterator[str]:
    for name in ("cpu", "memory"):
        text, held = str(params.get(name) or ""), [_reserved(container, name) for container in _containers(params)]
        alone = name == "memory" and len(held) == 1  # a line of `containers` says it
        if text.isdigit() and sum(held) > int(text) and not alone:
            yield f"The {name} of all containers, {sum(held)}, must not be greater than the task's, {text}."


def _reserved(container: dict[str, Any], name: str) -> int:
    if name == "memory":
        return int(container.get("memoryReservation") or container.get("memory") or 0)
    return int(container.get(name) or 0)


def _volumes(params: Params) -> Iterator[str]:
    volumes: list[dict[str, Any]] = params.get("volumes") or []
    names = Counter(str(volume.get("name")) for volume in volumes)
    yield from (f"Volume '{name}' is defined more than once." for name, number in names.items() if number > 1)
    if sum(bool(volume.get("configuredAtLaunch")) for volume in volumes) > 1:
        yield "A task definition can have only one volume that is configured at launch."
    for volume in volumes:
        kinds = [kind for kind in _KINDS if volume.get(kind) not in (None, {})]
        if len(kinds) > 1 or (kinds and volume.get("configuredAtLaunch")):
            yield f"Volume '{volume.get('name')}' can have only one kind of configuration, got {', '.join(kinds)}."
        elif not volume.get("name"):
            yield "A volume must have a name."


def _efs(params: Params) -> Iterator[str]:
    for volume in params.get("volumes") or []:
        settings: dict[str, Any] = volume.get("efsVolumeConfiguration") or {}
        access = settings.get("authorizationConfig") or {}
        encrypted = settings.get("transitEncryption") == "ENABLED"
        if access.get("accessPointId") and settings.get("rootDirectory") not in {None, "", "/"}:
            yield "rootDirectory must be omitted or set to / when an EFS access point is used."
        if (access.get("iam") == "ENABLED" or access.get("accessPointId")) and not encrypted:
            yield "Transit encryption must be ENABLED when EFS IAM authorization or an access point is used."


def _docker(params: Params) -> Iterator[str]:
    for volume in params.get("volumes") or []:
        settings: dict[str, Any] = volume.get("dockerVolumeConfiguration") or {}
        if settings.get("autoprovision") and settings.get("scope") != "shared":
            yield f"Volume '{volume.get('name')}' can be provisioned automatically only if its scope is shared."


def _mounts(params: Params) -> Iterator[str]:
    names = {container.get("name") for container in _containers(params)}
    for container in _containers(params):
        paths = Counter(str(mount.get("containerPath")) for mount in container.get("mountPoints") or [])
        yield from (
            f"Container '{container.get('name')}' mounts two volumes at '{path}'."
            for path, number in paths.items()
            if number > 1
        )
        for source in container.get("volumesFrom") or []:
            if source.get("sourceContainer") not in names - {container.get("name")}:
                yield f"Unknown container '{source.get('sourceContainer')}' in volumesFrom."


def _network_mode(params: Params) -> Iterator[str]:
    for container in _containers(params):
        if params.get("networkMode") == "awsvpc":
            held = [word for name, word in _NOT_WITH_AWSVPC.items() if container.get(name)]
            yield from (f"{word} is not supported on containers when networkMode=awsvpc." for word in held)
        sysctls: list[dict[str, Any]] = container.get("systemControls") or []
        if params.get("networkMode") == "host" and any(str(s.get("namespace")).startswith("net.") for s in sysctls):
            yield "System controls of the network namespace are not supported when networkMode=host."


def _limits(params: Params) -> Iterator[str]:
    for container in _containers(params):
        for limit in container.get("ulimits") or []:
            if limit.get("softLimit", 0) > limit.get("hardLimit", 0) >= 0:
                yield f"Soft limit of '{limit.get('name')}' must not be greater than its hard limit."


def _line(problems: Problems, source: str) -> Relation:
    return Relation(
        service="ecs",
        operations=("RegisterTaskDefinition",),
        problems=problems,
        source=f"{_API}, {source}",
        code="ClientException",
    )


RELATIONS: Final = (
    _line(_dependencies, "ContainerDependency, condition"),
    _line(_cycle, "ContainerDefinition, dependsOn"),
    _line(_sizes, "ContainerDefinition, cpu and memory: all containers together are within the task"),
    _line(_volumes, "Volume"),
    _line(_efs, "EFSVolumeConfiguration and EFSAuthorizationConfig"),
    _line(_docker, "DockerVolumeConfiguration, autoprovision"),
    _line(_mounts, "MountPoint and VolumeFrom"),
    _line(_network_mode, "ContainerDefinition, links, hostname, extraHosts and systemControls"),
    _line(_limits, "Ulimit"),
    _line(
        values(
            "volumes[].name",
            matches(r"[A-Za-z0-9_-]{1,255}"),
            "Volume name '{value}' must have up to 255 letters, numbers, underscores and hyphens.",
        ),
        "Volume, name",
    ),
    _line(
        values(
            f"{_EACH}.[mountPoints[].containerPath, linuxParameters.tmpfs[].containerPath][][]",
            matches(r"/.*|[A-Za-z]:.*"),
            "Container path '{value}' must be absolute.",
        ),
        "MountPoint and Tmpfs, containerPath",
    ),
    _line(
        values(
            f"{_EACH}.linuxParameters.tmpfs[].mountOptions[]",
            lambda option: str(option).split("=")[0] in _TMPFS,
            "Mount option '{value}' is not supported.",
        ),
        "Tmpfs, mountOptions",
    ),
    _line(
        values(f"{_EACH}.linuxParameters.tmpfs[].size", between(1, 2**31), "Tmpfs size must be positive, got {value}."),
        "Tmpfs, size",
    ),
    _line(
        values(f"{_EACH}.linuxParameters.swappiness", between(0, 100), "swappiness must be 0 to 100, got {value}."),
        "LinuxParameters, swappiness",
    ),
    _line(
        values(
            f"{_EACH}.linuxParameters.capabilities.[add, drop][][]",
            one_of(_CAPABILITIES),
            "Linux capability '{value}' is not supported.",
        ),
        "KernelCapabilities",
    ),
    _line(
        values(f"{_EACH}.systemControls[].namespace", matches(_SYSCTLS), "System control '{value}' is not supported."),
        "SystemControl, value",
    ),
    _line(
        values(
            f"{_EACH}.restartPolicy.restartAttemptPeriod",
            between(60, 1800),
            "restartAttemptPeriod must be 60 to 1800 seconds, got {value}.",
        ),
        "ContainerRestartPolicy, restartAttemptPeriod",
    ),
    _line(
        values(
            f"{_EACH}.restartPolicy.ignoredExitCodes",
            lambda codes: len(codes) <= 50,  # noqa: PLR2004 - the API's number
            "A restart policy takes at most 50 exit codes.",
        ),
        "ContainerRestartPolicy, ignoredExitCodes",
    ),
    Relation(
        service="ecs",
        operations=("RunTask",),
        problems=values("count", between(1, 10), "count must be 1 to 10, got {value}."),
        source=f"{_API}, RunTask, count",
    ),
)
