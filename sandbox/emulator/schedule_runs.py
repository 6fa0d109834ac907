"""What a schedule, or a rule with a cluster as its target, started: its retries, and the dead-letter queue.

Source: EventBridge Scheduler User Guide, "Configuring a dead-letter queue": the queue gets the payload, and attributes
that say why. Invocations that a target refuses are not tried again; those without room are.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from moto.core.exceptions import ServiceException
from moto.sqs.models import sqs_backends

from . import ecs_target, world

_UNIVERSAL = "aws-sdk:"


@dataclass
class Run:
    """One invocation of a target that has not succeeded yet."""

    account: str
    region: str
    schedule: str
    """Its ARN; empty for a rule."""
    target: dict[str, Any]
    payload: str
    began: float
    due: float
    attempts: int = 0
    """Retries that were made."""

    @property
    def policy(self) -> dict[str, int]:
        """The retry policy of the target."""
        return self.target.get("RetryPolicy") or {}


def is_mine(target: dict[str, Any]) -> bool:
    """Whether a target is a cluster or an action of the API; other targets take every delivery."""
    return bool(target.get("EcsParameters")) or _UNIVERSAL in str(target["Arn"])


def begin(account: str, region: str, schedule: str, target: dict[str, Any], payload: str) -> None:
    """Invoke a target, now."""
    now = world.current().now
    run = Run(account, region, schedule, target, payload, now, now)
    world.current().schedule_runs.append(run)
    _try(run)


def step() -> None:
    """Begin what rules ordered, and try again what is due."""
    orders = world.current().task_orders
    while orders:
        account, region, target, payload = orders.popleft()
        begin(account, region, "", target, payload)
    for run in list(world.current().schedule_runs):
        if run.due <= world.current().now:
            run.attempts += 1
            _try(run)


def _try(run: Run) -> None:
    runs = world.current().schedule_runs
    try:
        _invoke(run)
    except ecs_target.NotPlacedError as error:
        run.due = world.current().now + world.current().settings.retry_s
        if why := _exhausted(run):
            runs.remove(run)
            _bury(run, "RunTaskFailure", str(error), why)
    except (ServiceException, KeyError, ValueError) as error:
        runs.remove(run)
        _bury(run, getattr(error, "code", None) or type(error).__name__, str(error), None)
    else:
        runs.remove(run)


def _invoke(run: Run) -> None:
    arn = str(run.target["Arn"])
    if _UNIVERSAL not in arn:
        name = f"chronos-schedule/{run.schedule.split('/')[-1]}" if run.schedule else "events-rule"
        ecs_target.run(run.account, run.target, run.payload, name)
        return
    action = arn.rpartition(_UNIVERSAL)[2]
    if action != "ecs:runTask":
        raise ValueError(f"the emulator does not call {action}")
    ecs_target.call(run.account, run.region, ecs_target.from_input(run.payload))


def _exhausted(run: Run) -> str | None:
    if run.attempts >= run.policy.get("MaximumRetryAttempts", 185):
        return "MaximumRetryAttempts"
    oldest = run.began + run.policy.get("MaximumEventAgeInSeconds", 86400)
    return "MaximumEventAgeInSeconds" if run.due > oldest else None


def _bury(run: Run, code: str, message: str, exhausted: str | None) -> None:
    world.current().log.append(f"target {run.target['Arn']} of {run.schedule or 'a rule'}: {code}: {message}")
    arn = (run.target.get("DeadLetterConfig") or {}).get("Arn")
    if not arn:
        return
    said = {
        "ERROR_CODE": code,
        "ERROR_MESSAGE": message,
        "EXECUTION_ID": str(uuid.uuid4()),
        "EXHAUSTED_RETRY_CONDITION": exhausted,
        "RETRY_ATTEMPTS": str(run.attempts),
        "SCHEDULE_ARN": run.schedule,
        "TARGET_ARN": run.target["Arn"],
    }
    attributes = {name: {"StringValue": text, "DataType": "String"} for name, text in said.items() if text}
    region, name = arn.split(":")[3], arn.split(":")[5]
    try:
        sqs_backends[run.account][region].send_message(name, run.payload, message_attributes=attributes)
    except ServiceException as error:
        world.current().log.append(f"target {run.target['Arn']}: its dead-letter queue {arn}: {error}")
