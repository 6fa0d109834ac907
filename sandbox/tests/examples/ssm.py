"""Parameters of Systems Manager."""

from __future__ import annotations

from sandbox.tests.example import TAGGED, TAGS, Example

EXAMPLES = [
    Example(
        "aws:ssm/parameter:Parameter",
        {"type": "String", "value": "one", "name": "/x/y", "tags": TAGS},
        {"value": "two", "description": "changed", **TAGGED},
        {"name": "/another"},
    ),
]
