"""Lambda functions: code, permissions, asynchronous invocation and event sources."""

from __future__ import annotations

from sandbox.tests.example import CODE, OTHER_CODE, TAGGED, TAGS, Example

EXAMPLES = [
    Example(
        "aws:lambda/function:Function",
        {
            "code": CODE,
            "handler": "main.handle",
            "runtime": "python3.13",
            "architectures": ["arm64"],
            "role": "${lambda_role.arn}",
            "timeout": 60,
            "environment": {"variables": {"MODE": "b"}},
            "loggingConfig": {"logFormat": "JSON", "logGroup": "/x"},
            "tags": TAGS,
        },
        {"timeout": 90, "code": OTHER_CODE, "environment": {"variables": {"MODE": "c"}}, **TAGGED},
        {"name": "another"},
    ),
    Example(
        "aws:lambda/invocation:Invocation",
        {"functionName": "${function.name}", "input": "{}", "triggers": {"a": "b"}},
        {},
        {"triggers": {"a": "c"}},
        stays=True,  # there is nothing to delete
    ),
    Example(
        "aws:lambda/permission:Permission",
        {
            "action": "lambda:InvokeFunction",
            "function": "${function.name}",
            "principal": "events.amazonaws.com",
            "sourceArn": "${rule.arn}",
        },
        {},
        {"principal": "scheduler.amazonaws.com"},
    ),
    Example(
        "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
        {
            "functionName": "${function.name}",
            "maximumRetryAttempts": 0,
            "destinationConfig": {"onFailure": {"destination": "${queue.arn}"}},
        },
        {"maximumRetryAttempts": 1},
        {"functionName": "another"},
    ),
    Example(
        "aws:lambda/eventSourceMapping:EventSourceMapping",
        {"functionName": "${function.name}", "eventSourceArn": "${queue.arn}", "batchSize": 5},
        {"batchSize": 7},
        {"eventSourceArn": "another"},
    ),
]
