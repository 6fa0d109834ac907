"""All cases of all areas."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.policies.cases.build import Case

NOT_CASES = ("all_cases", "build", "controllers")
AREAS = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in NOT_CASES)
CASES: tuple[Case, ...] = tuple(case for area in AREAS for case in import_module(f"tests.policies.cases.{area}").CASES)
