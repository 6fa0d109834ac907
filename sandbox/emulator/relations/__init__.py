"""What AWS refuses and its service models do not say: a table, each line with its source; `refusal` asks it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

from . import (
    containers,
    functions,
    listener_rules,
    load_balancing,
    messaging,
    monitoring,
    network,
    scaling,
    schedules,
    services,
    tags,
    task_definitions,
)
from .relation import Params, Relation

TABLE: Final = (
    *containers.RELATIONS,
    *functions.RELATIONS,
    *listener_rules.RELATIONS,
    *load_balancing.RELATIONS,
    *messaging.RELATIONS,
    *monitoring.RELATIONS,
    *network.RELATIONS,
    *scaling.RELATIONS,
    *schedules.RELATIONS,
    *services.RELATIONS,
    *tags.RELATIONS,
    *task_definitions.RELATIONS,
)

_READS: Final = ("Describe", "List", "Get", "Delete", "Untag", "Remove", "Filter", "Lookup")


def refusals(service: str, operation: str, params: Params) -> Iterator[tuple[str | None, str]]:
    """Code (None: the service's usual one) and sentence of everything that a request gets wrong."""
    for relation in _held(service, operation):
        for problem in relation.problems(params):
            yield relation.code, problem


@cache
def _held(service: str, operation: str) -> tuple[Relation, ...]:
    writes = () if operation.startswith(_READS) else ("*",)
    return tuple(
        relation
        for relation in TABLE
        if relation.service in {service, "*"} and {operation, *writes} & set(relation.operations)
    )
