"""What a task consists of: its containers, their volumes and their shares, and what contradicts itself. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from ..common.inputs import range_problem
from .container import LEAST_MEMORY_MIB, Container, ecr_repository, image_problem
from .container_definitions import PlacedContainer
from .sidecar import Sidecar
from .volume import AnyVolume, EbsVolume, EfsVolume, HostPath, volume_name_problem

TASK_CPU_UNITS: Final = range(128, 196_609)
"""CPU units of a task on EC2 (ECS API, RegisterTaskDefinition)."""

MOST_CONTAINERS: Final = 10
"""Containers of a task definition (Amazon ECS service quotas)."""

_MAIN: Final = "the main container"
"""Its name in sentences that do not know it."""


@dataclass(frozen=True, kw_only=True)
class TaskContent:
    """What a task definition is made of; ServiceArgs says what the fields mean."""

    image: pulumi.Input[str]
    cpu_units: int
    memory_mib: int
    container: Container
    sidecars: Sequence[Sidecar]
    volumes: Mapping[str, AnyVolume]
    ports: Sequence[int]
    """What the main container listens on, by TCP."""
    statements: Sequence[Mapping[str, Any]]
    execution_statements: Sequence[Mapping[str, Any]]
    udp_ports: Sequence[int] = ()
    """What the containers listen on by UDP: of a port of a sidecar that one, of others the main one. By default
    none."""

    def placed(self, name: str) -> list[PlacedContainer]:
        """All containers; the main one, first, is called `name`."""
        beside = [one.port for one in self.sidecars]
        main = PlacedContainer(
            name=name,
            image=self.image,
            container=self.container,
            ports=self.ports,
            udp_ports=[port for port in self.udp_ports if port not in beside],
            essential=True,
            log_router=None,
            is_main=True,
        )
        return [main, *(_placed(one, self.udp_ports) for one in self.sidecars)]

    @property
    def task_statements(self) -> list[Mapping[str, Any]]:
        """What the task role may do, of all containers."""
        return [*self.statements, *(statement for one in self.sidecars for statement in one.statements)]

    def volumes_of(self, kind: type[Any]) -> dict[str, Any]:
        """Name → volume, of the volumes of a kind."""
        return {name: one for name, one in self.volumes.items() if isinstance(one, kind)}

    @property
    def needs_task_role(self) -> bool:
        """Whether the task role has anything to do."""
        return bool(self.task_statements or self.container.exec or self.volumes_of(EfsVolume))

    def stop_time_s(self, name: str) -> int:
        """Seconds that a task takes to stop at most: a container stops when those that depend on it have."""
        containers = {one.name: one.container for one in self.placed(name)}

        def chain_s(one: str) -> int:
            # What had to end before the container started does not run any more.
            others = [other for other, what in containers[one].depends_on.items() if what in ("START", "HEALTHY")]
            return containers[one].stop_timeout_s + max((chain_s(other) for other in others), default=0)

        return max(chain_s(one) for one in containers)

    def problem(self) -> str | None:
        """What no platform can do, or contradicts itself, whatever the task is called."""
        containers = self.placed(_MAIN)
        if isinstance(self.image, str) and (problem := image_problem(self.image)):
            return problem
        return (
            self._sizes_problem(containers)
            or self._ports_problem()
            or self._mounts_problem(containers)
            or self._logs_problem(containers)
            or _registry_problem(containers)
        )

    def names_problem(self, name: str) -> str | None:
        """The same of the names that containers have and depend on, the main one being called `name`."""
        names = [one.name for one in self.placed(name)]
        if len(names) > MOST_CONTAINERS:
            return f"containers: a task has {MOST_CONTAINERS} at most, got {len(names)} with the service's own"
        if twice := [one for one in names if names.count(one) > 1]:
            return f"containers: two are called {twice[0]}; rename one"
        return _order_problem({one.name: one for one in self.placed(name)})

    def _sizes_problem(self, containers: Sequence[PlacedContainer]) -> str | None:
        if problem := (
            range_problem("cpu_units", self.cpu_units, TASK_CPU_UNITS[0], TASK_CPU_UNITS[-1])
            or range_problem("memory_mib", self.memory_mib, LEAST_MEMORY_MIB)
        ):
            return problem
        for field, whole in {"cpu_units": self.cpu_units, "memory_mib": self.memory_mib}.items():
            shares = [getattr(one.container, field) or 0 for one in containers]
            if sum(shares) > whole:
                return f"{field}: the containers take {sum(shares)} together, and the task has {whole}; raise it"
            if field == "memory_mib" and (more := [one.name for one in containers if _in_memory(one) > whole]):
                return f"container: tmpfs_mib and shared_memory_mib of {more[0]} are more than the task's {whole} MiB"
        return None

    def _ports_problem(self) -> str | None:
        ports = [*self.ports, *(one.port for one in self.sidecars if one.port)]
        if taken := [port for port in ports if ports.count(port) > 1]:
            return f"containers: two listen on port {taken[0]}, and a task has one network; give one another port"
        return None

    def _mounts_problem(self, containers: Sequence[PlacedContainer]) -> str | None:
        own = {name for one in containers for name in one.volumes(exec=self.container.exec)}
        mounted = {mount.volume for one in containers for mount in one.container.mounts}
        for name in self.volumes:
            if problem := volume_name_problem(name):
                return problem
            if name in own:
                return f"volumes: {name} is the volume of a writable path; rename it"
            if name not in mounted:
                return f"volumes: no container mounts {name}; give one mounts=[Mount(volume={name!r}, path=...)]"
        if unknown := sorted(mounted - set(self.volumes)):
            return f"mounts: there is no volume {unknown[0]}; add it to volumes"
        of_host = self.volumes_of(HostPath)
        for mount in (mount for one in containers for mount in one.container.mounts):
            if mount.volume in of_host and not mount.read_only:
                return f"mounts: {mount.volume} is a folder of the instance, which is only read; add read_only=True"
        ebs = list(self.volumes_of(EbsVolume))
        return f"volumes: a task has one volume of EBS, got {' and '.join(ebs)}" if ebs[1:] else None

    def _logs_problem(self, containers: Sequence[PlacedContainer]) -> str | None:
        routers = [one.name for one in self.sidecars if one.log_router]
        routed = [one.name for one in containers if one.container.log]
        if routers[1:]:
            return f"containers: {' and '.join(routers)} are log routers, and a task has one"
        if routed and not routers:
            return f"container: log of {routed[0]} needs a log router; add log_router(image) to containers"
        if routers and not routed:
            return "containers: no container has lines for the log router; give one log=LogOptions(...)"
        return None


def _registry_problem(containers: Sequence[PlacedContainer]) -> str | None:
    for one in containers:
        if not isinstance(one.image, str):
            continue
        in_ecr = ecr_repository(one.image) is not None
        if one.container.pull_through_cache and not in_ecr:
            return f"container: pull_through_cache needs an image of a private ECR registry, got {one.image}"
        if one.container.registry_credentials and in_ecr:
            return "container: registry_credentials are for other registries than ECR, which the execution role reads"
    return None


def _placed(sidecar: Sidecar, udp_ports: Sequence[int]) -> PlacedContainer:
    return PlacedContainer(
        name=sidecar.name,
        image=sidecar.image,
        container=sidecar.container,
        ports=[sidecar.port] if sidecar.port else [],
        udp_ports=[port for port in udp_ports if port == sidecar.port],
        essential=sidecar.essential,
        log_router=sidecar.log_router,
        is_main=False,
    )


def _in_memory(placed: PlacedContainer) -> int:
    limits = placed.container.limits
    return sum(limits.tmpfs_mib.values()) + (limits.shared_memory_mib or 0)


def _order_problem(containers: Mapping[str, PlacedContainer]) -> str | None:
    for name, one in containers.items():
        for other, condition in one.container.depends_on.items():
            if problem := _condition_problem(name, other, condition, containers):
                return f"depends_on: {problem}"
    if circle := _in_a_circle(containers):
        return f"depends_on: {', '.join(circle)} wait for each other; let one of them start first"
    return None


def _condition_problem(name: str, other: str, condition: str, containers: Mapping[str, PlacedContainer]) -> str | None:
    if other not in containers:
        return f"{name} waits for {other}, which is no container of the task; there are {', '.join(containers)}"
    if condition == "HEALTHY" and not containers[other].container.health_command:
        return f"{name} waits until {other} is healthy, and that has no health_command; give it one"
    if condition in ("COMPLETE", "SUCCESS") and containers[other].essential:
        return f"{name} waits until {other} has ended, and the task ends with it; make it essential=False"
    return None


def _in_a_circle(containers: Mapping[str, PlacedContainer]) -> list[str]:
    """Containers of which each waits for another one of them; what can start is taken away until nothing can."""
    left = {name: set(one.container.depends_on) for name, one in containers.items()}
    while can_start := [name for name, others in left.items() if not others & left.keys()]:
        for name in can_start:
            del left[name]
    return sorted(left)
