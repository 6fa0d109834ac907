"""CloudWatch Logs: log groups, resource policies, metric filters and saved queries."""

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
    Example(
        "aws:cloudwatch/logMetricFilter:LogMetricFilter",
        {
            "logGroupName": "${logs.name}",
            "pattern": '{ $.detail.eventName = "FAILED" }',
            "metricTransformation": {"name": "Failed", "namespace": "Own", "value": "1", "defaultValue": "0"},
        },
        {"pattern": '{ $.detail.eventName = "ENDED" }'},
        {"name": "another"},
    ),
    Example(
        "aws:cloudwatch/queryDefinition:QueryDefinition",
        {"name": "last", "queryString": "fields @message", "logGroupNames": ["/a"]},
        {"queryString": "fields @timestamp, @message"},
        {},
        stays=True,
    ),
]
