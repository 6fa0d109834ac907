"""ECS task definitions and services."""

from __future__ import annotations

from sandbox.tests.example import CONTAINERS, TAGGED, TAGS, Example

EXAMPLES = [
    Example(
        "aws:ecs/taskDefinition:TaskDefinition",
        {
            "family": "web",
            "networkMode": "awsvpc",
            "containerDefinitions": CONTAINERS,
            "taskRoleArn": "${role.arn}",
            "volumes": [{"name": "scratch", "hostPath": "/tmp"}],
            "tags": TAGS,
        },
        TAGGED,
        {"networkMode": "host"},
    ),
    Example(
        "aws:ecs/service:Service",
        {
            "cluster": "${cluster.arn}",
            "taskDefinition": "${task.arn}",
            "desiredCount": 1,
            "networkConfiguration": {"subnets": ["${subnet.id}"], "securityGroups": ["${group.id}"]},
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "deploymentMinimumHealthyPercent": 100,
            "deploymentMaximumPercent": 200,
            "orderedPlacementStrategies": [{"type": "spread", "field": "attribute:ecs.availability-zone"}],
            "tags": TAGS,
        },
        {"desiredCount": 2, "taskDefinition": "${other_task.arn}", **TAGGED},
        {"cluster": "another"},
    ),
]
