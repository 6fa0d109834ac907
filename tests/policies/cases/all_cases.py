"""All cases, by the file that they are in."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from tests.policies.cases.build import Case

NOT_CASES = ("all_cases", "balanced", "build", "controllers", "hooked", "tasks", "watching")
FILES = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in NOT_CASES)
BY_FILE: dict[str, tuple[Case, ...]] = {file: import_module(f"tests.policies.cases.{file}").CASES for file in FILES}
CASES = tuple(case for cases in BY_FILE.values() for case in cases)
