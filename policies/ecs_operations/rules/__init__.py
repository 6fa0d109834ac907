"""The rules, by area. The order here is the order of the documentation and of every report."""

from __future__ import annotations

from ecs_operations.registry import collected, unique
from ecs_operations.rules import (
    drain_time,
    draining,
    events,
    functions,
    groups,
    iam,
    logs,
    network,
    options,
    refresh,
    security_groups,
    tags,
    templates,
)

_AREAS = (
    tags, logs, network,
    groups, templates, draining, drain_time, refresh,
    functions, events, iam, security_groups,
)  # fmt: skip
_BY_AREA = collected(_AREAS)

RULES = unique((*_BY_AREA, options.guarded_rule(_BY_AREA)))
"""All rules of the pack."""
