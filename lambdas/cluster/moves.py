"""A move: some tasks of a service go to emptier instances, by a count that is raised for a while and lowered again.

What is known of it stands in a tag of the service, written before the count is raised: whoever looks next, after a
crash too, finishes the move or takes it back. A count that somebody else has changed meanwhile is theirs again.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final

from .services import Service
from .tags import MOVE

LONGEST: Final = timedelta(minutes=30)
"""A move that is older no longer counts as one that gives its room back, nor does anybody wait for it."""

_MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"
_COUNT: Final = "([0-9]{1,9})"
_TEXT: Final = re.compile(
    r"([a-z]+) at:([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z) "
    rf"before:{_COUNT} during:{_COUNT} misplaced:{_COUNT} in-vain:{_COUNT}"
)


class Phase(Enum):
    """How far a move is."""

    RAISED = "raised"
    """The service shall run more tasks than it wants, so that the further ones start on emptier instances."""
    LOWERING = "lowering"
    """The count is about to be lowered again."""
    LOWERED = "lowered"
    """It shall run again as many as before: those on the fullest instances stop."""
    ENDED = "ended"


_RAISED: Final = (Phase.RAISED, Phase.LOWERING)
"""Until the count is lowered, the further tasks run."""


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

    def counts(self, now: datetime) -> bool:
        """Whether others mind it: it goes on, and did not begin too long ago, nor in a future that no clock shows."""
        return self.going_on and abs(now - self.at) <= LONGEST

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
    found = _TEXT.fullmatch(text)
    move = found and _move(*found.groups())
    if move is None:
        raise ValueError(f"{service.name}: the tag {MOVE} is not understood: {text!r}")
    return move


def understood_move(service: Service) -> Move | None:
    """The same, and None for a tag that is not understood."""
    try:
        return move_of(service)
    except ValueError:
        return None


def moving(services: Iterable[Service], now: datetime) -> tuple[str, ...]:
    """Names of the services whose tasks are being moved. A tag that is not understood is no move."""
    return tuple(each.name for each in services if _counted(each, now))


def surge(services: Iterable[Service], now: datetime) -> int:
    """Tasks that run for a while beside those that are wanted. They stand in room that they give back."""
    return sum(surge_of(each, now) for each in services)


def surge_of(service: Service, now: datetime) -> int:
    """Those of one service; none where somebody else has changed its count, who wants them all."""
    move = _counted(service, now)
    if move is None or move.phase not in _RAISED or service.desired != move.during:
        return 0
    return max(0, move.surge)


def _counted(service: Service, now: datetime) -> Move | None:
    move = understood_move(service)
    return move if move and move.counts(now) else None


def _move(phase: str, at: str, *counts: str) -> Move | None:
    before, during, misplaced, in_vain = map(int, counts)
    try:
        moment = datetime.strptime(at, _MOMENT).replace(tzinfo=UTC)
        return Move(phase=Phase(phase), at=moment, before=before, during=during, misplaced=misplaced, in_vain=in_vain)
    except ValueError:  # the text has the form, but there is no such phase or moment
        return None
