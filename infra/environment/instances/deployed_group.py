"""The Auto Scaling group as this stack deployed it last: what an update must not undo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, kw_only=True)
class DeployedGroup:
    """What the stack's state says of the group; the version that its instances run is known to AWS alone."""

    name: str
    min_size: int
    capacity_timeout: str
    """How long its creation waited for the first instances, as the provider writes it."""
    mixed_instances_policy: Mapping[str, Any]

    @classmethod
    def of(cls, outputs: Mapping[str, Any]) -> Self:
        """The group of a resource's outputs."""
        return cls(
            name=str(outputs.get("name") or ""),
            min_size=int(outputs.get("minSize") or 0),
            capacity_timeout=str(outputs.get("waitForCapacityTimeout") or ""),
            mixed_instances_policy=outputs.get("mixedInstancesPolicy") or {},
        )
