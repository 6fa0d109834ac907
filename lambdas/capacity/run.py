"""One run: observe, plan, act, measure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from ..cluster import journal, metrics
from ..cluster.clients import Clients
from ..cluster.liveness import completed
from ..cluster.services import TaskDefinition
from ..cluster.shapes import ignored_constraints
from ..cluster.switch import read_switch, switch_values
from .act import act
from .actions import Action
from .assess import Assessment
from .demand import placed_tasks
from .free_addresses import read_free_percent
from .measure import DONE, measure
from .metrics import (
    CONTROLLER,
    FREE_ADDRESSES_PERCENT,
    INTERFACES_PERCENT,
    MISSING_TASKS,
    PLACED_TASKS,
    RUNNING_TASKS,
)
from .network_interfaces import is_due, read_used_percent
from .observe import Reader, observe
from .plan import Plan, plan
from .proposals import Act, Details
from .reasons import Reason
from .settings import Settings
from .short_services import missing_daemons, short_services
from .snapshot import CapacitySnapshot

MOST_NAMED: Final = 100
"""Services that one log line names: CloudWatch takes lines of 256 KiB, and a constraint may be long."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What is to be done and why, with all that it was decided on."""

    action: Action | None
    reason: Reason
    details: Details
    """Numbers and ids that belong to the reason."""
    values: Mapping[str, float]
    """Measurements, by metric name."""
    inputs: Mapping[str, Any]
    """What the decision rests on, for people."""


def run(aws: Clients, settings: Settings, now: datetime, known: dict[str, TaskDefinition]) -> Decision:
    """Make one run and publish what it measured. While paused it only says what it would do.

    `known` holds the task definitions that were read before; what is new is added, what is gone is dropped.
    """
    switch = read_switch(aws.ssm, settings.target.switch_parameter)
    cluster = settings.target.cluster
    seen = observe(aws, settings)
    planned = plan(seen, settings, now, Reader(aws=aws, settings=settings, now=now, known=known))
    _forget(known, planned)
    decision = decision_of(planned)
    network = _network(aws, seen, now)  # nothing slow stands between an action and what is published of it
    outcome, error, changed = "none" if decision.action is None else "paused", "", 0
    if decision.action is not None and not switch.paused:
        outcome, error, changed = act(aws, decision.action)
    _log(decision, outcome, error)
    values = {name: min(value, changed) if name in DONE else value for name, value in decision.values.items()}
    values |= {
        **switch_values(switch),
        **network,
        metrics.COMPLETED_PASSES: completed(seen.groups, cluster),
        metrics.FAILED_ACTIONS: float(outcome == "failed"),
    }
    measured = metrics.counts(values, metrics.dimensions(cluster, CONTROLLER))
    measured += _services(RUNNING_TASKS, short_services(seen.services), cluster)
    measured += _services(MISSING_TASKS, missing_daemons(seen.services), cluster)
    if found := planned.assessment:
        measured += _services(PLACED_TASKS, placed_tasks(found.snapshot, found.waits), cluster)
    metrics.publish(aws.cloudwatch, settings.target.namespace, measured)
    return decision


def decision_of(planned: Plan) -> Decision:
    """The plan with its measurements and what people want to know of it."""
    proposal, found = planned.proposal, planned.assessment
    return Decision(
        action=proposal.action if isinstance(proposal, Act) else None,
        reason=proposal.reason,
        details=proposal.details,
        values=measure(planned),
        inputs={} if found is None else _inputs(found),
    )


def _network(aws: Clients, seen: CapacitySnapshot, now: datetime) -> Mapping[str, float]:
    """What the network still gives, by metric name; of what AWS refuses to say, the number. No decision rests on it."""
    parts = {FREE_ADDRESSES_PERCENT: lambda: read_free_percent(aws.ec2, seen.groups)}
    if is_due(now):
        parts[INTERFACES_PERCENT] = lambda: read_used_percent(aws.ec2, aws.quotas)
    found: dict[str, float | None] = {}
    for name, read in parts.items():
        try:
            found[name] = read()
        except (ClientError, BotoCoreError) as error:
            journal.write("not read", "ERROR", part=name, error=str(error))
    known = {name: value for name, value in found.items() if value is not None}
    return {metrics.UNREAD_PARTS: float(len(parts) - len(found)), **known}


def _services(metric: str, values: Mapping[str, int], cluster: str) -> list[metrics.Count]:
    return [
        metrics.Count(metric=metric, value=value, dimensions=metrics.service_dimensions(cluster, name))
        for name, value in values.items()
    ]


def _forget(known: dict[str, TaskDefinition], planned: Plan) -> None:
    used = planned.assessment.snapshot.definitions if planned.assessment else {}
    for arn in set(known) - set(used):
        del known[arn]


def _inputs(found: Assessment) -> dict[str, Any]:
    group, supply, snapshot = found.group, found.supply, found.snapshot
    return {
        "group": group.name,
        "desired": group.desired_capacity,
        "minimum": group.min_size,
        "maximum": group.max_size,
        "ready": len(supply.ready),
        "away": len(supply.away),
        "starting": len(supply.starting),
        "shapes": {shape.text(): count for shape, count in found.fitting.items()},
        "unplaced": {each.shape.text(): each.count for each in found.demand},
        "unplaceable": {each.shape.text(): each.count for each in found.unplaceable},
        "stuck": [each.text() for each in found.stuck[:MOST_NAMED]],
        "needed": found.shortage.instances,
        "surplus": found.surplus,
        "ignored_constraints": ignored_constraints(snapshot.local_services, snapshot.definitions),
    }


def _log(decision: Decision, outcome: str, error: str) -> None:
    action = decision.action
    journal.write(
        type(action).__name__ if action else "NoChange",
        "ERROR" if outcome == "failed" else "INFO",
        outcome=outcome,
        reason=decision.reason.value,
        details=decision.details,
        action=asdict(action) if action else {},
        inputs=decision.inputs,
        values=decision.values,
        **({"error": error} if error else {}),
    )
