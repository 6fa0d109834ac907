"""All cases of all areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.policies.cases import logs, network, tags

if TYPE_CHECKING:
    from tests.policies.cases.build import Case

CASES: tuple[Case, ...] = tuple(case for area in (tags, logs, network) for case in area.CASES)
