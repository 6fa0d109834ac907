"""What the controllers run on and what they decided last: their functions' settings, their switch, their log lines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from botocore.exceptions import ClientError

from lambdas.capacity import settings as capacity
from lambdas.cluster.errors import code_of
from lambdas.cluster.switch import Switch, read_switch
from lambdas.cluster.target import Target
from lambdas.instances import settings as instances
from lambdas.rebalancing import settings as rebalancing

from ..connection import Connection
from ..errors import Exit, OperatorError

RECENT: Final = timedelta(minutes=15)
"""How far back the last decision is looked for: the controller writes one a minute."""

_ANY_HARDWARE: Final = capacity.Hardware(instance_types=("m7g.large",))
"""Of settings that are not understood: nobody plans with them."""

_ABSENT: Final = frozenset({"ResourceNotFoundException"})


@dataclass(frozen=True, kw_only=True)
class Controllers:
    """The settings of the controllers of instances and of capacity, as their functions have them."""

    instances: instances.Settings
    capacity: capacity.Settings
    problem: str = ""
    """Why they are not those of the functions but the defaults; empty where they are."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The last decision of the capacity controller."""

    at: datetime
    event: str
    """ScaleOut, ScaleIn or NoChange."""
    outcome: str
    """none, done, already, stale, failed or paused."""
    reason: str
    details: Mapping[str, Any]
    action: Mapping[str, Any]
    inputs: Mapping[str, Any]


def read_controllers(connection: Connection) -> Controllers:
    """The settings; two calls. Raises OperatorError for a cluster without controllers, or of another release."""
    found = read_controllers_or_defaults(connection)
    if found.problem:
        raise OperatorError(f"{found.problem}; install the release of ecs-platform that stands there", Exit.WRONG)
    return found


def read_controllers_or_defaults(connection: Connection) -> Controllers:
    """The settings, or the defaults with a problem where those of the functions are of another release; two calls."""
    of_instances, of_capacity = (_variables(connection, each) for each in ("instances", "capacity"))
    try:
        return Controllers(
            instances=instances.Settings.from_environment(of_instances),
            capacity=capacity.Settings.from_environment(of_capacity),
        )
    except ValueError as error:
        target = Target(
            cluster=connection.cluster,
            group_prefix=of_instances.get("TARGET_GROUP_PREFIX", ""),
            switch_parameter=of_instances.get("TARGET_SWITCH_PARAMETER", ""),
            next_look_parameter=of_instances.get("TARGET_NEXT_LOOK_PARAMETER", ""),
        )
        return Controllers(
            instances=instances.Settings(target=target),
            capacity=capacity.Settings(target=target, hardware=_ANY_HARDWARE),
            problem=f"the settings of the controllers of {connection.cluster} are not understood: {error}",
        )


def read_rebalancing(connection: Connection) -> rebalancing.Settings:
    """The settings of the controller that moves tasks; one call. Raises OperatorError as `read_controllers` does."""
    try:
        return rebalancing.Settings.from_environment(_variables(connection, "rebalancing"))
    except ValueError as error:
        said = f"the settings of the rebalancing controller of {connection.cluster} are not understood: {error}"
        raise OperatorError(f"{said}; install the release of ecs-platform that stands there", Exit.WRONG) from error


def read_pause(connection: Connection, controllers: Controllers) -> Switch:
    """The kill switch; one call."""
    return read_switch(connection.aws.ssm, controllers.instances.target.switch_parameter)


def read_last_decision(connection: Connection, now: datetime) -> Decision | None:
    """The newest line of a run within RECENT; None where there is none. A page for about 10,000 lines."""
    group = f"/aws/lambda/{connection.cluster}-capacity"
    since = int((now - RECENT).timestamp() * 1000)
    try:
        pages = (
            connection.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group, startTime=since)
        )
        lines = [event for page in pages for event in page["events"]]
    except ClientError as error:
        if code_of(error) not in _ABSENT:
            raise
        return None
    found = (decision_in(str(event["message"])) for event in sorted(lines, key=lambda each: -int(each["timestamp"])))
    return next((each for each in found if each), None)


def decision_in(message: str) -> Decision | None:
    """The decision that a log line tells; None for every other line."""
    try:
        line: Any = json.loads(message)
        if not isinstance(line, dict) or "inputs" not in line or "reason" not in line:
            return None
        return Decision(
            at=datetime.fromisoformat(line["timestamp"]).astimezone(UTC),
            event=str(line["event"]),
            outcome=str(line.get("outcome", "")),
            reason=str(line["reason"]),
            details=dict(line.get("details") or {}),
            action=dict(line.get("action") or {}),
            inputs=dict(line["inputs"]),
        )
    except (ValueError, KeyError, TypeError):  # a line of another release
        return None


def _variables(connection: Connection, controller: str) -> Mapping[str, str]:
    name = f"{connection.cluster}-{controller}"
    try:
        found = connection.client("lambda").get_function_configuration(FunctionName=name)
    except ClientError as error:
        if code_of(error) not in _ABSENT:
            raise
        raise OperatorError(
            f"{connection.cluster} has no function {name}: no environment of ecs-platform stands there", Exit.NOT_THERE
        ) from error
    return found.get("Environment", {}).get("Variables", {})
