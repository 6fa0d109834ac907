"""CreateSchedule and UpdateSchedule look at the role: it has to trust EventBridge Scheduler.

Source: EventBridge Scheduler User Guide, "Setting up the execution role". What the role may do is not looked at.
"""

from __future__ import annotations

import json
from typing import Any

from moto.iam.models import iam_backends
from moto.scheduler.exceptions import ValidationException
from moto.scheduler.responses import EventBridgeSchedulerResponse

from .patches import Replacement

_moto_create = EventBridgeSchedulerResponse.create_schedule
_moto_update = EventBridgeSchedulerResponse.update_schedule


def create_schedule(self: Any) -> Any:
    """CreateSchedule."""
    _check_role(self)
    return _moto_create(self)


def update_schedule(self: Any) -> Any:
    """UpdateSchedule."""
    _check_role(self)
    return _moto_update(self)


def _check_role(self: Any) -> None:
    arn = (self._get_param("Target") or {}).get("RoleArn")
    roles: Any = iam_backends[self.current_account]["aws"].roles
    role = next((each for each in roles.values() if each.arn == arn), None)
    trust = json.loads(role.assume_role_policy_document or "{}") if role else {}
    if not any("scheduler.amazonaws.com" in json.dumps(each.get("Principal")) for each in _statements(trust)):
        text = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
        raise ValidationException(text)


def _statements(document: dict[str, Any]) -> list[dict[str, Any]]:
    held = document.get("Statement") or []
    return [each for each in (held if isinstance(held, list) else [held]) if each.get("Effect") == "Allow"]


REPLACEMENTS: tuple[Replacement, ...] = (
    (EventBridgeSchedulerResponse, "create_schedule", create_schedule),
    (EventBridgeSchedulerResponse, "update_schedule", update_schedule),
)
