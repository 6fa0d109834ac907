"""The rules, by area. The order here is the order of the documentation and of every report."""

from __future__ import annotations

from ecs_operations.registry import collected
from ecs_operations.rules import logs, network, tags

RULES = collected((tags, logs, network))
"""All rules of the pack."""
