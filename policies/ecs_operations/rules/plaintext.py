"""Secrets are referred to, not written down."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ecs_operations import tokens
from ecs_operations.documents import containers
from ecs_operations.model import NotEvaluated, Resource, Unknown
from ecs_operations.registry import Config, Results, Setting, Severity, WhenUnknown, resource_rule
from ecs_operations.secrets_in_text import HARMLESS_NAME, looks_secret

if TYPE_CHECKING:
    from collections.abc import Iterator


@resource_rule(
    "taskdef-no-plaintext-secrets",
    summary="No secret stands in an environment variable.",
    fix="Keep it in Secrets Manager or Parameter Store, and name it under secrets (valueFrom), or read it at run time.",
    severity=Severity.CRITICAL,
    source="Amazon ECS developer guide, Pass sensitive data to an Amazon ECS container",
    anchors=("Security Hub ECS.8", "cdk-nag AwsSolutions-ECS2", "checkov CKV_45"),
    types=(tokens.TASK_DEFINITION, tokens.FUNCTION),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="allowedNames",
            default=[],
            description="Regular expressions on whole names of variables that only look like secrets.",
        ),
    ),
    guards=("containerDefinitions", "environment"),
)
def taskdef_no_plaintext_secrets(holder: Resource, config: Config) -> Results:
    """Whoever may describe the task or the function reads the password, and it stays in every old revision.

    Judged by the name of a variable, by known shapes of keys and by randomness; the value is never shown.
    """
    for name, value in _variables(holder):
        if any(re.fullmatch(pattern, name) for pattern in config["allowedNames"]):
            continue
        if isinstance(value, Unknown):
            if not HARMLESS_NAME.fullmatch(name):
                yield NotEvaluated(f"value of the variable {name}")
        elif looks_secret(name, str(value)):
            yield f"the variable {name} holds what looks like a secret"


def _variables(holder: Resource) -> Iterator[tuple[str, Any]]:
    if holder.type == tokens.FUNCTION:
        yield from holder.get("environment", "variables", default={}).items()
        return
    for container in containers(holder):
        for item in container.get("environment") or ():
            yield str(item.get("name")), item.get("value") or ""
