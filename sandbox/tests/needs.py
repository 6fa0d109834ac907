"""What the examples need around them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sandbox.tests.example import CODE, CONTAINERS, document, trust

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
    "dead": ("aws:sqs/queue:Queue", {"name": "dead"}),
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
    "files": ("aws:efs/fileSystem:FileSystem", {}),
    "repository": ("aws:ecr/repository:Repository", {"name": "needed"}),
    "secret": ("aws:secretsmanager/secret:Secret", {"recoveryWindowInDays": 0}),
    "cluster": ("aws:ecs/cluster:Cluster", {}),
    "task": ("aws:ecs/taskDefinition:TaskDefinition", {"family": "a", "containerDefinitions": CONTAINERS}),
    "stored_task": (
        "aws:ecs/taskDefinition:TaskDefinition",
        {
            "family": "stored",
            "networkMode": "awsvpc",
            "containerDefinitions": CONTAINERS,
            "volumes": [{"name": "data", "configureAtLaunch": True}],
        },
    ),
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
    "bucket": ("aws:s3/bucket:Bucket", {}),
    "zone": ("aws:route53/zone:Zone", {"name": "example.com"}),
    "namespace": (
        "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
        {"name": "needed.internal", "vpc": "${vpc.id}"},
    ),
    "certificate": ("aws:acm/certificate:Certificate", {"domainName": "x.example.com", "validationMethod": "DNS"}),
    "other_certificate": (
        "aws:acm/certificate:Certificate",
        {"domainName": "y.example.com", "validationMethod": "DNS"},
    ),
    "balancer": ("aws:lb/loadBalancer:LoadBalancer", {"subnets": ["${subnet.id}", "${other_subnet.id}"]}),
    "targets": ("aws:lb/targetGroup:TargetGroup", {"vpcId": "${vpc.id}", "port": 80, "protocol": "HTTP"}),
    "network_balancer": (
        "aws:lb/loadBalancer:LoadBalancer",
        {
            "name": "needed-network",
            "loadBalancerType": "network",
            "internal": True,
            "subnets": ["${subnet.id}"],
            "securityGroups": ["${group.id}"],
        },
    ),
    "tcp": ("aws:lb/targetGroup:TargetGroup", {"vpcId": "${vpc.id}", "port": 80, "protocol": "TCP"}),
    "udp": ("aws:lb/targetGroup:TargetGroup", {"vpcId": "${vpc.id}", "port": 53, "protocol": "UDP"}),
    "both": ("aws:lb/targetGroup:TargetGroup", {"vpcId": "${vpc.id}", "port": 53, "protocol": "TCP_UDP"}),
    "green": ("aws:lb/targetGroup:TargetGroup", {"vpcId": "${vpc.id}", "port": 80, "protocol": "HTTP"}),
    "balanced_rule": (
        "aws:lb/listenerRule:ListenerRule",
        {
            "listenerArn": "${listener.arn}",
            "conditions": [{"pathPattern": {"values": ["/*"]}}],
            "actions": [
                {
                    "type": "forward",
                    "forward": {
                        "targetGroups": [
                            {"arn": "${targets.arn}", "weight": 100},
                            {"arn": "${green.arn}", "weight": 0},
                        ]
                    },
                }
            ],
        },
    ),
    "listener": (
        "aws:lb/listener:Listener",
        {
            "loadBalancerArn": "${balancer.arn}",
            "port": 80,
            "protocol": "HTTP",
            "defaultActions": [{"type": "forward", "targetGroupArn": "${targets.arn}"}],
        },
    ),
    "secure": (
        "aws:lb/listener:Listener",
        {
            "loadBalancerArn": "${balancer.arn}",
            "port": 443,
            "protocol": "HTTPS",
            "certificateArn": "${certificate.arn}",
            "defaultActions": [{"type": "forward", "targetGroupArn": "${targets.arn}"}],
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
