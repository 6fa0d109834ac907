"""A cluster as the target of a schedule or a rule: RunTask with the parameters of the target.

Sources: EventBridge Scheduler API (2021-06-30) and EventBridge API (2015-10-07), EcsParameters: names begin with
capital letters, but for placement and the awsvpc configuration itself.
"""

from __future__ import annotations

import json
from typing import Any, cast

from moto.ecs.models import ecs_backends

from . import run_task_api


class NotPlacedError(Exception):
    """RunTask answered with failures alone."""


def run(account: str, target: dict[str, Any], payload: str, starter: str) -> None:
    """Run the tasks of a target; NotPlacedError where none has room, moto's own errors for a wrong order."""
    region, parameters = str(target["Arn"]).split(":")[3], target["EcsParameters"]
    network = parameters.get("NetworkConfiguration")
    order: dict[str, Any] = {
        "cluster": target["Arn"],
        "taskDefinition": parameters["TaskDefinitionArn"],
        "count": parameters.get("TaskCount") or 1,
        "group": parameters.get("Group"),
        "startedBy": starter,
        "networkConfiguration": _small(network) if network else None,
        "placementConstraints": parameters.get("PlacementConstraints"),
        "placementStrategy": parameters.get("PlacementStrategy"),
        "propagateTags": parameters.get("PropagateTags"),
        "enableExecuteCommand": parameters.get("EnableExecuteCommand"),
        "tags": [_small(tag) for tag in parameters.get("Tags") or []],
        "overrides": _overrides(payload),
    }
    call(account, region, order)


def call(account: str, region: str, order: dict[str, Any]) -> None:
    """Call RunTask with its own parameters."""
    backend = ecs_backends[account][region]
    started, failures = run_task_api.place_all(run_task_api.ordered(backend, order))
    if not started:
        raise NotPlacedError("; ".join(f"{each['arn']}: {each['reason']}" for each in failures))


def _overrides(payload: str) -> dict[str, Any] | None:
    """The input of a target, where it is one for RunTask: a rule without an input hands on its event."""
    given = json.loads(payload or "{}")
    return given if isinstance(given, dict) and ("containerOverrides" in given or "taskRoleArn" in given) else None


def _small(value: Any) -> Any:
    """Names with a small first letter, as RunTask has them."""
    if isinstance(value, list):
        return [_small(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {name[:1].lower() + name[1:]: _small(item) for name, item in cast("dict[str, Any]", value).items()}
    return value


def from_input(payload: str) -> dict[str, Any]:
    """The parameters of a universal target's input, whose names may begin with capital letters."""
    return _small(json.loads(payload))
