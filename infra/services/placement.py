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
    """At most 5 (ECS API, CreateService). ZONES, INSTANCES and DENSE, or what the API knows besides."""
    constraints: Sequence[str] = field(default_factory=list[str])
    """Expressions of the cluster query language that an instance has to meet, for example
    `attribute:ecs.instance-type =~ g5.*`; at most 10."""

    def __post_init__(self) -> None:
        for name, limit in {"strategies": 5, "constraints": 10}.items():
            if len(getattr(self, name)) > limit:
                raise ValueError(f"{name}: at most {limit} are possible, got {len(getattr(self, name))}")

    @property
    def over_zones(self) -> bool:
        """Whether ECS may even out the zones again: where they come first, and no constraint names one.

        Otherwise AWS refuses it (ECS developer guide, "Balancing an Amazon ECS service across Availability Zones").
        """
        if not self.strategies or any(str(ZONES.field) in expression for expression in self.constraints):
            return False
        first = self.strategies[0]
        return (first.type, first.field) == (ZONES.type, ZONES.field)
