"""On which instances the tasks of a service run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Final

import pulumi_aws as aws

from ..common.args import example, inputs
from ..common.inputs import Texts

ZONES: Final = aws.ecs.ServiceOrderedPlacementStrategyArgs(type="spread", field="attribute:ecs.availability-zone")
"""Strategy: spread over the zones."""

INSTANCES: Final = aws.ecs.ServiceOrderedPlacementStrategyArgs(type="spread", field="instanceId")
"""Strategy: spread over the instances."""

DENSE: Final = aws.ecs.ServiceOrderedPlacementStrategyArgs(type="binpack", field="memory")
"""Strategy: fill an instance's memory before the next one gets a task."""

REBALANCING: Final = "ecs-platform:rebalancing"
"""Tag of a service, `on` or `off`: whether its tasks are moved (lambdas/cluster/tags.py has the same word)."""

MOVE: Final = "ecs-platform:move"
"""Tag of a service that the rebalancing controller writes: the move that goes on, or the last one (same source)."""

MARK: Final = f'tags["{MOVE}"]'
"""What a deployment leaves as it is: a move that went on would be forgotten otherwise. The path needs `tags` in the
program; of `tagsAll`, which no program gives, the engine refuses one."""

MOST_STRATEGIES, MOST_CONSTRAINTS = 5, 10
"""Of a service (ECS API, CreateService)."""


@inputs
class Placement:
    """Strategies in their order, and constraints, as in ECS."""

    strategies: Sequence[aws.ecs.ServiceOrderedPlacementStrategyArgs] = field(
        default=(ZONES, INSTANCES), metadata=example("[ZONES, INSTANCES]")
    )
    """ZONES, INSTANCES and DENSE, or others of the API, 5 at most (ECS API, CreateService). By default zones, then
    instances: a lost one takes as few tasks as possible."""
    constraints: Texts = ()
    """Expressions of the cluster query language that an instance has to meet, for example
    `attribute:ecs.instance-type =~ g5.*`; 10 at most (same source). By default every instance will do."""

    rebalance: bool = True
    """Whether tasks of a service that stand on too full an instance, or in too full a zone, are moved to emptier ones:
    further tasks start, and as many of the others stop. Tasks of jobs are never moved; False is for tasks that take
    long to warm up. By default they are moved, a few at a time."""

    def problem(self) -> str | None:
        """Whether there are more than ECS takes."""
        if len(self.strategies) > MOST_STRATEGIES:
            return f"strategies: must be {MOST_STRATEGIES} at most, got {len(self.strategies)}"
        return constraints_problem(self.constraints)

    @property
    def tags(self) -> dict[str, str]:
        """The tag of the service by which the controller knows. It always stands: the engine compares within tags."""
        return {REBALANCING: "on" if self.rebalance else "off"}

    @property
    def rebalances_zones(self) -> bool:
        """Whether ECS may rebalance the zones: they come first, and no constraint names one.

        Otherwise AWS refuses to (ECS developer guide, "Balancing an Amazon ECS service across Availability Zones").
        """
        if not self.strategies or any(str(ZONES.field) in expression for expression in self.constraints):
            return False
        first = self.strategies[0]
        return (first.type, first.field) == (ZONES.type, ZONES.field)


def constraints_problem(constraints: Texts) -> str | None:
    """Whether there are more than ECS takes, or one that says nothing."""
    if not all(one.strip() for one in constraints):
        return "constraints: an expression is empty; leave it out"
    if len(constraints) > MOST_CONSTRAINTS:
        return f"constraints: must be {MOST_CONSTRAINTS} at most, got {len(constraints)}"
    return None
