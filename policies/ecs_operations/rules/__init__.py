"""The rules, by area. The order here is the order of the documentation and of every report."""

from __future__ import annotations

from ecs_operations.registry import collected, unique
from ecs_operations.rules import (
    alarms,
    capacity,
    clusters,
    data,
    discovery,
    drain_time,
    draining,
    events,
    functions,
    groups,
    iam,
    load_balancers,
    logs,
    messaging,
    network,
    options,
    plaintext,
    refresh,
    security_groups,
    service_wiring,
    services,
    tags,
    target_groups,
    task_definitions,
    templates,
)

_AREAS = (
    tags, logs, network, security_groups, iam,
    groups, templates, draining, drain_time, refresh, capacity,
    clusters, load_balancers, target_groups, services, service_wiring, task_definitions, plaintext, discovery,
    functions, events, messaging, data, alarms,
)  # fmt: skip
_BY_AREA = collected(_AREAS)

RULES = unique((*_BY_AREA, options.guarded_rule(_BY_AREA)))
"""All rules of the pack."""
