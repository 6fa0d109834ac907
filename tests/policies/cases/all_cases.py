"""All cases of all areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.policies.cases import (
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

if TYPE_CHECKING:
    from tests.policies.cases.build import Case

AREAS = (
    tags,
    logs,
    network,
    groups,
    templates,
    draining,
    drain_time,
    refresh,
    functions,
    events,
    iam,
    security_groups,
    options,
)
CASES: tuple[Case, ...] = tuple(case for area in AREAS for case in area.CASES)
