"""KMS keys and their aliases."""

from __future__ import annotations

from sandbox.tests.example import TAGGED, TAGS, Example

EXAMPLES = [
    Example(
        "aws:kms/key:Key",
        {"description": "d", "enableKeyRotation": True, "tags": TAGS},
        {"description": "changed", "enableKeyRotation": False, **TAGGED},
        {"multiRegion": True},
    ),
    Example(
        "aws:kms/alias:Alias",
        {"targetKeyId": "${key.id}"},
        {"targetKeyId": "${other_key.id}"},
        {"name": "alias/another"},
    ),
]
