"""Where tasks of a service stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pulumi_aws as aws

ZONES = aws.ecs.ServiceOrderedPlacementStrategyArgs(type="spread", field="attribute:ecs.availability-zone")
INSTANCES = aws.ecs.ServiceOrderedPlacementStrategyArgs(type="spread", field="instanceId")
DENSE = aws.ecs.ServiceOrderedPlacementStrategyArgs(type="binpack", field="memory")


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Strategies in their order, and constraints. By default a lost zone or instance takes as few tasks as possible."""

    strategies: Sequence[aws.ecs.ServiceOrderedPlacementStrategyArgs] = (ZONES, INSTANCES)
    """At most 5 (ECS API, CreateService)."""
    constraints: Sequence[str] = field(default_factory=list[str])
    """Expressions of the cluster query language that an instance has to meet, for example
    `attribute:ecs.instance-type =~ g5.*`; at most 10."""

    @property
    def over_zones(self) -> bool:
        """Whether ECS may even out the zones again: only where they come first (ECS developer guide)."""
        return bool(self.strategies) and self.strategies[0] is ZONES
