"""Paths of a container instance that open it to whoever mounts them."""

from __future__ import annotations

import posixpath

_READ_OR_WRITTEN = (
    "/dev", "/etc", "/home", "/proc", "/root", "/run", "/var/run", "/var/lib/containerd", "/var/lib/docker",
    "/var/lib/ecs", "/var/spool/cron",
)  # fmt: skip
"""Devices, keys and passwords, the environment of every process, and the sockets of Docker, containerd and the ECS
agent: who may connect to one is root on the host, however it is mounted."""
_WRITTEN = ("/bin", "/boot", "/lib", "/lib64", "/sbin", "/sys", "/usr")
"""Programs and settings that root runs. Both lists: CIS Docker Benchmark, 5.5 (sensitive host system directories) and
5.31 (Docker socket), with the folders of the ECS agent (Amazon ECS developer guide, Container agent configuration)."""
_PUBLIC = ("/etc/localtime", "/etc/timezone", "/etc/ssl/certs", "/etc/pki", "/etc/hosts", "/etc/resolv.conf",
           "/etc/os-release", "/etc/machine-id")  # fmt: skip
"""What every container has a copy of; to read it does no harm."""


def opens_the_host(path: str, *, read_only: bool) -> bool:
    """Return whether a container that mounts this path of its host can take the host over, or read its secrets."""
    given = "/" + posixpath.normpath(path).lstrip("/")
    if read_only and any(_within(given, one) for one in _PUBLIC):
        return False
    guarded = _READ_OR_WRITTEN if read_only else (*_READ_OR_WRITTEN, *_WRITTEN)
    return any(_within(given, one) or _within(one, given) for one in guarded)


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder.rstrip('/')}/")
