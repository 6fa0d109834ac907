"""Scale out: add the instances that are missing, at once, as far as the maximum and the limit per minute allow."""

from datetime import datetime

from ..cluster.packing import number
from .actions import ScaleOut
from .assess import Assessment
from .proposals import Act, Ask, Details, Proposal, Wait, WaitingSince
from .reasons import Reason
from .settings import Settings


def propose(assessment: Assessment, settings: Settings, now: datetime) -> Proposal | None:  # noqa: ARG001 - as every step
    """Add instances, wait where none may be added; None when none is missing."""
    missing = assessment.shortage
    if not missing.instances and missing.closes:
        return None
    if not missing.instances:
        return Wait(reason=Reason.MAXIMUM_REACHED)
    if assessment.snapshot.waited is None:
        return Ask(questions=(WaitingSince(services=frozenset()),))
    details: Details = {"waiting": number(assessment.demand), "missing": missing.instances}
    count = min(missing.instances, settings.grow.per_minute - assessment.supply.just_added)
    if count < 1:
        return Wait(reason=Reason.JUST_ADDED, details=details)
    size = assessment.group.desired_capacity
    action = ScaleOut(group=assessment.group.name, desired=size + count, observed=size)
    return Act(action=action, reason=Reason.ROOM_IS_SHORT, details={**details, "added": count})
