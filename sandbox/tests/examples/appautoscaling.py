"""Application Auto Scaling: scalable targets, their policies and scheduled actions."""

from __future__ import annotations

from sandbox.tests.example import Example

SCALED = {"scalableDimension": "ecs:service:DesiredCount", "serviceNamespace": "ecs"}


def backlog(target):
    """The messages that wait for each task, by metric math."""
    metric = {
        "metricName": "ApproximateNumberOfMessagesVisible",
        "namespace": "AWS/SQS",
        "dimensions": [{"name": "QueueName", "value": "orders"}],
    }
    running = {
        "metricName": "RunningTaskCount",
        "namespace": "ECS/ContainerInsights",
        "dimensions": [{"name": "ClusterName", "value": "a"}, {"name": "ServiceName", "value": "b"}],
    }
    return {
        "targetValue": target,
        "scaleInCooldown": 300,
        "scaleOutCooldown": 60,
        "disableScaleIn": True,
        "customizedMetricSpecification": {
            "metrics": [
                {"id": "m1", "metricStat": {"metric": metric, "stat": "Sum"}, "returnData": False},
                {"id": "m2", "metricStat": {"metric": running, "stat": "Average"}, "returnData": False},
                {"id": "e1", "expression": "m1 / m2", "label": "Backlog per task", "returnData": True},
            ]
        },
    }


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
    Example(
        "aws:appautoscaling/target:Target",
        {**SCALED, "minCapacity": 0, "maxCapacity": 3, "resourceId": "service/${cluster.name}/${service.name}"},
        {"minCapacity": 1, "suspendedState": {"dynamicScalingInSuspended": True}},
        {"resourceId": "service/c/another"},
    ),
    Example(
        "aws:appautoscaling/policy:Policy",
        {
            **SCALED,
            "resourceId": "${scalable.resourceId}",
            "policyType": "StepScaling",
            "stepScalingPolicyConfiguration": {
                "adjustmentType": "ChangeInCapacity",
                "cooldown": 60,
                "metricAggregationType": "Maximum",
                "stepAdjustments": [
                    {"metricIntervalLowerBound": "0", "metricIntervalUpperBound": "10", "scalingAdjustment": 1},
                    {"metricIntervalLowerBound": "10", "scalingAdjustment": 2},
                ],
            },
        },
        {
            "stepScalingPolicyConfiguration": {
                "adjustmentType": "ExactCapacity",
                "cooldown": 30,
                "stepAdjustments": [{"metricIntervalLowerBound": "0", "scalingAdjustment": 0}],
            }
        },
        {"policyType": "TargetTrackingScaling"},
    ),
    Example(
        "aws:appautoscaling/policy:Policy",
        {
            **SCALED,
            "resourceId": "${scalable.resourceId}",
            "policyType": "TargetTrackingScaling",
            "targetTrackingScalingPolicyConfiguration": backlog(100),
        },
        {"targetTrackingScalingPolicyConfiguration": backlog(200)},
        {"resourceId": "service/c/another"},
    ),
    Example(
        "aws:appautoscaling/scheduledAction:ScheduledAction",
        {
            **SCALED,
            "resourceId": "${scalable.resourceId}",
            "schedule": "cron(0 20 * * ? *)",
            "timezone": "Europe/Berlin",
            "scalableTargetAction": {"minCapacity": "0", "maxCapacity": "0"},
        },
        {"schedule": "rate(1 day)", "scalableTargetAction": {"minCapacity": "2", "maxCapacity": "4"}},
        {"name": "another"},
    ),
]
