"""CloudWatch alarms and dashboards."""

from __future__ import annotations

import json

from sandbox.tests.example import TAGGED, TAGS, Example

EXAMPLES = [
    Example(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        {
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 2,
            "metricName": "CPUUtilization",
            "namespace": "AWS/ECS",
            "dimensions": {"ClusterName": "c"},
            "period": 60,
            "statistic": "Average",
            "threshold": 80.5,
            "treatMissingData": "breaching",
            "alarmActions": ["${topic.arn}"],
            "tags": TAGS,
        },
        {"threshold": 90, "okActions": ["${topic.arn}"], **TAGGED},
        {"name": "another"},
    ),
    Example(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        {
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 1,
            "threshold": 1,
            "metricQueries": [
                {"id": "e", "expression": "m*2", "returnData": True},
                {"id": "m", "metric": {"metricName": "x", "namespace": "n", "period": 60, "stat": "Sum"}},
            ],
        },
        {"threshold": 2},
    ),
    Example(
        "aws:cloudwatch/compositeAlarm:CompositeAlarm",
        {"alarmName": "all", "alarmRule": 'ALARM("${alarm.name}")', "tags": TAGS},
        {"alarmRule": 'NOT ALARM("${alarm.name}")', "alarmDescription": "changed"},
        {"alarmName": "another"},
        stays=True,
    ),
    Example(
        "aws:cloudwatch/dashboard:Dashboard",
        {"dashboardName": "d", "dashboardBody": json.dumps({"widgets": []})},
        {"dashboardBody": json.dumps({"widgets": [{"type": "text", "properties": {"markdown": "#"}}]})},
        {"dashboardName": "another"},
    ),
]
