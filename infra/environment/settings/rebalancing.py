"""The key `rebalancing`: how tasks are moved to emptier instances."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from lambdas.rebalancing.settings import START_S, Moves

from ..conflict import Conflict
from ..controllers import RebalancingControllerArgs
from .section import Section


class RebalancingSettings(Section):
    """How tasks of a service are moved from too full instances and zones to emptier ones."""

    dry_run_days: int = Field(
        default=RebalancingControllerArgs.dry_run_days,
        ge=0,
        le=365,
        description="Days in which moves are only told: counted from when this was written or changed last. 0: tasks "
        "are moved at once.",
    )
    services: int = Field(
        default=Moves.services, ge=1, le=100, description="Services whose tasks are moved at a time, at most."
    )
    cooldown_s: int = Field(
        default=Moves.cooldown_s,
        ge=0,
        le=86_400,
        description="Seconds from the end of a service's move until its next one.",
    )
    timeout_s: int = Field(
        default=Moves.timeout_s,
        ge=120,
        le=1_500,
        description="Seconds that further tasks have to run and be healthy; then the move is taken back.",
    )
    soak_s: int = Field(
        default=Moves.soak_s,
        ge=0,
        le=600,
        description="Seconds that the further tasks must have run before as many others stop.",
    )
    look_minutes: int = Field(
        default=Moves.look_minutes,
        ge=1,
        le=60,
        description="Minutes in which the tasks of every service are looked at once.",
    )

    def conflicts(self) -> Iterator[Conflict]:
        """A move whose tasks could never have run long enough in time."""
        needed = self.soak_s + START_S
        if self.timeout_s < needed:
            text = f"{self.timeout_s} is less than soakS + {START_S} s to start; raise it to {needed}, or lower soakS"
            yield Conflict("timeoutS", text, ("soakS",))

    def to_controller(self) -> Moves:
        """The same as the controller reads it."""
        return Moves(
            services=self.services,
            cooldown_s=self.cooldown_s,
            timeout_s=self.timeout_s,
            soak_s=self.soak_s,
            look_minutes=self.look_minutes,
        )
