"""The containers of a task: in which order they start, how they end by themselves, and what that does to the task.

Nothing runs in them. What ends by itself: a container that another one waits for (COMPLETE, SUCCESS), the essential
containers of a task without a service, and every container whose environment says so (EMULATOR_RUNS_S, in seconds, and
EMULATOR_EXIT_CODE).
Source: ECS API (2014-11-13), ContainerDependency; Developer Guide, "Stopped task error codes".
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from moto.ecs.exceptions import InvalidParameterException
from moto.ecs.models import Container

from . import world

RUNS, EXIT_CODE = "EMULATOR_RUNS_S", "EMULATOR_EXIT_CODE"
_KILLED = 137
"""Exit code of a container that did not end within its stop timeout: SIGKILL."""
_ENDED = ("Essential container in task exited", "EssentialContainerExited")
_NOT_STARTED = ("Task failed to start", "TaskFailedToStart")
_FINAL = {"COMPLETE", "SUCCESS"}


@dataclass(frozen=True)
class Life:
    """How a container ends by itself."""

    runs_s: float | None
    """None: it runs until it is stopped."""
    exit_code: int = 0


def made(task: Any, definition: Any, overrides: dict[str, Any]) -> list[Any]:
    """Make the containers of a task, in the order of its definition; moto makes the first one only."""
    changed = {each["name"]: each for each in overrides.get("containerOverrides") or []}
    parts = [overridden(part, changed.get(part["name"], {})) for part in definition.container_definitions]
    ending = {
        dependency["containerName"]
        for part in parts
        for dependency in part.get("dependsOn") or []
        if dependency["condition"] in _FINAL
    }
    standalone = not str(task.group).startswith("service:")
    return [
        _one(task, definition, part, ends=part["name"] in ending or (standalone and part["essential"]))
        for part in parts
    ]


def overridden(part: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Give a container definition as RunTask overrides it; variables are added by their names."""
    variables = {pair["name"]: pair for pair in part.get("environment") or []}
    variables |= {pair["name"]: pair for pair in changes.get("environment") or []}
    given = {key: value for key, value in changes.items() if value is not None}
    return {**part, **given, "environment": [*variables.values()]}


def _one(task: Any, definition: Any, part: dict[str, Any], *, ends: bool) -> Any:
    alone = copy.copy(definition)
    alone.container_definitions = [part]
    container: Any = Container(alone)
    container.task_arn, container.exitCode, container.health_status = task.task_arn, None, "UNKNOWN"
    container.reason = container.started = None
    container.part, container.life = part, _life_of(part, ends=ends)
    return container


def _life_of(part: dict[str, Any], *, ends: bool) -> Life:
    said = {pair["name"]: pair["value"] for pair in part["environment"]}
    if RUNS not in said and EXIT_CODE not in said:
        return Life(world.current().settings.job_s if ends else None)
    try:
        return Life(float(said.get(RUNS, world.current().settings.job_s)), int(said.get(EXIT_CODE, 0)))
    except ValueError as error:
        raise InvalidParameterException(f"{RUNS} and {EXIT_CODE} must be numbers: {error}") from error


def start(task: Any) -> bool:
    """Start what may start; True when every container has started."""
    known = {container.name: container for container in task.containers}
    waiting = [container for container in task.containers if container.started is None]
    while ready := [each for each in waiting if all(_is_met(d, known) for d in each.part.get("dependsOn") or [])]:
        for container in ready:
            container.started, container.last_status = world.current().now, "RUNNING"
            if container.part.get("healthCheck"):
                container.health_status = "HEALTHY"
        waiting = [each for each in waiting if each not in ready]
    return not waiting


def _is_met(dependency: dict[str, Any], known: dict[str, Any]) -> bool:
    other = known[dependency["containerName"]]
    match dependency["condition"]:
        case "START":
            return other.started is not None
        case "HEALTHY":
            return other.started is not None and _age(other) >= world.current().settings.phase_s
        case "COMPLETE":
            return other.last_status == "STOPPED"
        case _:
            return other.last_status == "STOPPED" and other.exitCode == 0


def _age(container: Any) -> float:
    return world.current().now - container.started


def end_due(task: Any) -> tuple[str, str] | None:
    """End the containers whose time has come; give stoppedReason and stopCode if the task ends with that."""
    for container in task.containers:
        longest = container.life.runs_s
        if container.last_status == "RUNNING" and longest is not None and _age(container) >= longest:
            container.last_status, container.exitCode = "STOPPED", container.life.exit_code
    if any(each.part["essential"] and each.last_status == "STOPPED" for each in task.containers):
        return _ENDED
    return _NOT_STARTED if _is_stuck(task) else None


def _is_stuck(task: Any) -> bool:
    """Whether a container waits for what cannot come any more, or takes longer than its start timeout."""
    known = {container.name: container for container in task.containers}
    for container in task.containers:
        for dependency in container.part.get("dependsOn") or [] if container.started is None else []:
            other = known[dependency["containerName"]]
            failed = dependency["condition"] == "SUCCESS" and other.exitCode not in {None, 0}
            longest = other.part.get("startTimeout")
            late = longest is not None and other.started is not None and _age(other) > longest
            if failed or (late and dependency["condition"] != "START" and not _is_met(dependency, known)):
                container.reason = (
                    f"dependency graph: failed to resolve container ordering dependency [{other.name}] for target "
                    f"[{container.name}] as dependency did not exit successfully"
                )
                return True
    return False


def running(task: Any) -> list[Any]:
    """Give the containers of a task that run."""
    return [container for container in task.containers if container.last_status == "RUNNING"]


def stop_all(task: Any, *, killed: bool) -> None:
    """Stop what still runs. `killed`: by the agent, which knows an exit code; else the instance is gone."""
    for container in task.containers:
        if container.last_status == "RUNNING" and killed:
            container.exitCode = _KILLED
        container.last_status = "STOPPED"


def direct(task: Any, order: dict[str, Any]) -> None:
    """Do what somebody orders for a container: `container` (default: all essential ones), `exitCode` or `runs`.

    With `exitCode` it ends at the next step; with `runs` true it does not end by itself. KeyError for an unknown one.
    """
    wanted = [each for each in task.containers if each.name == order.get("container", each.name)]
    if "container" not in order:
        wanted = [each for each in wanted if each.part["essential"]]
    if not wanted:
        raise KeyError(order["container"])
    for container in wanted:
        container.life = Life(None) if order.get("runs") else Life(0.0, int(order["exitCode"]))
