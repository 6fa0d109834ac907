"""EventBridge: events that AWS services emit, and which rules they match.

Traps of moto: a rule without a pattern (a schedule) matches every event; a disabled rule is delivered as well; a
pattern cannot look into a list of objects (the containers of a task).
"""

import json
import uuid
from collections.abc import Iterator
from itertools import product
from typing import Any, cast

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
    if rule.state != "ENABLED" or not rule.event_pattern.get_pattern() or not _matches(rule.event_pattern, event):
        return
    if "archive-arn" in event:
        _moto_send(rule, event, transform_input)
        return
    plain = {key: value for key, value in event.items() if key != "ingestion-time"}
    for target in list(rule.targets):
        deliver(rule.account_id, rule.region_name, target, payload_of(target, plain))


def _matches(pattern: Any, event: dict[str, Any]) -> bool:
    return any(pattern.matches_event(each) for each in variants(event, pattern.get_pattern()))


def variants(node: dict[str, Any], pattern: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give an event once for each choice of one item in the lists of objects that a pattern looks into.

    EventBridge compares the members of one item together (User Guide, arrays in event patterns).
    """
    choices: list[list[tuple[str, Any]]] = []
    for key, inner in _looked_into(pattern).items():
        held = node.get(key)
        items = cast("list[Any]", held if isinstance(held, list) and held else [held])
        if all(isinstance(item, dict) for item in items):
            choices.append([(key, each) for item in items for each in variants(item, inner)])
    for chosen in product(*choices):
        yield {**node, **dict(chosen)}


def _looked_into(pattern: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    either: list[dict[str, Any]] = pattern.get("$or") or []
    for alternative in [{k: v for k, v in pattern.items() if k != "$or"}, *map(_looked_into, either)]:
        for key, inner in alternative.items():
            if isinstance(inner, dict):
                found[key] = {**found.get(key, {}), **inner}
    return found


REPLACEMENTS: tuple[Replacement, ...] = ((Rule, "send_to_targets", send_to_targets),)
