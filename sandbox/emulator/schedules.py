"""EventBridge Scheduler and scheduled rules: what fires when.

A schedule whose target function is still busy with the last time is skipped; AWS would start it twice, but here
every call is a process on one machine.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from moto.events.models import events_backends
from moto.scheduler.models import scheduler_backends

from . import cron, schedule_runs, world
from .calls import is_busy
from .targets import deliver, payload_of

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_AT = re.compile(r"at\(([^)]+)\)")
_UNIT_S = {"minute": 60.0, "hour": 3600.0, "day": 86400.0}
_LOOKED_BACK = 24 * 60
"""Minutes that a step of the emulator looks back for a `cron(…)`: a step of a test may be long."""


def interval_s(expression: str) -> float | None:
    """Give the seconds of `rate(…)`; None for another expression."""
    found = _RATE.fullmatch(expression)
    return float(found[1]) * _UNIT_S[found[2]] if found else None


def _is_due(owner: Any, expression: str, zone: str = "UTC") -> bool:
    """Whether a schedule fires now; `rate(…)` begins at once, as EventBridge Scheduler does without a start date."""
    here = world.current()
    if found := _AT.fullmatch(expression):
        due = datetime.fromisoformat(found[1]).replace(tzinfo=ZoneInfo(zone)).timestamp()
        return here.now >= due and not getattr(owner, "fired", False)
    every = interval_s(expression)
    if every is None:
        return _has_come(owner, cron.parse(expression), ZoneInfo(zone))
    last: float | None = getattr(owner, "fired", None)
    return last is None or here.now - last >= every * here.settings.schedule_scale


def _has_come(owner: Any, wanted: cron.Cron, zone: ZoneInfo) -> bool:
    """Whether a minute of `cron(…)` has begun since the last look; the speed does not change a calendar."""
    minute = int(world.current().now // 60)
    seen: int = getattr(owner, "minute", minute)
    owner.minute = minute
    passed = range(max(seen + 1, minute - _LOOKED_BACK), minute + 1)
    return any(wanted.matches(datetime.fromtimestamp(60 * each, UTC).astimezone(zone)) for each in passed)


def _is_within(schedule: Any) -> bool:
    """Whether now is between the start date and the end date of a schedule."""
    now = world.current().now
    first, last = (_seconds(each) for each in (schedule.start_date, schedule.end_date))
    return (first is None or now >= first) and (last is None or now < last)


def _seconds(moment: Any) -> float | None:
    """A date as requests carry it: seconds, or ISO 8601."""
    if moment in (None, ""):
        return None
    text = str(moment)
    return float(text) if text.replace(".", "", 1).isdigit() else datetime.fromisoformat(text).timestamp()


def fire() -> None:
    """Fire what is due, unless the settings turn schedules off."""
    schedule_runs.step()
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
    if schedule.state != "ENABLED" or not _is_within(schedule):
        return
    if _is_due(schedule, schedule.schedule_expression, schedule.schedule_expression_timezone):
        _send(schedule, account, region, schedule.target, schedule.target.get("Input") or "{}")


def _consider_rule(rule: Any, account: str, region: str) -> None:
    if rule.state == "ENABLED" and rule.scheduled_expression and _is_due(rule, rule.scheduled_expression):
        for target in list(rule.targets):
            _send(rule, account, region, target, payload_of(target, _scheduled(account, region, rule.arn)))


def _send(owner: Any, account: str, region: str, target: dict[str, Any], payload: str) -> None:
    owner.fired = world.current().now
    if schedule_runs.is_mine(target):
        schedule_runs.begin(account, region, owner.arn, target, payload)
    elif not is_busy(target["Arn"]):
        deliver(account, region, target, payload)


def _scheduled(account: str, region: str, rule: str) -> dict[str, Any]:
    stamp = world.current().when().strftime("%Y-%m-%dT%H:%M:%SZ")
    event = {"version": "0", "id": rule, "detail-type": "Scheduled Event", "source": "aws.events", "time": stamp}
    return json.loads(json.dumps({**event, "account": account, "region": region, "resources": [rule], "detail": {}}))
