"""EventBridge Scheduler and scheduled rules: what fires when.

A schedule whose target function is still busy with the last time is skipped; AWS would start it twice, but here
every call is a process on one machine.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from moto.events.models import events_backends
from moto.scheduler.models import scheduler_backends

from . import world
from .calls import is_busy
from .targets import deliver, payload_of

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_AT = re.compile(r"at\(([^)]+)\)")
_UNIT_S = {"minute": 60.0, "hour": 3600.0, "day": 86400.0}


def interval_s(expression: str) -> float | None:
    """Give the seconds of `rate(…)`; None for `cron(…)`, which the emulator does not fire."""
    found = _RATE.fullmatch(expression)
    return float(found[1]) * _UNIT_S[found[2]] if found else None


def _is_due(owner: Any, expression: str) -> bool:
    """Whether a schedule fires now. The first time is at once, as EventBridge Scheduler does without a start date."""
    here = world.current()
    if found := _AT.fullmatch(expression):
        due = datetime.fromisoformat(found[1]).replace(tzinfo=UTC).timestamp()
        return here.now >= due and not getattr(owner, "fired", False)
    every = interval_s(expression)
    if every is None:
        return False
    last: float | None = getattr(owner, "fired", None)
    return last is None or here.now - last >= every * here.settings.schedule_scale


def fire() -> None:
    """Fire what is due, unless the settings turn schedules off."""
    if not world.current().settings.schedules:
        return
    for account, region, backend in list(scheduler_backends.iter_backends()):
        groups: Any = backend
        for group in list(groups.schedule_groups.values()):
            for schedule in list(group.schedules.values()):
                _consider(schedule, account, region)
    for account, region, backend in list(events_backends.iter_backends()):
        buses: Any = backend
        for rule in list(buses.event_buses["default"].rules.values()):
            _consider_rule(rule, account, region)


def _consider(schedule: Any, account: str, region: str) -> None:
    if schedule.state == "ENABLED" and _is_due(schedule, schedule.schedule_expression):
        _send(schedule, account, region, schedule.target, schedule.target.get("Input") or "{}")


def _consider_rule(rule: Any, account: str, region: str) -> None:
    if rule.state == "ENABLED" and rule.scheduled_expression and _is_due(rule, rule.scheduled_expression):
        for target in list(rule.targets):
            _send(rule, account, region, target, payload_of(target, _scheduled(account, region, rule.arn)))


def _send(owner: Any, account: str, region: str, target: dict[str, Any], payload: str) -> None:
    owner.fired = world.current().now
    if not is_busy(target["Arn"]):
        deliver(account, region, target, payload)


def _scheduled(account: str, region: str, rule: str) -> dict[str, Any]:
    stamp = world.current().when().strftime("%Y-%m-%dT%H:%M:%SZ")
    event = {"version": "0", "id": rule, "detail-type": "Scheduled Event", "source": "aws.events", "time": stamp}
    return json.loads(json.dumps({**event, "account": account, "region": region, "resources": [rule], "detail": {}}))
