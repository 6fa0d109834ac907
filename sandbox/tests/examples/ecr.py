"""ECR repositories."""

from __future__ import annotations

from sandbox.tests.example import TAGGED, TAGS, Example

EXAMPLES = [
    Example(
        "aws:ecr/repository:Repository",
        {"imageTagMutability": "IMMUTABLE", "tags": TAGS},
        {"imageTagMutability": "MUTABLE", "imageScanningConfiguration": {"scanOnPush": True}, **TAGGED},
        {"name": "another"},
    ),
]
