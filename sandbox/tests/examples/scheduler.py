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
    Example(
        "aws:scheduler/schedule:Schedule",
        {
            "scheduleExpression": "cron(30 3 ? * MON-FRI *)",
            "scheduleExpressionTimezone": "Europe/Berlin",
            "flexibleTimeWindow": {"mode": "FLEXIBLE", "maximumWindowInMinutes": 15},
            "state": "ENABLED",
            "target": {
                "arn": "${cluster.arn}",
                "roleArn": "${role.arn}",
                "input": '{"containerOverrides": []}',
                "deadLetterConfig": {"arn": "${queue.arn}"},
                "ecsParameters": {
                    "taskDefinitionArn": "${task.arn}",
                    "taskCount": 1,
                    "launchType": "EC2",
                    "group": "jobs",
                    "networkConfiguration": {"subnets": ["${subnet.id}"], "securityGroups": ["${group.id}"]},
                    "placementConstraints": [{"type": "memberOf", "expression": "attribute:ecs.os-type == linux"}],
                    "placementStrategies": [{"type": "binpack", "field": "memory"}],
                    "propagateTags": "TASK_DEFINITION",
                    "enableExecuteCommand": True,
                    "tags": {"Team": "one"},
                },
            },
        },
        {"state": "DISABLED", "scheduleExpressionTimezone": "UTC"},
        {"name": "another"},
    ),
    Example(
        "aws:scheduler/schedule:Schedule",
        {
            "scheduleExpression": "at(2100-01-01T00:00:00)",
            "actionAfterCompletion": "DELETE",
            "flexibleTimeWindow": {"mode": "OFF"},
            "target": {
                "arn": "arn:aws:scheduler:::aws-sdk:ecs:runTask",
                "roleArn": "${role.arn}",
                "input": '{"Cluster": "${cluster.arn}", "TaskDefinition": "${task.arn}"}',
            },
        },
        {"description": "d"},
    ),
    Example("aws:scheduler/scheduleGroup:ScheduleGroup", {"tags": TAGS}, TAGGED, {"name": "another"}),
]
