"""EventBridge rules and their targets, which pulumi_aws keeps under CloudWatch."""

from __future__ import annotations

import json

from sandbox.tests.example import TAGGED, TAGS, Example

EXAMPLES = [
    Example(
        "aws:cloudwatch/eventRule:EventRule",
        {"eventPattern": json.dumps({"source": ["aws.ecs"]}), "tags": TAGS},
        {"eventPattern": json.dumps({"source": ["aws.ec2"]}), "description": "changed", "state": "DISABLED", **TAGGED},
        {"name": "another"},
    ),
    Example(
        "aws:cloudwatch/eventTarget:EventTarget",
        {
            "rule": "${rule.name}",
            "arn": "${queue.arn}",
            "deadLetterConfig": {"arn": "${queue.arn}"},
            "retryPolicy": {"maximumEventAgeInSeconds": 300, "maximumRetryAttempts": 2},
        },
        {"retryPolicy": {"maximumEventAgeInSeconds": 600, "maximumRetryAttempts": 2}},
        {"targetId": "another"},
    ),
    Example(
        "aws:cloudwatch/eventTarget:EventTarget",
        {
            "rule": "${rule.name}",
            "arn": "${cluster.arn}",
            "roleArn": "${role.arn}",
            "ecsTarget": {
                "taskDefinitionArn": "${task.arn}",
                "launchType": "EC2",
                "networkConfiguration": {"subnets": ["${subnet.id}"]},
                "tags": {"team": "one"},
            },
            "deadLetterConfig": {"arn": "${queue.arn}"},
        },
        {"retryPolicy": {"maximumRetryAttempts": 1, "maximumEventAgeInSeconds": 60}},
        {"rule": "another"},
    ),
]
