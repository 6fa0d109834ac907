"""Auto Scaling groups with their lifecycle hooks, scaling policies, tags and scheduled actions."""

from __future__ import annotations

from sandbox.tests.example import Example

EXAMPLES = [
    Example(
        "aws:autoscaling/group:Group",
        {
            "minSize": 1,
            "maxSize": 3,
            "vpcZoneIdentifiers": ["${subnet.id}", "${other_subnet.id}"],
            "launchTemplate": {"id": "${template.id}", "version": "1"},
            "enabledMetrics": ["GroupInServiceInstances"],
            "instanceMaintenancePolicy": {"minHealthyPercentage": 100, "maxHealthyPercentage": 110},
            "initialLifecycleHooks": [{"name": "drain", "lifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING"}],
            "tags": [{"key": "a", "value": "b", "propagateAtLaunch": True}],
        },
        {
            "minSize": 2,
            "maxSize": 4,
            "enabledMetrics": ["GroupInServiceInstances", "GroupMaxSize"],
            "tags": [{"key": "c", "value": "d", "propagateAtLaunch": False}],
        },
        {"initialLifecycleHooks": []},
    ),
    Example(
        "aws:autoscaling/lifecycleHook:LifecycleHook",
        {
            "autoscalingGroupName": "${scaled.name}",
            "lifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
            "heartbeatTimeout": 300,
            "defaultResult": "CONTINUE",
        },
        {"heartbeatTimeout": 600},
        {"lifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING"},
    ),
    Example(
        "aws:autoscaling/policy:Policy",
        {
            "autoscalingGroupName": "${scaled.name}",
            "policyType": "StepScaling",
            "adjustmentType": "ChangeInCapacity",
            "stepAdjustments": [{"scalingAdjustment": 1, "metricIntervalLowerBound": "0"}],
        },
        {"stepAdjustments": [{"scalingAdjustment": 2, "metricIntervalLowerBound": "0"}]},
        {"name": "another"},
    ),
    Example(
        "aws:autoscaling/tag:Tag",
        {"autoscalingGroupName": "${scaled.name}", "tag": {"key": "a", "value": "b", "propagateAtLaunch": True}},
        {"tag": {"key": "a", "value": "c", "propagateAtLaunch": True}},
        {"autoscalingGroupName": "another"},
    ),
    Example(
        "aws:autoscaling/schedule:Schedule",
        {
            "autoscalingGroupName": "${scaled.name}",
            "scheduledActionName": "night",
            "recurrence": "0 20 * * *",
            "minSize": 0,
            "maxSize": 2,
            "desiredCapacity": -1,
        },
        {"recurrence": "0 21 * * *"},
        {"scheduledActionName": "another"},
    ),
]
