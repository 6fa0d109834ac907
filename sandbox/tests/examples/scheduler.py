"""EventBridge Scheduler: schedules and their groups."""

from __future__ import annotations

from sandbox.tests.example import TAGGED, TAGS, Example

EXAMPLES = [
    Example(
        "aws:scheduler/schedule:Schedule",
        {
            "scheduleExpression": "rate(1 minutes)",
            "flexibleTimeWindow": {"mode": "OFF"},
            "target": {
                "arn": "${function.arn}",
                "roleArn": "${role.arn}",
                "input": "{}",
                "retryPolicy": {"maximumRetryAttempts": 0, "maximumEventAgeInSeconds": 60},
                "deadLetterConfig": {"arn": "${queue.arn}"},
            },
        },
        {"scheduleExpression": "rate(2 minutes)"},
        {"groupName": "another"},
    ),
    Example("aws:scheduler/scheduleGroup:ScheduleGroup", {"tags": TAGS}, TAGGED, {"name": "another"}),
]
