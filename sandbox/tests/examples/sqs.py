"""SQS queues and their policies."""

from __future__ import annotations

import json

from sandbox.tests.example import TAGGED, TAGS, Example, document


def redrive(arn, number):
    return json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": number})


EXAMPLES = [
    Example(
        "aws:sqs/queue:Queue",
        {"sqsManagedSseEnabled": True, "messageRetentionSeconds": 86400, "tags": TAGS},
        {"messageRetentionSeconds": 1209600, "visibilityTimeoutSeconds": 60, **TAGGED},
        {"fifoQueue": True, "name": "another.fifo"},
    ),
    Example(
        "aws:sqs/queuePolicy:QueuePolicy",
        {"queueUrl": "${queue.url}", "policy": document(Principal="*", Action="sqs:SendMessage", Resource="*")},
        {"policy": document(Principal="*", Action="sqs:ReceiveMessage", Resource="*")},
    ),
    Example(
        "aws:sqs/redrivePolicy:RedrivePolicy",
        {"queueUrl": "${queue.url}", "redrivePolicy": redrive("${dead.arn}", 3)},
        {"redrivePolicy": redrive("${dead.arn}", 5)},
    ),
]
