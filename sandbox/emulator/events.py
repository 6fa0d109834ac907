"""EventBridge: events that AWS services emit, and which rules they match.

Traps of moto: a rule without a pattern (a schedule) matches every event; a disabled rule is delivered as well.
"""

import json
import uuid
from typing import Any

from moto.events.models import Rule, events_backends

from . import world
from .patches import Replacement
from .targets import deliver, payload_of

_moto_send = Rule.send_to_targets


def emit(
    account: str, region: str, source: str, detail_type: str, detail: dict[str, Any], resources: list[str] | None = None
) -> None:
    """Put an event of an AWS service on the default bus, now."""
    if account not in events_backends or region not in events_backends[account].keys():  # noqa: SIM118 - `in` would create it
        return
    event: dict[str, Any] = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": detail_type,
        "source": source,
        "account": account,
        "time": world.current().when().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": resources or [],
        "detail": json.loads(json.dumps(detail, default=str)),
    }
    for rule in list(events_backends[account][region].event_buses["default"].rules.values()):
        send_to_targets(rule, event)


def send_to_targets(rule: Any, event: Any, transform_input: bool = True) -> None:
    """Deliver an event to the targets of a rule, if the rule is enabled and its pattern matches."""
    if rule.state != "ENABLED" or not rule.event_pattern.get_pattern() or not rule.event_pattern.matches_event(event):
        return
    if "archive-arn" in event:
        _moto_send(rule, event, transform_input)
        return
    plain = {key: value for key, value in event.items() if key != "ingestion-time"}
    for target in list(rule.targets):
        deliver(rule.account_id, rule.region_name, target, payload_of(target, plain))


REPLACEMENTS: tuple[Replacement, ...] = ((Rule, "send_to_targets", send_to_targets),)
