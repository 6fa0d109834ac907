"""Application Auto Scaling: scalable targets and their policies."""

from __future__ import annotations

from sandbox.tests.example import Example

EXAMPLES = [
    Example(
        "aws:appautoscaling/target:Target",
        {
            "minCapacity": 1,
            "maxCapacity": 3,
            "resourceId": "service/${cluster.name}/${service.name}",
            "scalableDimension": "ecs:service:DesiredCount",
            "serviceNamespace": "ecs",
        },
        {"maxCapacity": 5},
        {"resourceId": "service/c/another"},
    ),
    Example(
        "aws:appautoscaling/policy:Policy",
        {
            "resourceId": "${scalable.resourceId}",
            "scalableDimension": "ecs:service:DesiredCount",
            "serviceNamespace": "ecs",
            "policyType": "TargetTrackingScaling",
            "targetTrackingScalingPolicyConfiguration": {
                "targetValue": 60,
                "predefinedMetricSpecification": {"predefinedMetricType": "ECSServiceAverageCPUUtilization"},
            },
        },
        {
            "targetTrackingScalingPolicyConfiguration": {
                "targetValue": 70,
                "predefinedMetricSpecification": {"predefinedMetricType": "ECSServiceAverageCPUUtilization"},
            }
        },
        {"name": "another"},
    ),
]
