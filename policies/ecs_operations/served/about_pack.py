"""The policies about the pack itself: what it could not judge, and its configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import pulumi_policy as sdk

from ecs_operations.engine.configuration import (
    OF_THE_CONFIGURATION,
    PACK_CONFIGURATION,
    PACK_EXEMPTIONS,
    PACK_NOT_JUDGED,
)
from ecs_operations.engine.evaluation import CONFIGURATION_FIX, configuration_faults
from ecs_operations.engine.exemptions import Faults
from ecs_operations.engine.registry import Rule
from ecs_operations.engine.sentences import counted
from ecs_operations.served.guarded import guarded
from ecs_operations.served.memory import Memory

STACK = "pulumi:pulumi:Stack"
NOT_JUDGED_FIX = (
    "Make it of what the program knows (names, and ARNs of account, Region and name), let its component declare the "
    "same structure, or judge the stack when it stands: python -m ecs_operations.check_stack."
)
Configured = Callable[[], Mapping[str, Mapping[str, Any]]]
"""The configuration as the engine sends it: rule id, or another name → its settings."""
Said = tuple[str, str]
"""A sentence, and the URN of the resource that it is about; empty for the stack."""


def about_the_pack(
    rules: tuple[Rule, ...], memory: Memory, today: Callable[[], date], configured: Configured
) -> list[sdk.Policy]:
    """Return the policies that judge the work of these rules and their configuration; they come after all others."""

    def faults(position: int, args: sdk.StackValidationArgs) -> Faults:
        graph = memory.graph(position, args, today())
        return configuration_faults(configured(), {**configured(), **memory.given}, rules, graph, today())

    first = len(rules)
    return [
        _policy(
            PACK_NOT_JUDGED,
            "The rules judged all that they are about.",
            NOT_JUDGED_FIX,
            lambda args: _not_judged(memory, args),
        ),
        _policy(
            PACK_EXEMPTIONS,
            "Each exemption is about a resource of this stack.",
            CONFIGURATION_FIX,
            lambda args: ((text, "") for text in faults(first, args).unused),
        ),
        _policy(
            PACK_CONFIGURATION,
            "The configuration names rules and settings that exist; each exemption has a reason and a use.",
            CONFIGURATION_FIX,
            lambda args: ((text, "") for text in faults(first + 1, args).wrong),
            level=sdk.EnforcementLevel.MANDATORY,
            settings=OF_THE_CONFIGURATION,
        ),
    ]


def _not_judged(memory: Memory, args: sdk.StackValidationArgs) -> Iterator[Said]:
    """Yield for each resource what is not known of it, and which rules did not judge it for that."""
    waiting: dict[str, dict[str, list[str]]] = {}
    for (rule, urn), unknown in memory.unknown.items():
        for what in unknown:
            waiting.setdefault(urn, {}).setdefault(what.path, []).append(rule)
    for item in args.resources:
        for path, names in waiting.get(item.urn, {}).items():
            rules = f"{counted(len(names), 'rule')} did not judge it: {', '.join(names)}"
            yield f"{item.name}: {path} is not known before the deployment, so {rules}", item.urn


def _policy(
    name: str,
    description: str,
    fix: str,
    judge: Callable[[sdk.StackValidationArgs], Iterable[Said]],
    *,
    level: sdk.EnforcementLevel = sdk.EnforcementLevel.ADVISORY,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
) -> sdk.Policy:
    def on_stack(args: sdk.StackValidationArgs, report: sdk.ReportViolation) -> None:
        roots = [item.urn for item in args.resources if item.resource_type == STACK]
        for text, urn in judge(args):
            report(f"{text}\nFix: {fix}", urn or (roots[0] if roots else None))

    return sdk.StackValidationPolicy(
        name=name,
        description=description,
        validate=guarded(on_stack),
        enforcement_level=level,
        severity=sdk.Severity.MEDIUM,
        remediation_steps=fix,
        config_schema=sdk.PolicyConfigSchema({key: dict(value) for key, value in (settings or {}).items()}),
    )
