"""The decision of one run: snapshot, settings and the time in; at most one action and the measurements out. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..cluster.snapshot import ContainerInstance
from . import shrink
from .actions import Action, Order, Remove
from .assess import Assessment, assess
from .demand import number
from .grow import Need, need
from .settings import Settings
from .shapes import ignored_constraints
from .slots import total
from .view import Snapshot


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What is to be done and why, with all that it was decided on."""

    action: Action | None
    reason: str
    values: Mapping[str, float]
    """Measurements, by metric name."""
    inputs: Mapping[str, Any]
    """What the decision rests on, for people."""


def plan(snapshot: Snapshot, settings: Settings, now: datetime) -> Decision:
    """Decide. Doing it twice, or deciding twice on the same moment, does no harm."""
    if snapshot.group is None:
        return Decision(action=None, reason="there is no group to scale", values=_no_values(), inputs={})
    assessment = assess(snapshot, snapshot.group, settings, now)
    missing = _missing(assessment)
    action, reason = _decide(snapshot, assessment, missing, settings, now)
    return Decision(
        action=action,
        reason=reason,
        values=_values(assessment, missing, action),
        inputs=_inputs(snapshot, assessment, missing),
    )


def wants_to_look(snapshot: Snapshot, settings: Settings, now: datetime) -> bool:
    """Whether the history of the surplus matters: everything else would let an instance go."""
    if snapshot.group is None:
        return False
    assessment = assess(snapshot, snapshot.group, settings, now)
    reason = shrink.obstacle(snapshot, assessment, settings, now)
    return reason in ("", "the surplus is too recent")


def looked_at(snapshot: Snapshot, settings: Settings, now: datetime) -> tuple[ContainerInstance, ...]:
    """The instances whose tasks the decision needs; none most of the time."""
    if snapshot.group is None:
        return ()
    assessment = assess(snapshot, snapshot.group, settings, now)
    blocked = shrink.obstacle(snapshot, assessment, settings, now)
    return () if blocked else shrink.candidates(snapshot, assessment)


def _missing(assessment: Assessment) -> Need:
    group = assessment.group
    return need(assessment.fleet, assessment.target, max(0, group.max_size - group.desired_capacity))


def _decide(
    snapshot: Snapshot, assessment: Assessment, missing: Need, settings: Settings, now: datetime
) -> tuple[Action | None, str]:
    if missing.instances or not missing.closes:
        return _order(assessment, missing, settings)
    blocked = shrink.obstacle(snapshot, assessment, settings, now)
    if blocked:
        return None, blocked
    instance_id, reason = shrink.victim(snapshot, assessment, settings)
    if instance_id is None:
        return None, reason
    group = assessment.group
    action = Remove(group=group.name, instance_id=instance_id, observed=group.desired_capacity, reason=reason)
    return action, reason


def _order(assessment: Assessment, missing: Need, settings: Settings) -> tuple[Action | None, str]:
    group = assessment.group
    if not missing.instances:
        return None, "the group is at its maximum and too small"
    count = min(missing.instances, settings.grow.per_minute - assessment.fleet.just_ordered)
    if count < 1:
        return None, "as many instances as allowed were ordered within the last minute"
    waiting = number(assessment.demand)
    missed = f"{missing.instances} instances are missing" if missing.closes else "more than the maximum is missing"
    reason = f"{waiting} tasks wait and {missed}, {count} instances are ordered now"
    desired = group.desired_capacity + count
    return Order(group=group.name, desired=desired, observed=group.desired_capacity, reason=reason), reason


def _values(assessment: Assessment, missing: Need, action: Action | None) -> dict[str, float]:
    ordered = action.desired - action.observed if isinstance(action, Order) else 0
    return {
        "SchedulableTasks": assessment.schedulable,
        "UnplacedTasks": number(assessment.demand),
        "UnmetTasks": assessment.unmet,
        "UnplaceableTasks": number(assessment.unplaceable),
        "SurplusInstances": assessment.surplus,
        "InstancesStarting": len(assessment.fleet.starting),
        "InstancesNeeded": missing.instances,
        "InstancesOrdered": ordered,
        "InstancesRemoved": float(isinstance(action, Remove)),
        "AtMaximum": float(not missing.closes),
    }


def _no_values() -> dict[str, float]:
    return {"SchedulableTasks": 0.0, "SurplusInstances": 0.0}


def _inputs(snapshot: Snapshot, assessment: Assessment, missing: Need) -> dict[str, Any]:
    group, fleet = assessment.group, assessment.fleet
    return {
        "group": group.name,
        "desired": group.desired_capacity,
        "minimum": group.min_size,
        "maximum": group.max_size,
        "ready": len(fleet.ready),
        "away": len(fleet.away),
        "starting": len(fleet.starting),
        "shapes": {each.text(): total(fleet.ready, each) for each in assessment.shapes},
        "unplaced": {each.shape.text(): each.count for each in assessment.demand},
        "unplaceable": {each.shape.text(): each.count for each in assessment.unplaceable},
        "needed": missing.instances,
        "surplus": assessment.surplus,
        "ignored_constraints": ignored_constraints(snapshot.local_services, snapshot.definitions),
    }
