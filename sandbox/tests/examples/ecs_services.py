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
    Example(
        "aws:ecs/service:Service",
        {
            "cluster": "${cluster.arn}",
            "taskDefinition": "${stored_task.arn}",
            "desiredCount": 0,
            "deploymentMinimumHealthyPercent": 0,
            "deploymentMaximumPercent": 100,
            "networkConfiguration": {"subnets": ["${subnet.id}"], "securityGroups": ["${group.id}"]},
            "deploymentConfiguration": {
                "strategy": "CANARY",
                "bakeTimeInMinutes": "5",
                "canaryConfiguration": {"canaryPercent": 10.5, "canaryBakeTimeInMinutes": "3"},
                "lifecycleHooks": [
                    {
                        "hookTargetArn": "${function.arn}",
                        "roleArn": "${role.arn}",
                        "lifecycleStages": ["POST_SCALE_UP", "POST_TEST_TRAFFIC_SHIFT"],
                    }
                ],
            },
            "loadBalancers": [
                {
                    "containerName": "app",
                    "containerPort": port,
                    "targetGroupArn": "${targets.arn}",
                    "advancedConfiguration": {
                        "alternateTargetGroupArn": "${green.arn}",
                        "productionListenerRule": "${balanced_rule.arn}",
                        "roleArn": "${role.arn}",
                    },
                }
                for port in (80, 81)
            ],
            "volumeConfiguration": {
                "name": "data",
                "managedEbsVolume": {"roleArn": "${role.arn}", "sizeInGb": 10, "fileSystemType": "xfs"},
            },
            "forceNewDeployment": True,
            "triggers": {"redeployment": "1"},
        },
        {
            "deploymentConfiguration": {
                "strategy": "LINEAR",
                "linearConfiguration": {"stepPercent": 25, "stepBakeTimeInMinutes": "1"},
            },
            "triggers": {"redeployment": "2"},
        },
        {"name": "another"},
    ),
    Example(
        "aws:ecs/service:Service",
        {
            "cluster": "${cluster.arn}",
            "taskDefinition": "${task.arn}",
            "schedulingStrategy": "DAEMON",
            "deploymentMinimumHealthyPercent": 50,
            "deploymentMaximumPercent": 100,
        },
        TAGGED,
        {"schedulingStrategy": "REPLICA"},
    ),
]
