"""How the real provider waits for a steady service (terraform-provider-aws, ecs/service.go).

It follows the service deployment that the change began, and fails with ECS's reason when that does not succeed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from sandbox.entries.durations import duration
from sandbox.refusal import Refusal, is_lacking
from sandbox.resource import Call

_FAILED: Final = frozenset({"STOPPED", "ROLLBACK_FAILED", "ROLLBACK_SUCCESSFUL"})
_TICK: Final = timedelta(seconds=1)
"""The emulator's clock stands still between two of its steps."""


def wait(call: Call, look: Callable[[], Any]) -> None:
    """Wait until the service deployment of a change succeeds; one that only counts tasks waits for their number."""
    primary = next((each for each in look()["deployments"] if each["status"] == "PRIMARY"), None)
    arn: list[str] = []

    def stable() -> bool:
        if primary is None or primary["createdAt"] < call.began - _TICK:
            return _counted(look())
        try:
            arn[:] = arn or _arns(call, primary["id"].partition("/")[2])
            return bool(arn) and _succeeded(call, arn[0])
        except Exception as error:
            if is_lacking(error):
                return _counted(look())
            raise

    last = f"last state: 'tfPENDING', timeout: {duration(call.timeout_s)}"
    limit = f"timeout while waiting for state to become 'tfSTABLE' ({last})"
    call.wait("", stable, late=lambda: _says(call, limit))


def _counted(service: Any) -> bool:
    return len(service["deployments"]) <= 1 and service["runningCount"] == service["desiredCount"]


def _arns(call: Call, deployment: str) -> list[str]:
    found = call.each(
        "list_service_deployments",
        "serviceDeployments",
        {"cluster": call.get("cluster"), "service": call.id, "createdAt": {"after": call.began - _TICK}},
    )
    return [each["serviceDeploymentArn"] for each in found if deployment in each["targetServiceRevisionArn"]]


def _succeeded(call: Call, arn: str) -> bool:
    (found,) = call.send("describe_service_deployments", serviceDeploymentArns=[arn])["serviceDeployments"]
    if found["status"] in _FAILED:
        raise Refusal(_says(call, found.get("statusReason") or "Deployment failed"))
    return found["status"] == "SUCCESSFUL"


def _says(call: Call, why: str) -> str:
    return f"waiting for ECS Service ({call.id}) {'create' if call.creating else 'update'}: {why}"
