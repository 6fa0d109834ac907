"""Settings of the rebalancing controller: written by the program as environment variables, read by the function."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ..cluster import environment
from ..cluster.disruption import BUDGET, Disruption
from ..cluster.target import Target

START_S: Final = 90
"""Seconds that a further task is given to start, and to be seen: a run looks once a minute."""


@dataclass(frozen=True, kw_only=True)
class DryRun:
    """The time in which moves are only told."""

    parameter: str
    """Name of the SSM parameter that holds its length in days; it began when that was written last."""


@dataclass(frozen=True, kw_only=True)
class Moves:
    """How tasks are moved."""

    services: int = 5
    """Services whose tasks are moved at a time; 1 to 100."""
    cooldown_s: int = 120
    """Seconds from the end of a service's move to its next one; 0 to 86,400."""
    timeout_s: int = 900
    """Seconds after which further tasks that do not run are taken back; 120 to 1,500."""
    soak_s: int = 30
    """Seconds that the further tasks must have run before others stop; 0 to 600."""
    look_minutes: int = 3
    """Minutes in which every service is looked at once: its tasks are read, two calls for each hundred; 1 to 60."""
    give_up_s: int = 86_400
    """Seconds that a service is left alone after moves that did not help; 3,600 to 604,800. A deployment ends it."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings; raises ValueError with every problem."""

    target: Target
    dry_run: DryRun
    moves: Moves = Moves()
    disruption: Disruption = BUDGET

    def __post_init__(self) -> None:
        problems = [*self._range_problems(), *self.disruption.problems()]
        if problems:
            raise ValueError("; ".join(problems))

    def environment(self) -> dict[str, str]:
        """The environment variables of the function; the program renders them."""
        return environment.render(self)

    @classmethod
    def from_environment(cls, variables: Mapping[str, str]) -> "Settings":
        """Read them back; raises ValueError that names the variable."""
        return environment.parse(cls, variables)

    def _range_problems(self) -> list[str]:
        moves = self.moves
        checks = (
            ("moves services", moves.services, 1, 100),
            ("moves cooldown", moves.cooldown_s, 0, 86_400),
            (
                "moves timeout",
                moves.timeout_s,
                120,
                1_500,
            ),  # below moves.LONGEST, after which nobody counts on the room
            ("moves soak", moves.soak_s, 0, 600),
            ("moves look minutes", moves.look_minutes, 1, 60),
            ("moves give up", moves.give_up_s, 3_600, 604_800),
        )
        problems = [
            f"{name}: must be {low} to {high}, got {got}" for name, got, low, high in checks if not low <= got <= high
        ]
        return problems + moves_problems(timeout_s=moves.timeout_s, soak_s=moves.soak_s) + self._memory_problems()

    def _memory_problems(self) -> list[str]:
        moves = self.moves
        if moves.cooldown_s <= moves.give_up_s:
            return []
        return [
            f"moves cooldown: {moves.cooldown_s} s is more than {moves.give_up_s} s, after which a move is forgotten"
        ]


def moves_problems(*, timeout_s: int, soak_s: int) -> list[str]:
    """Check that further tasks can start and soak before they are taken back."""
    needed = soak_s + START_S
    if timeout_s >= needed:
        return []
    return [f"moves timeout: {timeout_s} s is less than soak {soak_s} s + {START_S} s to start, raise it to {needed} s"]
