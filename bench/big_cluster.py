"""A cluster of any size as AWS describes it, in the bytes that AWS sends: see `wire`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bench import wire
from lambdas.cluster import tags
from lambdas.cluster.clients import Clients

NOW = datetime(2026, 3, 1, 12, 1, tzinfo=UTC)  # no minute in which the quota of interfaces is read
TASKS_PER_INSTANCE = 10
ATTRIBUTES = 55
"""Attributes of a container instance: an agent of today on Amazon Linux 2023 registers about as many."""
EVENTS = 100
"""Events that DescribeServices returns with a service: the latest 100 (ECS API reference, Service)."""
ARN = "arn:aws:ecs:eu-west-1:123456789012"


class World:
    """A cluster of instances, one in ten of which has much room, and of services.

    Services have all their tasks or, where demand is unmet, miss a fifth of them.
    """

    def __init__(self, instances: int, services: int, *, unmet: bool = False) -> None:
        """Keep the answers ready: what is measured is the program that asks."""
        self.calls: Counter[str] = Counter()
        tasks = max(1, instances * TASKS_PER_INSTANCE // services)
        self._instances = {_instance_arn(each): wire.as_json(_instance(each)) for each in range(instances)}
        self._services = {
            f"{ARN}:service/bench/s{each}": wire.as_json(_service(each, tasks, tasks + tasks // 5 * unmet))
            for each in range(services)
        }
        self._definitions = {_definition_arn(each): wire.as_json(_definition(each)) for each in range(services)}
        self._group = _group(instances)
        self._xml: dict[str, bytes] = {}

    def connect(self, aws: Clients) -> Clients:
        """Answer the calls of these clients."""
        groups = {"AutoScalingGroups": [self._group]}
        for operation, value in (
            ("DescribeAutoScalingGroups", groups),
            ("DescribeInstanceRefreshes", {"InstanceRefreshes": []}),
            ("DescribeLifecycleHooks", {"LifecycleHooks": []}),
            ("SetDesiredCapacity", {}),
        ):
            self._xml[operation] = wire.as_xml(aws.autoscaling, operation, value)
        interfaces = [{"NetworkInterfaceId": f"eni-{number:017x}", "Status": "in-use"} for number in range(1000)]
        self._xml["DescribeNetworkInterfaces"] = wire.as_xml(
            aws.ec2, "DescribeNetworkInterfaces", {"NetworkInterfaces": interfaces}
        )
        for client in (aws.autoscaling, aws.cloudwatch, aws.ec2, aws.ecs, aws.quotas, aws.ssm):
            wire.answer(client, self)
        return aws

    def __call__(self, operation: str, given: Mapping[str, Any]) -> bytes:
        """Answer a call."""
        self.calls[operation] += 1
        if operation in self._xml:
            return self._xml[operation]
        answers: dict[str, Callable[[], bytes]] = {
            "GetParameter": lambda: b'{"Parameter":{"Name":"/switch","Type":"String","Value":"running"}}',
            "ListContainerInstances": lambda: _page(list(self._instances), given, "containerInstanceArns"),
            "DescribeContainerInstances": lambda: _all(
                "containerInstances", [self._instances[arn] for arn in given["containerInstances"]]
            ),
            "ListServices": lambda: _page(list(self._services), given, "serviceArns"),
            "DescribeServices": lambda: _all("services", [self._services[arn] for arn in given["services"]]),
            "DescribeTaskDefinition": lambda: self._definitions[given["taskDefinition"]],
            "GetMetricData": lambda: b'{"MetricDataResults":[]}',
            "GetMetricStatistics": lambda: b'{"Datapoints":[]}',
            "GetServiceQuota": lambda: b'{"Quota":{"Value":5000.0}}',
            "PutMetricData": lambda: b"{}",
        }
        return answers[operation]()


def _page(items: list[str], given: Mapping[str, Any], key: str) -> bytes:
    start = int(given.get("nextToken", "0"))
    end = start + given["maxResults"]
    return wire.as_json({key: items[start:end]} | ({"nextToken": str(end)} if end < len(items) else {}))


def _all(key: str, items: Sequence[bytes]) -> bytes:
    return b'{"%s":[%s],"failures":[]}' % (key.encode(), b",".join(items))


def _instance_arn(number: int) -> str:
    return f"{ARN}:container-instance/bench/{number:032x}"


def _definition_arn(number: int) -> str:
    return f"{ARN}:task-definition/s{number}:7"


def _instance(number: int) -> Mapping[str, Any]:
    """Hardly two have the same room, as where services of many sizes come and go."""
    cpu, memory = (4096, 8192) if number % 10 == 0 else (number * 37 % 512, number * 1013 % 4000)
    named = {
        "ecs.instance-type": "m7g.2xlarge",
        "ecs.availability-zone": "abc"[number % 3],
        tags.TRUNK_ATTRIBUTE: f"eni-{number:017x}",
    }
    capabilities = [f"ecs.capability.docker-remote-api.1.{each}" for each in range(ATTRIBUTES - len(named))]
    return {
        "containerInstanceArn": _instance_arn(number),
        "ec2InstanceId": f"i-{number:017x}",
        "version": 40 + number,
        "versionInfo": {"agentVersion": "1.97.1", "agentHash": "7f0c1a2b", "dockerVersion": "DockerVersion: 25.0.8"},
        "status": "ACTIVE",
        "agentConnected": True,
        "runningTasksCount": TASKS_PER_INSTANCE,
        "pendingTasksCount": 0,
        "registeredResources": _resources(8192, 31_000),
        "remainingResources": _resources(cpu, memory),
        "attributes": [
            *({"name": each} for each in capabilities),
            *({"name": k, "value": v} for k, v in named.items()),
        ],
        "registeredAt": NOW - timedelta(days=3, seconds=number),
        "attachments": [],
        "tags": [],
    }


def _resources(cpu_units: int, memory_mib: int) -> list[Mapping[str, Any]]:
    none = {"doubleValue": 0.0, "longValue": 0, "integerValue": 0}
    ports = {"PORTS": ["22", "2375", "2376", "51678", "51679"], "PORTS_UDP": []}
    return [
        {"name": "CPU", "type": "INTEGER", **none, "integerValue": cpu_units},
        {"name": "MEMORY", "type": "INTEGER", **none, "integerValue": memory_mib},
        *({"name": name, "type": "STRINGSET", **none, "stringSetValue": used} for name, used in ports.items()),
    ]


def _service(number: int, running: int, desired: int) -> Mapping[str, Any]:
    name = f"s{number}"
    target = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/bench/0123456789abcdef"
    subnets = {
        "subnets": ["subnet-1", "subnet-2", "subnet-3"],
        "securityGroups": ["sg-1"],
        "assignPublicIp": "DISABLED",
    }
    return {
        "serviceArn": f"{ARN}:service/bench/{name}",
        "serviceName": name,
        "clusterArn": f"{ARN}:cluster/bench",
        "loadBalancers": [{"targetGroupArn": target, "containerName": "app", "containerPort": 8080}],
        "serviceRegistries": [],
        "status": "ACTIVE",
        "desiredCount": desired,
        "runningCount": running,
        "pendingCount": 0,
        "launchType": "EC2",
        "taskDefinition": _definition_arn(number),
        "deploymentConfiguration": {
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "maximumPercent": 200,
            "minimumHealthyPercent": 100,
        },
        "deployments": [
            {
                "id": f"ecs-svc/{number:019d}",
                "status": "PRIMARY",
                "taskDefinition": _definition_arn(number),
                "desiredCount": desired,
                "pendingCount": 0,
                "runningCount": running,
                "failedTasks": 0,
                "createdAt": NOW - timedelta(days=2),
                "updatedAt": NOW,
                "launchType": "EC2",
                "networkConfiguration": {"awsvpcConfiguration": subnets},
                "rolloutState": "COMPLETED",
                "rolloutStateReason": f"ECS deployment ecs-svc/{number:019d} completed.",
            }
        ],
        "roleArn": "arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        "events": [_event(name, each) for each in range(EVENTS)],
        "createdAt": NOW - timedelta(days=90),
        "placementConstraints": [],
        "placementStrategy": [{"type": "spread", "field": "attribute:ecs.availability-zone"}],
        "networkConfiguration": {"awsvpcConfiguration": subnets},
        "healthCheckGracePeriodSeconds": 60,
        "schedulingStrategy": "REPLICA",
        "deploymentController": {"type": "ECS"},
        "enableECSManagedTags": True,
        "propagateTags": "SERVICE",
        "enableExecuteCommand": False,
    }


def _event(service: str, number: int) -> Mapping[str, Any]:
    """As ECS writes of a service that finds no room."""
    return {
        "id": f"{number:08x}-1234-5678-9abc-def012345678",
        "createdAt": NOW - timedelta(minutes=number, milliseconds=321),
        "message": f"(service {service}) was unable to place a task because no container instance met all of its "
        f"requirements. The closest matching (container-instance {number:032x}) has insufficient CPU units available. "
        "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
    }


def _definition(number: int) -> Mapping[str, Any]:
    """Up to 930 sizes, of which a few dozen are not covered by others."""
    container = {
        "name": "app",
        "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app@sha256:" + "0" * 64,
        "cpu": 128 + 32 * (number % 30),
        "memory": 128 * (1 + number * 7 % 31),
        "essential": True,
        "portMappings": [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}],
        "environment": [{"name": f"VARIABLE_{each}", "value": "value"} for each in range(20)],
    }
    definition = {
        "taskDefinitionArn": _definition_arn(number),
        "family": f"s{number}",
        "networkMode": "awsvpc",
        "containerDefinitions": [container],
        "status": "ACTIVE",
        "registeredAt": NOW,
    }
    return {"taskDefinition": definition}


def _group(instances: int) -> Mapping[str, Any]:
    template = {"LaunchTemplateId": "lt-0123456789abcdef0", "LaunchTemplateName": "bench", "Version": "7"}
    return {
        "AutoScalingGroupName": "bench",
        "AutoScalingGroupARN": "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:bench",
        "LaunchTemplate": template,
        "MinSize": instances,
        "MaxSize": 2 * instances,
        "DesiredCapacity": instances,
        "DefaultCooldown": 300,
        "HealthCheckType": "EC2",
        "CreatedTime": NOW,
        "AvailabilityZones": ["a", "b", "c"],
        "EnabledMetrics": [{"Metric": "GroupInServiceInstances", "Granularity": "1Minute"}],
        "Tags": [{"Key": tags.CLUSTER, "Value": "bench", "ResourceId": "bench", "PropagateAtLaunch": True}],
        "Instances": [
            {
                "InstanceId": f"i-{number:017x}",
                "InstanceType": "m7g.2xlarge",
                "AvailabilityZone": "abc"[number % 3],
                "LifecycleState": "InService",
                "HealthStatus": "Healthy",
                "LaunchTemplate": template,
                "ProtectedFromScaleIn": False,
            }
            for number in range(instances)
        ],
    }
