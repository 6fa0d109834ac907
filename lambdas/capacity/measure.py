"""The values of the capacity controller's metrics after a run."""

from collections.abc import Mapping
from typing import Final

from ..cluster.packing import number
from . import metrics
from .actions import ScaleIn, ScaleOut
from .assess import Assessment
from .plan import Plan
from .proposals import Act
from .reasons import Reason

DONE: Final = (metrics.INSTANCES_ADDED, metrics.INSTANCES_REMOVED)
"""What counts only as far as it was done."""


def measure(plan: Plan) -> Mapping[str, float]:
    """The values by metric name, as if the action were done."""
    found = plan.assessment
    several = {metrics.SEVERAL_GROUPS: float(plan.proposal.reason is Reason.SEVERAL_GROUPS)}
    if found is None:
        return {metrics.SCHEDULABLE_TASKS: 0.0, metrics.SURPLUS_INSTANCES: 0.0, **several}
    return {**several, **_state(found), **_action(plan)}


def _state(found: Assessment) -> dict[str, float]:
    return {
        metrics.SCHEDULABLE_TASKS: found.schedulable,
        metrics.UNPLACED_TASKS: number(found.demand),
        metrics.UNMET_TASKS: found.unmet,
        metrics.UNPLACEABLE_TASKS: number(found.unplaceable),
        metrics.STUCK_TASKS: sum(each.count for each in found.stuck),
        metrics.SURPLUS_INSTANCES: found.surplus,
        metrics.INSTANCES_STARTING: len(found.supply.starting),
        metrics.INSTANCES_NEEDED: found.shortage.instances,
        metrics.AT_MAXIMUM: float(not found.shortage.closes),
    }


def _action(plan: Plan) -> dict[str, float]:
    action = plan.proposal.action if isinstance(plan.proposal, Act) else None
    added = action.desired - action.observed if isinstance(action, ScaleOut) else 0
    removed = len(action.instance_ids) if isinstance(action, ScaleIn) else 0
    return {metrics.INSTANCES_ADDED: added, metrics.INSTANCES_REMOVED: removed}
