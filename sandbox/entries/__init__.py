"""The table: one entry for each resource type that the sandbox makes for real."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sandbox.entries import (
    autoscaling,
    containers,
    domains,
    ec2_network,
    ec2_routes,
    ec2_security,
    ecs_services,
    functions,
    identity,
    instances,
    launch_templates,
    load_balancing,
    messaging,
    observability,
    secrets,
    storage,
    target_groups,
)
from sandbox.resource import Entry

_AREAS: Final = (
    ec2_network,
    ec2_routes,
    ec2_security,
    observability,
    identity,
    secrets,
    messaging,
    containers,
    ecs_services,
    launch_templates,
    instances,
    autoscaling,
    functions,
    load_balancing,
    target_groups,
    domains,
    storage,
)

TABLE: Final[Mapping[str, Entry]] = {token: entry for area in _AREAS for token, entry in area.ENTRIES.items()}
