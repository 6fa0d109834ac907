"""Security groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_operations.ingress import HOLDERS, openings
from ecs_operations.registry import Config, Results, Severity, WhenUnknown, resource_rule

if TYPE_CHECKING:
    from ecs_operations.model import Resource

ADMIN_PORTS = {22: "SSH", 3389: "RDP"}


@resource_rule(
    "sg-no-public-ssh",
    summary="Nobody administers a machine from the Internet.",
    fix="Remove the rule; open sessions with Session Manager, which needs no port.",
    severity=Severity.CRITICAL,
    source="AWS Systems Manager user guide, Session Manager",
    anchors=("Security Hub EC2.13", "Security Hub EC2.14", "checkov CKV_24", "cdk-nag EC2RestrictedSSH"),
    types=HOLDERS,
    unknown=WhenUnknown.SKIP,
    guards=("ingress",),
)
def sg_no_public_ssh(holder: Resource, _config: Config) -> Results:
    """A port for administration that the world reaches is tried within minutes; a wide range or `-1` includes it."""
    for opening in openings(holder):
        for port, name in ADMIN_PORTS.items():
            if opening.world and port in opening.ports:
                yield f"opens {name} (port {port}) to the world"
