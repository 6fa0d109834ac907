"""The plan of one run: a tuple of steps, each of which acts, waits, asks, or leaves it to the next. No I/O.

The steps alone decide what has to be known: what they ask for is read, and they propose again, until nobody asks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from . import scale_in, scale_out
from .assess import Assessment, assess
from .proposals import Act, Ask, Proposal, Question, Wait
from .reasons import Reason
from .settings import Settings
from .snapshot import CapacitySnapshot
from .unknown import unknown

Step = Callable[[Assessment, Settings, datetime], Proposal | None]
"""What one step proposes on a snapshot and what it means; None leaves it to the next step."""

Answer = Callable[[CapacitySnapshot, tuple[Question, ...]], CapacitySnapshot]
"""Reads what was asked for: the snapshot with an entry for everything."""

STEPS: Final[tuple[Step, ...]] = (scale_out.propose, scale_in.propose)

MAX_ROUNDS: Final = 10
"""Rounds of questions in one run. Five is what the steps need at most; more would be an answer that answers nothing."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be done, and what that was decided on."""

    proposal: Act | Wait
    assessment: Assessment | None
    """None without a group to scale."""


def plan(snapshot: CapacitySnapshot, settings: Settings, now: datetime, answer: Answer) -> Plan:
    """Decide. Doing it twice, or deciding twice on the same moment, does no harm."""
    proposal, assessment = propose(snapshot, settings, now)
    for _ in range(MAX_ROUNDS):
        if not isinstance(proposal, Ask):
            return Plan(proposal=proposal, assessment=assessment)
        snapshot = answer(snapshot, proposal.questions)
        proposal, assessment = propose(snapshot, settings, now, assessment)
    raise RuntimeError(f"plan: {MAX_ROUNDS} rounds of questions did not end, the last was {proposal}")


def propose(
    snapshot: CapacitySnapshot, settings: Settings, now: datetime, before: Assessment | None = None
) -> tuple[Proposal, Assessment | None]:
    """What the first step with an opinion proposes, and the assessment it rests on.

    An assessment `before` is kept when the answers since then do not change it.
    """
    if len(snapshot.living_groups) > 1:
        names = ", ".join(sorted(each.name for each in snapshot.living_groups))
        return Wait(reason=Reason.SEVERAL_GROUPS, details={"groups": names}), None
    if snapshot.group is None:
        return Wait(reason=Reason.NO_GROUP), None
    if questions := unknown(snapshot):
        return Ask(questions=questions), before
    assessment = (before and before.of(snapshot)) or assess(snapshot, snapshot.group, settings, now)
    proposals = (step(assessment, settings, now) for step in STEPS)
    return next((each for each in proposals if each), Wait(reason=Reason.NO_SURPLUS)), assessment
