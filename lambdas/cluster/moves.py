"""A move: some tasks of a service go to emptier instances, by a count that is raised for a while and lowered again.

What is known of it stands in a tag of the service, written before the count is raised: whoever looks next, after a
crash too, finishes the move or takes it back. A count that somebody else has changed meanwhile is theirs again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final

from .services import Service
from .tags import MOVE

LONGEST: Final = timedelta(minutes=30)
"""A move that is older no longer counts as one that gives its room back."""

_MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"


class Phase(Enum):
    """How far a move is."""

    RAISED = "raised"
    """The service shall run more tasks than it wants, so that the further ones start on emptier instances."""
    LOWERING = "lowering"
    """The count is about to be lowered again."""
    LOWERED = "lowered"
    """It shall run again as many as before: those on the fullest instances stop."""
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True)
class Move:
    """A move as the tag tells it."""

    phase: Phase
    at: datetime
    """When the phase began."""
    before: int
    """Tasks that the service wanted before."""
    during: int
    """Tasks that it wants while it is raised."""
    misplaced: int
    """Tasks that stood on too full an instance when it began."""
    in_vain: int = 0
    """Moves before this one, one after the other, after which no fewer were misplaced."""

    @property
    def going_on(self) -> bool:
        return self.phase is not Phase.ENDED

    @property
    def surge(self) -> int:
        """Tasks by which the count is raised."""
        return self.during - self.before

    def text(self) -> str:
        """As the tag holds it; words, numbers and `:` are what tags of ECS allow."""
        moment = self.at.astimezone(UTC).strftime(_MOMENT)
        counts = f"before:{self.before} during:{self.during} misplaced:{self.misplaced} in-vain:{self.in_vain}"
        return f"{self.phase.value} at:{moment} {counts}"


def move_of(service: Service) -> Move | None:
    """The move that the service's tag tells of; None without one. Raises ValueError when the tag is not understood."""
    text = service.tags.get(MOVE)
    if text is None:
        return None
    phase, *pairs = text.split(" ")
    found = dict(each.split(":", 1) for each in pairs if ":" in each)
    try:
        return Move(
            phase=Phase(phase),
            at=datetime.strptime(found["at"], _MOMENT).replace(tzinfo=UTC),
            before=int(found["before"]),
            during=int(found["during"]),
            misplaced=int(found["misplaced"]),
            in_vain=int(found["in-vain"]),
        )
    except (KeyError, ValueError):
        raise ValueError(f"{service.name}: the tag {MOVE} is not understood: {text!r}") from None


def surge(services: Iterable[Service], now: datetime) -> int:
    """Tasks that run for a while beside those that are wanted. They stand in room that they give back."""
    return sum(_surge(each, now) for each in services)


def _surge(service: Service, now: datetime) -> int:
    try:
        move = move_of(service)
    except ValueError:
        return 0
    if move is None or move.phase is not Phase.RAISED or now - move.at > LONGEST or service.desired != move.during:
        return 0
    return max(0, move.surge)
