"""CloudWatch Logs: log groups and resource policies."""

from __future__ import annotations

from sandbox.tests.example import TAGGED, TAGS, Example, document

EXAMPLES = [
    Example(
        "aws:cloudwatch/logGroup:LogGroup",
        {"retentionInDays": 7, "tags": TAGS},
        {"retentionInDays": 30, **TAGGED},
        {"name": "/another"},
    ),
    Example(
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        {"policyName": "events", "policyDocument": document(Action="logs:PutLogEvents", Resource="*")},
        {"policyDocument": document(Action="logs:CreateLogStream", Resource="*")},
        {"policyName": "others"},
    ),
]
