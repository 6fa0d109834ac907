"""Tasks of a deployment that end by themselves, and the circuit breaker that counts them.

Source: ECS API (2014-11-13), DeploymentCircuitBreaker and ThresholdConfiguration; Developer Guide, "Amazon ECS
deployment circuit breaker": 50 % of the desired count, between 3 and 200. A task that runs does not reset the count.
"""

from __future__ import annotations

import math
from typing import Any

from .tasks import tasks_of

_CODES = {"EssentialContainerExited", "TaskFailedToStart"}
_BOUNDS = (3, 200)
_PERCENT = 50


def count(backend: Any, service: Any) -> None:
    """Add the tasks that failed since the last look to their deployments."""
    known = {deployment["id"]: deployment for deployment in service.deployments}
    for task in tasks_of(backend, service.cluster_name):
        if task.started_by in known and getattr(task, "stop_code", None) in _CODES and not hasattr(task, "counted"):
            task.counted = True
            known[task.started_by]["failedTasks"] += 1


def breaks(service: Any) -> bool:
    """Whether the circuit breaker ends the deployment that is going on."""
    settings = (getattr(service, "deployment_configuration", None) or {}).get("deploymentCircuitBreaker") or {}
    if not settings.get("enable") or not service.deployments:
        return False
    primary = service.deployments[0]
    return primary["rolloutState"] == "IN_PROGRESS" and primary["failedTasks"] >= threshold(service, settings)


def threshold(service: Any, settings: dict[str, Any]) -> int:
    """How many failures end a deployment."""
    given = settings.get("thresholdConfiguration") or {}
    kind, value = given.get("type") or "BOUNDED_PERCENT", given.get("value") or _PERCENT
    if kind == "COUNT":
        return int(value)
    number = math.ceil(service.desired_count * value / 100)
    least, most = _BOUNDS
    return max(1, number) if kind == "UNBOUNDED_PERCENT" else min(most, max(least, number))
