"""What all components of an environment have in common: names, location, tags, the rules for logs and roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from ..common.location import Location
from ..common.names import Names


@dataclass(frozen=True, kw_only=True)
class Conventions:
    """Names and defaults that every component of an environment keeps to."""

    names: Names
    location: Location
    tags: Mapping[str, str]
    """The provider sets them on everything it makes; where AWS does not inherit them, components do."""
    log_retention_days: int = 90
    """Days that every log group of the platform keeps its events; a value that CloudWatch Logs accepts."""
    key_arn: pulumi.Input[str] | None = None
    """KMS key of log groups and topics; None leaves them to the keys that AWS owns."""
    permissions_boundary_arn: str | None = None
    """IAM policy that bounds every role; None for no boundary."""
    protect: bool = True
    """Whether the engine refuses to delete what others stand on or what holds data: group, cluster, network, load
    balancer, key and logs of access. By default it does."""
