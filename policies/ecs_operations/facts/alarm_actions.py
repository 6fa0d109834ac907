"""What an alarm does."""

from __future__ import annotations

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource

SCALERS = (tokens.GROUP_POLICY, tokens.SCALING_POLICY)


def only_scales(alarm: Resource) -> bool:
    """Whether its actions are scaling policies."""
    actions = alarm.dependencies.get("alarmActions", ())
    return bool(actions) and all(any(token in urn for token in SCALERS) for urn in actions)
