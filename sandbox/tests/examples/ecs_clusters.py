"""ECS clusters, their capacity providers, and the account settings of ECS."""

from __future__ import annotations

from sandbox.tests.example import TAGGED, TAGS, Example

EXAMPLES = [
    Example(
        "aws:ecs/cluster:Cluster",
        {"settings": [{"name": "containerInsights", "value": "enabled"}], "tags": TAGS},
        {"settings": [{"name": "containerInsights", "value": "disabled"}], **TAGGED},
        {"name": "another"},
    ),
    Example(
        "aws:ecs/capacityProvider:CapacityProvider",
        {"autoScalingGroupProvider": {"autoScalingGroupArn": "${scaled.arn}"}, "tags": TAGS},
        {
            "autoScalingGroupProvider": {
                "autoScalingGroupArn": "${scaled.arn}",
                "managedScaling": {"status": "ENABLED", "targetCapacity": 90},
            },
            **TAGGED,
        },
        {"name": "another"},
    ),
    Example(
        "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        {"clusterName": "${cluster.name}", "capacityProviders": ["FARGATE"]},
        {"capacityProviders": ["FARGATE", "FARGATE_SPOT"]},
        {"clusterName": "another"},
        stays=True,
    ),
    Example(
        "aws:ecs/accountSettingDefault:AccountSettingDefault",
        {"name": "awsvpcTrunking", "value": "enabled"},
        {"value": "disabled"},
        {"name": "containerInsights"},
        stays=True,
    ),
]
