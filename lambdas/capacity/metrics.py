"""What the controller measures: the names of its metrics, and their values after a run."""

from collections.abc import Mapping
from typing import Final

from ..cluster.packing import number
from .actions import ScaleIn, ScaleOut
from .assess import Assessment
from .plan import Plan
from .proposals import Act

CONTROLLER: Final = "capacity"
"""Value of the dimension Controller; also the folder's name."""

SCHEDULABLE_TASKS: Final = "SchedulableTasks"
"""Tasks of the shape that is hardest to place which fit at this moment."""
UNPLACED_TASKS: Final = "UnplacedTasks"
UNMET_TASKS: Final = "UnmetTasks"
"""Unplaced tasks that do not fit at this moment."""
UNPLACEABLE_TASKS: Final = "UnplaceableTasks"
"""Tasks that fit on no empty instance."""
SURPLUS_INSTANCES: Final = "SurplusInstances"
INSTANCES_STARTING: Final = "InstancesStarting"
INSTANCES_NEEDED: Final = "InstancesNeeded"
INSTANCES_ADDED: Final = "InstancesAdded"
INSTANCES_REMOVED: Final = "InstancesRemoved"
AT_MAXIMUM: Final = "AtMaximum"
"""1 while the largest size that is allowed is too small."""

DONE: Final = (INSTANCES_ADDED, INSTANCES_REMOVED)
"""Those that count what was done: 0 unless it was."""


def measured(plan: Plan) -> Mapping[str, float]:
    """The values by metric name, as if the action were done."""
    found = plan.assessment
    if found is None:
        return {SCHEDULABLE_TASKS: 0.0, SURPLUS_INSTANCES: 0.0}
    return {**_state(found), **_done(plan)}


def _state(found: Assessment) -> dict[str, float]:
    return {
        SCHEDULABLE_TASKS: found.schedulable,
        UNPLACED_TASKS: number(found.demand),
        UNMET_TASKS: found.unmet,
        UNPLACEABLE_TASKS: number(found.unplaceable),
        SURPLUS_INSTANCES: found.surplus,
        INSTANCES_STARTING: len(found.supply.starting),
        INSTANCES_NEEDED: found.shortage.instances,
        AT_MAXIMUM: float(not found.shortage.closes),
    }


def _done(plan: Plan) -> dict[str, float]:
    action = plan.proposal.action if isinstance(plan.proposal, Act) else None
    added = action.desired - action.observed if isinstance(action, ScaleOut) else 0
    return {INSTANCES_ADDED: added, INSTANCES_REMOVED: float(isinstance(action, ScaleIn))}
