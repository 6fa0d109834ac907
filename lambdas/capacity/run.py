"""One run: observe, plan, act, measure."""

from dataclasses import asdict
from datetime import datetime

from ..cluster import journal, metrics
from ..cluster.clients import Clients
from ..cluster.services import TaskDefinition
from ..cluster.switch import read_paused
from .act import act
from .history import dimensions
from .observe import observe
from .plan import Decision, plan
from .settings import Settings


def run(aws: Clients, settings: Settings, now: datetime, known: dict[str, TaskDefinition]) -> Decision:
    """Make one run and publish what it measured. While paused it only says what it would do."""
    paused = read_paused(aws.ssm, settings.target.switch_parameter)
    decision = plan(observe(aws, settings, now, known), settings, now)
    outcome, error = ("none", "") if decision.action is None else ("paused", "")
    if decision.action is not None and not paused:
        outcome, error = act(aws, decision.action)
    _log(decision, outcome, error)
    done = {"InstancesOrdered", "InstancesRemoved"}
    values = {name: value if outcome == "done" or name not in done else 0.0 for name, value in decision.values.items()}
    values |= {metrics.PASSES: 1.0, "Paused": float(paused), "FailedActions": float(outcome == "failed")}
    metrics.publish(aws.cloudwatch, namespace=settings.target.namespace, dimensions=dimensions(settings), values=values)
    return decision


def _log(decision: Decision, outcome: str, error: str) -> None:
    action = decision.action
    details = {} if action is None else {key: value for key, value in asdict(action).items() if key != "reason"}
    journal.write(
        type(action).__name__ if action else "Nothing",
        "ERROR" if outcome == "failed" else "INFO",
        outcome=outcome,
        reason=decision.reason,
        action=details,
        inputs=decision.inputs,
        values=decision.values,
        **({"error": error} if error else {}),
    )
