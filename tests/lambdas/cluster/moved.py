"""Services whose tasks are being moved, for the tests."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from lambdas.cluster.moves import Move, Phase
from lambdas.cluster.services import Service
from lambdas.cluster.tags import MOVE


def a_move(at: datetime, before: int, during: int, **changes: Any) -> Move:
    """A move that has just raised the count."""
    inputs: dict[str, Any] = {"phase": Phase.RAISED, "misplaced": 1}
    return Move(at=at, before=before, during=during, **(inputs | changes))


def moved(service: Service | str, at: datetime, before: int, during: int, **changes: Any) -> Service:
    """The service with the tag of such a move; one that wants `during` tasks where only its name is given."""
    if isinstance(service, str):
        service = Service(name=service, desired=during)
    return replace(service, tags={**service.tags, MOVE: a_move(at, before, during, **changes).text()})
