"""The table: one entry for each resource type that the sandbox makes for real."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sandbox.entries import (
    containers,
    domains,
    ec2_network,
    ec2_security,
    functions,
    identity,
    instances,
    load_balancing,
    messaging,
    observability,
    storage,
)
from sandbox.resource import Entry

_AREAS: Final = (
    ec2_network,
    ec2_security,
    observability,
    identity,
    messaging,
    containers,
    instances,
    functions,
    load_balancing,
    domains,
    storage,
)

TABLE: Final[Mapping[str, Entry]] = {token: entry for area in _AREAS for token, entry in area.ENTRIES.items()}
