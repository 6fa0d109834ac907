"""Linux capabilities of a container."""

from __future__ import annotations

HARMLESS = frozenset(
    {
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE",
        "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    }
)  # fmt: skip
"""What may be added: Docker gives it to each container anyway (source: Kubernetes documentation, Pod Security
Standards, Baseline, Capabilities). NET_RAW is not among it: it forges packets of the neighbours."""


def plain_name(capability: object) -> str:
    """Return a capability as ECS names it: `CAP_SYS_ADMIN` and `sys_admin` are `SYS_ADMIN`."""
    return str(capability).strip().upper().removeprefix("CAP_")
