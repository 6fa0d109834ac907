"""What the kernel allows a container beyond its share of the task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Final

from ..common.args import inputs
from ..common.inputs import range_problem

ULIMITS: Final = (
    "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio",
    "rttime", "sigpending", "stack",
)  # fmt: skip
"""ECS API, Ulimit."""

SYSTEM_CONTROLS: Final = ("net.", "fs.mqueue.", "kernel.msg", "kernel.sem", "kernel.shm")
"""Starts of kernel parameters that a task in awsvpc mode has for itself (ECS API, SystemControl)."""


@inputs
class Limits:
    """Limits of a container, as the kernel counts them."""

    ulimits: Mapping[str, int] = field(default_factory=dict[str, int])
    """Name as in ECS (nofile, nproc, memlock, ...) → number, both soft and hard; memlock -1: no limit. By default
    Docker's, and 65,536 open files (the ECS-optimized AMI)."""
    shared_memory_mib: int | None = None
    """MiB of /dev/shm, 1 or more, for browsers and databases; part of the task's memory. By default 64 (Docker)."""
    tmpfs_mib: Mapping[str, int] = field(default_factory=dict[str, int])
    """Path → MiB of a file system in memory, part of the task's; for what must not lie on a disk. By default none."""
    system_controls: Mapping[str, str] = field(default_factory=dict[str, str])
    """Kernel parameter → value, for example `net.core.somaxconn`; only those that a task has for itself. By default
    the kernel's."""

    def problem(self) -> str | None:
        """What ECS, or the kernel of a task of its own, does not take."""
        for name, value in self.ulimits.items():
            if name not in ULIMITS:
                return f"ulimits: {name} is none; there are {', '.join(ULIMITS)}"
            if problem := range_problem(f"ulimits: {name}", value, -1):
                return problem
        for name in self.system_controls:
            if not name.startswith(SYSTEM_CONTROLS):
                return f"system_controls: {name} is the instance's, not the task's; use {'*, '.join(SYSTEM_CONTROLS)}*"
        small = (
            None if self.shared_memory_mib is None else range_problem("shared_memory_mib", self.shared_memory_mib, 1)
        )
        return small or self._tmpfs_problem()

    def _tmpfs_problem(self) -> str | None:
        for path, size in self.tmpfs_mib.items():
            if problem := range_problem(f"tmpfs_mib: {path}", size, 1):
                return problem
            if not path.startswith("/"):
                return f"tmpfs_mib: must map absolute paths to MiB, got {path}"
        return None

    @property
    def linux_parameters(self) -> dict[str, Any]:
        """Their part of a container definition's linuxParameters."""
        found: dict[str, Any] = {}
        if self.shared_memory_mib is not None:
            found["sharedMemorySize"] = self.shared_memory_mib
        if self.tmpfs_mib:
            found["tmpfs"] = [
                {"containerPath": path, "size": size, "mountOptions": ["nosuid", "nodev"]}
                for path, size in sorted(self.tmpfs_mib.items())
            ]
        return found

    @property
    def of_container(self) -> dict[str, Any]:
        """Their part of a container definition outside of it."""
        found: dict[str, Any] = {}
        if self.ulimits:
            found["ulimits"] = [
                {"name": name, "softLimit": value, "hardLimit": value} for name, value in sorted(self.ulimits.items())
            ]
        if self.system_controls:
            found["systemControls"] = [
                {"namespace": name, "value": value} for name, value in sorted(self.system_controls.items())
            ]
        return found
