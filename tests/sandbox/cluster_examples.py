"""Containers, instances and functions."""

from __future__ import annotations

from tests.sandbox.example import CODE, CONTAINERS, OTHER_CODE, TAGGED, TAGS, Example

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
        "aws:ecr/repository:Repository",
        {"imageTagMutability": "IMMUTABLE", "tags": TAGS},
        {"imageTagMutability": "MUTABLE", "imageScanningConfiguration": {"scanOnPush": True}, **TAGGED},
        {"name": "another"},
    ),
    Example(
        "aws:ec2/launchTemplate:LaunchTemplate",
        {
            "imageId": "ami-12c6146b",
            "instanceType": "m5.large",
            "userData": "IyEvYmluL3NoCg==",
            "vpcSecurityGroupIds": ["${group.id}"],
            "iamInstanceProfile": {"arn": "${profile.arn}"},
            "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
            "blockDeviceMappings": [
                {"deviceName": "/dev/xvda", "ebs": {"encrypted": True, "volumeSize": 30, "volumeType": "gp3"}}
            ],
            "monitoring": {"enabled": True},
            "tagSpecifications": [{"resourceType": "instance", "tags": {"a": "b"}}],
            "updateDefaultVersion": True,
            "tags": TAGS,
        },
        {"instanceType": "m5.xlarge", "description": "bigger", **TAGGED},
        {"name": "another"},
    ),
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
    Example(
        "aws:lambda/function:Function",
        {
            "code": CODE,
            "handler": "main.handle",
            "runtime": "python3.13",
            "architectures": ["arm64"],
            "role": "${lambda_role.arn}",
            "timeout": 60,
            "environment": {"variables": {"A": "b"}},
            "loggingConfig": {"logFormat": "JSON", "logGroup": "/x"},
            "tags": TAGS,
        },
        {"timeout": 90, "code": OTHER_CODE, "environment": {"variables": {"A": "c"}}, **TAGGED},
        {"name": "another"},
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
    Example(
        "aws:scheduler/schedule:Schedule",
        {
            "scheduleExpression": "rate(1 minutes)",
            "flexibleTimeWindow": {"mode": "OFF"},
            "target": {
                "arn": "${function.arn}",
                "roleArn": "${role.arn}",
                "input": "{}",
                "retryPolicy": {"maximumRetryAttempts": 0, "maximumEventAgeInSeconds": 60},
                "deadLetterConfig": {"arn": "${queue.arn}"},
            },
        },
        {"scheduleExpression": "rate(2 minutes)"},
        {"groupName": "another"},
    ),
    Example("aws:scheduler/scheduleGroup:ScheduleGroup", {"tags": TAGS}, TAGGED, {"name": "another"}),
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
