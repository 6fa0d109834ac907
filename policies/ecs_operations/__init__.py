"""Operating rules for Amazon ECS on EC2, and what judges a program or a deployed stack by them.

from ecs_operations import run

run()  # in the __main__.py of a policy pack
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from ecs_operations.engine import evaluation
from ecs_operations.engine.evaluation import Finding, Report, Skipped
from ecs_operations.engine.registry import Level, Rule
from ecs_operations.facts.resource import Resource
from ecs_operations.rules import RULES

__all__ = ["RULES", "Finding", "Level", "Report", "Resource", "Rule", "Skipped", "evaluate", "run"]


def run() -> None:
    """Serve the rules to Pulumi as the policy pack `ecs-operations`; the engine starts the process that calls this."""
    from ecs_operations.served.adapter import serve  # noqa: PLC0415  whoever only evaluates needs no SDK of Pulumi

    serve(RULES)


def evaluate(
    resources: Iterable[Resource],
    settings: Mapping[str, Any] | None = None,
    rules: Iterable[Rule] = RULES,
    today: date | None = None,
) -> Report:
    """Judge a stack's resources by the rules of the pack (default: all of them), without Pulumi.

    `settings` has the form of a --policy-pack-config file (default: every rule as it is written). `today` (default: the
    current day, UTC) decides on exemptions. Raises ValueError for a level that does not exist.
    """
    return evaluation.evaluate(resources, settings, rules, known=RULES, today=today)
