"""From a stack file to its settings: the only reader of `pulumi.Config`."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from ...common import stack_state
from .reader import read
from .report import sentence, unknown_keys
from .settings import Settings

NAMESPACE = "ecs-platform"
"""The namespace of the keys. It is fixed, so that a project of another name keeps its settings."""

STAND_INS = {"aws:region": "eu-central-1", "environment": "unnamed", "owner": "nobody"}
"""Valid values of what is required, for looking at the other settings where these are wrong."""


def load() -> Settings:
    """Read the stack's settings. Raises pulumi.RunError that names everything wrong with them, each with a remedy."""
    with stack_state.kept_outputs():
        return parse(dict(pulumi.runtime.config.get_config_env()), project=pulumi.get_project())


def parse(values: Mapping[str, str], project: str = NAMESPACE) -> Settings:
    """Settings from `namespace:key` → text as the engine passes them; `project` finds keys of the wrong namespace."""
    misplaced = unknown_keys(list(values), Settings, NAMESPACE, project)
    report = [
        f"{key}: not read; keys of this program start with {NAMESPACE}:, write {misplaced[key]}" for key in misplaced
    ]
    keyed = {misplaced.get(key, key): text for key, text in values.items()}
    texts = {key.removeprefix(f"{NAMESPACE}:"): text for key, text in keyed.items() if _is_read(key)}
    settings, errors, conflicts = read(Settings, texts, STAND_INS)
    report += [sentence(error, Settings, NAMESPACE) for error in errors]
    report += [f"{NAMESPACE}:{conflict.path}: {conflict.text}" for conflict in conflicts]
    if report or settings is None:
        lines = "".join(f"\n  - {problem}" for problem in report)
        raise pulumi.RunError(f"the settings of this stack need {len(report)} change{'s' * (len(report) > 1)}:{lines}")
    return settings


def _is_read(key: str) -> bool:
    return key.startswith(f"{NAMESPACE}:") or key == "aws:region"
