"""One example for each entry of the sandbox's table: what it needs, a change in place and a change that replaces."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.wire import ARCHIVE, ASSET, SIGNATURE, Parcel


@dataclass(frozen=True)
class Example:
    token: str
    inputs: Mapping[str, Any]
    change: Mapping[str, Any] = field(default_factory=dict)
    replace: Mapping[str, Any] = field(default_factory=dict)
    stays: bool = False
    """What AWS keeps when its owner goes, such as a default group."""


def document(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def trust(service: str) -> str:
    return document(Principal={"Service": f"{service}.amazonaws.com"}, Action="sts:AssumeRole")


def archive(text: str) -> Parcel:
    """An archive of one file, as the engine sends it."""
    asset = {SIGNATURE: ASSET, "hash": f"asset-{text}", "text": text}
    raw = {SIGNATURE: ARCHIVE, "hash": f"archive-{text}", "assets": {"main.py": asset}}
    return Parcel(ARCHIVE, raw["hash"], raw)


CODE = archive("def handle(event, context): return 1")
OTHER_CODE = archive("def handle(event, context): return 2")
CONTAINERS = json.dumps([{"name": "app", "image": "nginx", "memory": 128, "cpu": 10, "essential": True}])

TAGS = {"team": "one"}
TAGGED = {"tags": {"team": "two", "more": "yes"}}

NEEDS: dict[str, tuple[str, Mapping[str, Any]]] = {
    "vpc": ("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}),
    "other_vpc": ("aws:ec2/vpc:Vpc", {"cidrBlock": "10.1.0.0/16"}),
    "subnet": (
        "aws:ec2/subnet:Subnet",
        {"vpcId": "${vpc.id}", "cidrBlock": "10.0.0.0/24", "availabilityZone": "eu-west-1a"},
    ),
    "other_subnet": (
        "aws:ec2/subnet:Subnet",
        {"vpcId": "${vpc.id}", "cidrBlock": "10.0.1.0/24", "availabilityZone": "eu-west-1b"},
    ),
    "gateway": ("aws:ec2/internetGateway:InternetGateway", {"vpcId": "${vpc.id}"}),
    "other_gateway": ("aws:ec2/internetGateway:InternetGateway", {"vpcId": "${vpc.id}"}),
    "eip": ("aws:ec2/eip:Eip", {"domain": "vpc"}),
    "nat": ("aws:ec2/natGateway:NatGateway", {"subnetId": "${subnet.id}", "allocationId": "${eip.id}"}),
    "routes": ("aws:ec2/routeTable:RouteTable", {"vpcId": "${vpc.id}"}),
    "other_routes": ("aws:ec2/routeTable:RouteTable", {"vpcId": "${vpc.id}"}),
    "group": ("aws:ec2/securityGroup:SecurityGroup", {"vpcId": "${vpc.id}", "description": "needed"}),
    "other_group": ("aws:ec2/securityGroup:SecurityGroup", {"vpcId": "${vpc.id}", "description": "other"}),
    "logs": ("aws:cloudwatch/logGroup:LogGroup", {"name": "needed"}),
    "role": ("aws:iam/role:Role", {"assumeRolePolicy": trust("ec2")}),
    "other_role": ("aws:iam/role:Role", {"assumeRolePolicy": trust("lambda")}),
    "policy": ("aws:iam/policy:Policy", {"policy": document(Action="s3:Get*", Resource="*")}),
    "rule": ("aws:cloudwatch/eventRule:EventRule", {"eventPattern": json.dumps({"source": ["aws.ecs"]})}),
    "queue": ("aws:sqs/queue:Queue", {}),
    "topic": ("aws:sns/topic:Topic", {}),
    "other_topic": ("aws:sns/topic:Topic", {}),
    "key": ("aws:kms/key:Key", {}),
    "other_key": ("aws:kms/key:Key", {}),
    "alarm": (
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        {
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 1,
            "metricName": "m",
            "namespace": "n",
            "period": 60,
            "statistic": "Sum",
            "threshold": 1,
        },
    ),
    "secret": ("aws:secretsmanager/secret:Secret", {"recoveryWindowInDays": 0}),
    "cluster": ("aws:ecs/cluster:Cluster", {}),
    "task": ("aws:ecs/taskDefinition:TaskDefinition", {"family": "a", "containerDefinitions": CONTAINERS}),
    "other_task": ("aws:ecs/taskDefinition:TaskDefinition", {"family": "b", "containerDefinitions": CONTAINERS}),
    "service": ("aws:ecs/service:Service", {"cluster": "${cluster.id}", "taskDefinition": "${task.arn}"}),
    "profile": ("aws:iam/instanceProfile:InstanceProfile", {"role": "${role.name}"}),
    "template": ("aws:ec2/launchTemplate:LaunchTemplate", {"imageId": "ami-12c6146b", "instanceType": "m5.large"}),
    "scaled": (
        "aws:autoscaling/group:Group",
        {
            "minSize": 0,
            "maxSize": 1,
            "vpcZoneIdentifiers": ["${subnet.id}"],
            "launchTemplate": {"id": "${template.id}", "version": "1"},
        },
    ),
    "lambda_role": ("aws:iam/role:Role", {"assumeRolePolicy": trust("lambda")}),
    "function": (
        "aws:lambda/function:Function",
        {"code": CODE, "handler": "main.handle", "runtime": "python3.13", "role": "${lambda_role.arn}"},
    ),
    "scalable": (
        "aws:appautoscaling/target:Target",
        {
            "minCapacity": 1,
            "maxCapacity": 3,
            "resourceId": "service/${cluster.name}/${service.name}",
            "scalableDimension": "ecs:service:DesiredCount",
            "serviceNamespace": "ecs",
        },
    ),
}

EXAMPLES = [
    Example(
        "aws:ec2/vpc:Vpc",
        {"cidrBlock": "10.9.0.0/16", "enableDnsHostnames": True, "tags": TAGS},
        {"enableDnsHostnames": False, **TAGGED},
        {"cidrBlock": "10.8.0.0/16"},
    ),
    Example(
        "aws:ec2/subnet:Subnet",
        {"vpcId": "${vpc.id}", "cidrBlock": "10.0.9.0/24", "availabilityZone": "eu-west-1c", "tags": TAGS},
        {"mapPublicIpOnLaunch": True, **TAGGED},
        {"cidrBlock": "10.0.10.0/24"},
    ),
    Example(
        "aws:ec2/internetGateway:InternetGateway",
        {"vpcId": "${vpc.id}", "tags": TAGS},
        {"vpcId": "${other_vpc.id}", **TAGGED},
    ),
    Example("aws:ec2/eip:Eip", {"domain": "vpc", "tags": TAGS}, TAGGED),
    Example(
        "aws:ec2/natGateway:NatGateway",
        {"subnetId": "${subnet.id}", "allocationId": "${eip.id}", "tags": TAGS},
        TAGGED,
        {"subnetId": "${other_subnet.id}"},
    ),
    Example(
        "aws:ec2/routeTable:RouteTable", {"vpcId": "${vpc.id}", "tags": TAGS}, TAGGED, {"vpcId": "${other_vpc.id}"}
    ),
    Example(
        "aws:ec2/route:Route",
        {"routeTableId": "${routes.id}", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "${gateway.id}"},
        {"gatewayId": "", "natGatewayId": "${nat.id}"},
        {"destinationCidrBlock": "8.8.8.8/32"},
    ),
    Example(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        {"routeTableId": "${routes.id}", "subnetId": "${subnet.id}"},
        {"routeTableId": "${other_routes.id}"},
        {"subnetId": "${other_subnet.id}"},
    ),
    Example(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        {
            "vpcId": "${vpc.id}",
            "serviceName": "com.amazonaws.eu-west-1.s3",
            "vpcEndpointType": "Gateway",
            "routeTableIds": ["${routes.id}"],
            "tags": TAGS,
        },
        {"routeTableIds": ["${other_routes.id}", "${routes.id}"], **TAGGED},
        {"serviceName": "com.amazonaws.eu-west-1.dynamodb"},
    ),
    Example(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        {
            "vpcId": "${vpc.id}",
            "serviceName": "com.amazonaws.eu-west-1.ecs",
            "vpcEndpointType": "Interface",
            "subnetIds": ["${subnet.id}"],
            "securityGroupIds": ["${group.id}"],
            "privateDnsEnabled": True,
        },
        {"subnetIds": ["${subnet.id}", "${other_subnet.id}"], "securityGroupIds": ["${other_group.id}"]},
    ),
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
    Example(
        "aws:ec2/securityGroup:SecurityGroup",
        {
            "vpcId": "${vpc.id}",
            "description": "example",
            "ingress": [{"protocol": "tcp", "fromPort": 80, "toPort": 80, "cidrBlocks": ["10.0.0.0/8"]}],
            "tags": TAGS,
        },
        {
            "ingress": [{"protocol": "tcp", "fromPort": 443, "toPort": 443, "securityGroups": ["${other_group.id}"]}],
            **TAGGED,
        },
        {"description": "another"},
    ),
    Example(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        {"vpcId": "${vpc.id}", "ingress": [], "egress": [], "tags": TAGS},
        {"egress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}]},
        {"vpcId": "${other_vpc.id}"},
        stays=True,
    ),
    Example(
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        {
            "type": "ingress",
            "securityGroupId": "${group.id}",
            "protocol": "tcp",
            "fromPort": 80,
            "toPort": 80,
            "sourceSecurityGroupId": "${other_group.id}",
        },
        {},
        {"toPort": 81},
    ),
    *(
        Example(
            f"aws:vpc/securityGroup{way}Rule:SecurityGroup{way}Rule",
            {
                "securityGroupId": "${group.id}",
                "ipProtocol": "tcp",
                "fromPort": 80,
                "toPort": 80,
                "cidrIpv4": "10.0.0.0/16",
                "tags": TAGS,
            },
            {"cidrIpv4": "10.1.0.0/16"},
            {"securityGroupId": "${other_group.id}"},
        )
        for way in ("Ingress", "Egress")
    ),
    Example(
        "aws:cloudwatch/logGroup:LogGroup",
        {"retentionInDays": 7, "tags": TAGS},
        {"retentionInDays": 30, **TAGGED},
        {"name": "/another"},
    ),
    Example(
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        {"policyName": "events", "policyDocument": document(Action="logs:PutLogEvents", Resource="*")},
        {"policyDocument": document(Action="logs:CreateLogStream", Resource="*")},
        {"policyName": "others"},
    ),
    Example(
        "aws:cloudwatch/eventRule:EventRule",
        {"eventPattern": json.dumps({"source": ["aws.ecs"]}), "tags": TAGS},
        {"eventPattern": json.dumps({"source": ["aws.ec2"]}), "description": "changed", "state": "DISABLED", **TAGGED},
        {"name": "another"},
    ),
    Example(
        "aws:cloudwatch/eventTarget:EventTarget",
        {
            "rule": "${rule.name}",
            "arn": "${queue.arn}",
            "deadLetterConfig": {"arn": "${queue.arn}"},
            "retryPolicy": {"maximumEventAgeInSeconds": 300, "maximumRetryAttempts": 2},
        },
        {"retryPolicy": {"maximumEventAgeInSeconds": 600, "maximumRetryAttempts": 2}},
        {"targetId": "another"},
    ),
    Example(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        {
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 2,
            "metricName": "CPUUtilization",
            "namespace": "AWS/ECS",
            "dimensions": {"ClusterName": "c"},
            "period": 60,
            "statistic": "Average",
            "threshold": 80.5,
            "treatMissingData": "breaching",
            "alarmActions": ["${topic.arn}"],
            "tags": TAGS,
        },
        {"threshold": 90, "okActions": ["${topic.arn}"], **TAGGED},
        {"name": "another"},
    ),
    Example(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        {
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 1,
            "threshold": 1,
            "metricQueries": [
                {"id": "e", "expression": "m*2", "returnData": True},
                {"id": "m", "metric": {"metricName": "x", "namespace": "n", "period": 60, "stat": "Sum"}},
            ],
        },
        {"threshold": 2},
    ),
    Example(
        "aws:cloudwatch/compositeAlarm:CompositeAlarm",
        {"alarmName": "all", "alarmRule": 'ALARM("${alarm.name}")', "tags": TAGS},
        {"alarmRule": 'NOT ALARM("${alarm.name}")', "alarmDescription": "changed"},
        {"alarmName": "another"},
        stays=True,
    ),
    Example(
        "aws:cloudwatch/dashboard:Dashboard",
        {"dashboardName": "d", "dashboardBody": json.dumps({"widgets": []})},
        {"dashboardBody": json.dumps({"widgets": [{"type": "text", "properties": {"markdown": "#"}}]})},
        {"dashboardName": "another"},
    ),
    Example(
        "aws:iam/role:Role",
        {
            "assumeRolePolicy": trust("ec2"),
            "managedPolicyArns": ["${policy.arn}"],
            "permissionsBoundary": "${policy.arn}",
            "inlinePolicies": [{"name": "one", "policy": document(Action="s3:Get*", Resource="*")}],
            "tags": TAGS,
        },
        {
            "assumeRolePolicy": trust("lambda"),
            "description": "changed",
            "managedPolicyArns": [],
            "inlinePolicies": [],
            **TAGGED,
        },
        {"name": "another"},
    ),
    Example(
        "aws:iam/rolePolicy:RolePolicy",
        {"role": "${role.name}", "policy": document(Action="s3:Get*", Resource="*")},
        {"policy": document(Action="s3:List*", Resource="*")},
        {"role": "${other_role.name}"},
    ),
    Example(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        {"role": "${role.name}", "policyArn": "${policy.arn}"},
        {},
        {"role": "${other_role.name}"},
    ),
    Example(
        "aws:iam/instanceProfile:InstanceProfile",
        {"role": "${role.name}", "tags": TAGS},
        {"role": "${other_role.name}", **TAGGED},
        {"path": "/another/"},
    ),
    Example(
        "aws:iam/policy:Policy",
        {"policy": document(Action="s3:Get*", Resource="*"), "tags": TAGS},
        {"policy": document(Action="s3:List*", Resource="*"), **TAGGED},
        {"description": "another"},
    ),
    Example(
        "aws:kms/key:Key",
        {"description": "d", "enableKeyRotation": True, "tags": TAGS},
        {"description": "changed", "enableKeyRotation": False, **TAGGED},
        {"multiRegion": True},
    ),
    Example(
        "aws:kms/alias:Alias",
        {"targetKeyId": "${key.id}"},
        {"targetKeyId": "${other_key.id}"},
        {"name": "alias/another"},
    ),
    Example(
        "aws:ssm/parameter:Parameter",
        {"type": "String", "value": "one", "name": "/x/y", "tags": TAGS},
        {"value": "two", "description": "changed", **TAGGED},
        {"name": "/another"},
    ),
    Example(
        "aws:secretsmanager/secret:Secret",
        {"description": "d", "recoveryWindowInDays": 0, "tags": TAGS},
        {"description": "changed", **TAGGED},
        {"name": "another"},
    ),
    Example(
        "aws:secretsmanager/secretVersion:SecretVersion",
        {"secretId": "${secret.id}", "secretString": "s"},
        {},
        {"secretString": "another"},
        stays=True,
    ),
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
        "aws:sns/topic:Topic",
        {"displayName": "d", "kmsMasterKeyId": "${key.id}", "tags": TAGS},
        {"displayName": "changed", **TAGGED},
        {"name": "another"},
    ),
    Example(
        "aws:sns/topicPolicy:TopicPolicy",
        {"arn": "${topic.arn}", "policy": document(Principal="*", Action="sns:Publish", Resource="*")},
        {"policy": document(Principal="*", Action="sns:Subscribe", Resource="*")},
        {"arn": "${other_topic.arn}"},
        stays=True,
    ),
    Example(
        "aws:sns/topicSubscription:TopicSubscription",
        {"topic": "${topic.arn}", "protocol": "sqs", "endpoint": "${queue.arn}"},
        {"rawMessageDelivery": True},
        {"topic": "${other_topic.arn}"},
    ),
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
