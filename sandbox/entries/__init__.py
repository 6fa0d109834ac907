"""The table: one entry for each resource type that the sandbox makes for real."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sandbox.entries import (
    containers,
    ec2_network,
    ec2_security,
    functions,
    identity,
    instances,
    messaging,
    observability,
)
from sandbox.resource import Entry

TABLE: Final[Mapping[str, Entry]] = {
    token: entry
    for area in (ec2_network, ec2_security, observability, identity, messaging, containers, instances, functions)
    for token, entry in area.ENTRIES.items()
}
