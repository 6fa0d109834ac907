"""Secrets and their versions."""

from __future__ import annotations

from sandbox.tests.example import TAGGED, TAGS, Example

EXAMPLES = [
    Example(
        "aws:secretsmanager/secret:Secret",
        {"description": "d", "recoveryWindowInDays": 0, "tags": TAGS},
        {"description": "changed", **TAGGED},
        {"name": "another"},
    ),
    Example(
        "aws:secretsmanager/secretVersion:SecretVersion",
        {"secretId": "${secret.id}", "secretString": "s"},
        {},
        {"secretString": "another"},
        stays=True,
    ),
    Example(
        "aws:secretsmanager/secretVersion:SecretVersion",
        {"secretId": "${secret.id}", "secretStringWo": "s", "secretStringWoVersion": 1},
        {},
        {"secretStringWoVersion": 2},
        stays=True,
    ),
]
