"""A small cluster on the emulator, for its tests: three zones, a launch template, a group, an ECS cluster."""

import base64
from dataclasses import dataclass
from typing import Any

import boto3

from sandbox.emulator import Emulator, Server

REGION = "eu-west-1"
CLUSTER = "platform"
GROUP = "platform-instances"
USER_DATA = f"#!/bin/bash\necho ECS_CLUSTER={CLUSTER} >> /etc/ecs/ecs.config\n"


def client(service: str, served: Server | None = None) -> Any:
    """A client of the emulator in this process, or of a served one."""
    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=served.endpoint if served else None,
        aws_access_key_id=served.key if served else "test",
        aws_secret_access_key="test",
    )


@dataclass
class Land:
    """The clients and ids that the tests use."""

    emulator: Emulator
    ec2: Any
    auto_scaling: Any
    ecs: Any
    subnets: list[str]
    security_group: str
    template: str

    def group(self) -> dict[str, Any]:
        return self.auto_scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[GROUP])["AutoScalingGroups"][0]

    def states(self) -> list[str]:
        return sorted(instance["LifecycleState"] for instance in self.group()["Instances"])

    def ids(self) -> list[str]:
        return [instance["InstanceId"] for instance in self.group()["Instances"]]

    def versions(self) -> set[str]:
        return {instance["LaunchTemplate"]["Version"] for instance in self.group()["Instances"]}

    def hook(self, name: str, transition: str, **more: Any) -> None:
        self.auto_scaling.put_lifecycle_hook(
            AutoScalingGroupName=GROUP,
            LifecycleHookName=name,
            LifecycleTransition=f"autoscaling:EC2_INSTANCE_{transition}",
            **{"HeartbeatTimeout": 300, "DefaultResult": "CONTINUE", **more},
        )

    def complete(self, name: str, instance: str, result: str = "CONTINUE") -> None:
        self.auto_scaling.complete_lifecycle_action(
            AutoScalingGroupName=GROUP, LifecycleHookName=name, InstanceId=instance, LifecycleActionResult=result
        )

    def create_group(self, size: int = 3, **more: Any) -> None:
        self.auto_scaling.create_auto_scaling_group(
            AutoScalingGroupName=GROUP,
            LaunchTemplate={"LaunchTemplateId": self.template, "Version": "1"},
            VPCZoneIdentifier=",".join(self.subnets),
            **{"MinSize": 0, "MaxSize": 20, "DesiredCapacity": size, **more},
        )

    def instances(self) -> list[dict[str, Any]]:
        arns = self.ecs.list_container_instances(cluster=CLUSTER)["containerInstanceArns"]
        if not arns:
            return []
        return self.ecs.describe_container_instances(cluster=CLUSTER, containerInstances=arns)["containerInstances"]

    def define(self, family: str = "shop", cpu: int = 512, memory: int = 512, **more: Any) -> str:
        container = {"name": "app", "image": "shop:1", "memory": memory, "cpu": cpu, "stopTimeout": 30}
        answer = self.ecs.register_task_definition(
            family=family,
            networkMode="awsvpc",
            containerDefinitions=[container],
            cpu=str(cpu),
            memory=str(memory),
            **more,
        )
        return answer["taskDefinition"]["taskDefinitionArn"]

    def network(self) -> dict[str, Any]:
        return {"awsvpcConfiguration": {"subnets": self.subnets, "securityGroups": [self.security_group]}}

    def run(self, name: str = "shop", *, lasting: bool = False, **more: Any) -> dict[str, Any]:
        """Run a task without a service; a lasting one does not end by itself while a test looks."""
        lasts = {"name": "app", "environment": [{"name": "EMULATOR_RUNS_S", "value": "100000"}]}
        given = {"overrides": {"containerOverrides": [lasts]}} if lasting else {}
        answer = self.ecs.run_task(
            cluster=CLUSTER, taskDefinition=name, **{"networkConfiguration": self.network(), **given, **more}
        )
        return answer["tasks"][0]

    def task(self, arn: str) -> dict[str, Any]:
        return self.ecs.describe_tasks(cluster=CLUSTER, tasks=[arn])["tasks"][0]

    def serve(self, name: str = "shop", count: int | None = 3, **more: Any) -> None:
        number = {} if count is None else {"desiredCount": count}
        self.ecs.create_service(
            cluster=CLUSTER,
            serviceName=name,
            taskDefinition=name,
            launchType="EC2",
            **{**number, "networkConfiguration": self.network(), **more},
        )

    def serve_daemon(self, name: str = "agent", **more: Any) -> None:
        self.define(name, cpu=10, memory=16)
        self.serve(name, count=None, schedulingStrategy="DAEMON", **more)

    def service(self, name: str = "shop") -> dict[str, Any]:
        return self.ecs.describe_services(cluster=CLUSTER, services=[name])["services"][0]

    def tasks(self, **filters: Any) -> list[dict[str, Any]]:
        arns = self.ecs.list_tasks(cluster=CLUSTER, **filters)["taskArns"]
        return self.ecs.describe_tasks(cluster=CLUSTER, tasks=arns)["tasks"] if arns else []


def a_land(emulator: Emulator, instance_type: str = "m7g.large", user_data: str = USER_DATA) -> Land:
    """Make the network, the launch template and the ECS cluster; the group comes from `create_group`."""
    ec2, ecs = client("ec2"), client("ecs")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"][
            "SubnetId"
        ]
        for i, zone in enumerate("abc")
    ]
    security_group = ec2.create_security_group(GroupName="tasks", Description="tasks", VpcId=vpc)["GroupId"]
    data = {
        "ImageId": "ami-12345678",
        "InstanceType": instance_type,
        "UserData": base64.b64encode(user_data.encode()).decode(),
    }
    template = ec2.create_launch_template(LaunchTemplateName="nodes", LaunchTemplateData=data)["LaunchTemplate"]
    ec2.create_launch_template_version(
        LaunchTemplateId=template["LaunchTemplateId"], LaunchTemplateData={**data, "ImageId": "ami-87654321"}
    )
    ecs.create_cluster(clusterName=CLUSTER)
    return Land(emulator, ec2, client("autoscaling"), ecs, subnets, security_group, template["LaunchTemplateId"])
