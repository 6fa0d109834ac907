"""What an operator can do where the capacity controller lets something wait."""

from __future__ import annotations

from datetime import datetime

from lambdas.capacity.assess import Assessment
from lambdas.capacity.reasons import Reason
from lambdas.cluster import moves
from lambdas.cluster.disruption import Disruption, quiet_until

from .words import joined

_NOTHING = "nothing to do"


def advice_on(reason: Reason, found: Assessment, disruption: Disruption, now: datetime) -> str:
    """A sentence; empty where the reason says all."""
    match reason:
        case Reason.QUIET_TIME:
            return _on_quiet_times(disruption, now)
        case Reason.TASKS_ARE_MOVED:
            return _on_moves(found, now)
        case _:
            return ""


def _on_quiet_times(disruption: Disruption, now: datetime) -> str:
    until = quiet_until(disruption, now)
    how = "to remove instances now, shorten disruption.quietTimes and run pulumi up"
    if until is None:
        return f"it is always quiet: {', '.join(disruption.quiet)}; {how}"
    return f"{_NOTHING}: it is quiet until {until:%a %H:%M} UTC, then the surplus goes; {how}"


def _on_moves(found: Assessment, now: datetime) -> str:
    names = joined(moves.moving(found.snapshot.local_services, now))
    longest = int(moves.LONGEST.total_seconds()) // 60
    return f"{_NOTHING}: tasks of {names} go to emptier instances; a move is not waited for longer than {longest} min"
