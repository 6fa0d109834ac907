"""VPC flow logs."""

from __future__ import annotations

from sandbox.tests.example import TAGGED, TAGS, Example

EXAMPLES = [
    Example(
        "aws:ec2/flowLog:FlowLog",
        {
            "vpcId": "${vpc.id}",
            "trafficType": "REJECT",
            "logDestinationType": "cloud-watch-logs",
            "logDestination": "${logs.arn}",
            "iamRoleArn": "${role.arn}",
            "maxAggregationInterval": 60,
            "tags": TAGS,
        },
        TAGGED,
        {"trafficType": "ALL"},
    ),
]
