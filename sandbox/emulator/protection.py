"""Task protection: a task of a service says that it must not be stopped by a scale-in or a deployment.

moto lacks both calls. What protection means for a draining instance is not documented; here it holds there, too.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ecs.exceptions import InvalidParameterException
from moto.ecs.responses import EC2ContainerServiceResponse

from . import world
from .patches import Replacement
from .tasks import is_protected, lives, tasks_of

_READ, _CHANGED = 100, 10
"""Tasks that a call may name (ECS API reference, GetTaskProtection and UpdateTaskProtection)."""
_DEFAULT_MINUTES, _MOST_MINUTES = 120, 2880


def get_task_protection(self: Any) -> ActionResult:
    """GetTaskProtection: of the tasks that the caller names."""
    known, failures = _named(self, _READ)
    return ActionResult({"protectedTasks": [_shown(task) for task in known], "failures": failures})


def update_task_protection(self: Any) -> ActionResult:
    """UpdateTaskProtection: from now on for `expiresInMinutes`, or no longer."""
    minutes = self._get_int_param("expiresInMinutes", _DEFAULT_MINUTES)
    if not 1 <= minutes <= _MOST_MINUTES:
        raise InvalidParameterException(f"expiresInMinutes must be between 1 and {_MOST_MINUTES}.")
    known, failures = _named(self, _CHANGED)
    end = world.current().now + 60 * minutes if self._get_param("protectionEnabled") else 0.0
    for task in known:
        task.protected_until = end
    return ActionResult({"protectedTasks": [_shown(task) for task in known], "failures": failures})


def _named(self: Any, most: int) -> tuple[list[Any], list[dict[str, str]]]:
    """The living tasks of services that a call names, and why the others are not among them."""
    backend = self.ecs_backend
    cluster = backend._get_cluster(self._get_param("cluster", "default"))  # noqa: SLF001 - raises AWS's own error
    names: list[str] = self._get_param("tasks") or []
    if not names or len(names) > most:
        raise InvalidParameterException("Tasks cannot be empty." if not names else f"Tasks cannot be more than {most}.")
    living = {task.id: task for task in tasks_of(backend, cluster.name) if lives(task)}
    found: list[Any] = []
    failures: list[dict[str, str]] = []
    for name in names:
        task = living.get(name.rpartition("/")[2])
        if task is not None and task.group.startswith("service:"):
            found.append(task)
        else:
            failures.append({"arn": name, "reason": "TASK_NOT_VALID" if task else "MISSING"})
    return found, failures


def _shown(task: Any) -> dict[str, Any]:
    shown = {"taskArn": task.task_arn, "protectionEnabled": is_protected(task)}
    return shown | ({"expirationDate": task.protected_until} if is_protected(task) else {})


REPLACEMENTS: tuple[Replacement, ...] = tuple(
    (EC2ContainerServiceResponse, function.__name__, function)
    for function in (get_task_protection, update_task_protection)
)
