"""The stage of the drill: a small service in the demo's cluster, looks at it, and its end."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from drill_story import Frame, Machine, Task

NAME = "drill"
"""Name of the service and of its task definition."""


@dataclass(kw_only=True)
class Stage:
    """The demo's cluster, by its stack outputs, and the AWS clients to look at it."""

    outputs: Mapping[str, Any]
    client: Callable[[str], Any]
    began_ms: int = field(default_factory=lambda: int(time.time() * 1000) - 1000)
    """What is older belongs to another drill; in milliseconds since 1970, less a second for the emulator's clock."""
    _hosts: dict[str, str] = field(default_factory=dict[str, str])
    """Container instance ARN → instance id; it outlives the registration, as its tasks do."""

    @property
    def cluster(self) -> str:
        """Name of the cluster."""
        return str(self.outputs["clusterName"])

    def start_service(self, tasks: int, stop_timeout_s: int) -> None:
        """Run a service whose tasks take `stop_timeout_s` seconds to stop (on AWS; the emulator takes a share)."""
        ecs = self.client("ecs")
        container = {
            "name": NAME, "image": "busybox:1.37", "essential": True, "command": ["sleep", "86400"],
            "stopTimeout": stop_timeout_s,
        }  # fmt: skip
        ecs.register_task_definition(
            family=NAME, networkMode="awsvpc", requiresCompatibilities=["EC2"], cpu="128", memory="256",
            containerDefinitions=[container],
        )  # fmt: skip
        ecs.create_service(
            cluster=self.cluster,
            serviceName=NAME,
            taskDefinition=NAME,
            desiredCount=tasks,
            networkConfiguration={"awsvpcConfiguration": self._network()},
            placementStrategy=[{"type": "spread", "field": "attribute:ecs.availability-zone"}],
            deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 200},
        )

    def _network(self) -> dict[str, Any]:
        """The private subnets, and the network's default security group: nothing has to reach these tasks."""
        wanted = [{"Name": "vpc-id", "Values": [self.outputs["vpcId"]]}, {"Name": "group-name", "Values": ["default"]}]
        (group,) = self.client("ec2").describe_security_groups(Filters=wanted)["SecurityGroups"]
        return {"subnets": self.outputs["privateSubnetIds"], "securityGroups": [group["GroupId"]]}

    def end_service(self) -> None:
        """Delete the service, if it was made, and its task definitions; what it left running stops by itself."""
        ecs = self.client("ecs")
        if self.has_service():
            ecs.delete_service(cluster=self.cluster, service=NAME, force=True)
        for arn in ecs.list_task_definitions(familyPrefix=NAME)["taskDefinitionArns"]:
            ecs.deregister_task_definition(taskDefinition=arn)

    def has_service(self) -> bool:
        """Whether a drill's service stands, whole or in part."""
        found = self.client("ecs").describe_services(cluster=self.cluster, services=[NAME])["services"]
        return any(each["status"] != "INACTIVE" for each in found)

    def terminate(self, instance_id: str) -> None:
        """What a scale-in, a refresh or a person does: the group's size stays."""
        self.client("autoscaling").terminate_instance_in_auto_scaling_group(
            InstanceId=instance_id, ShouldDecrementDesiredCapacity=False
        )

    def look(self) -> Frame:
        """Look at the group first and at the tasks last: a task that is stopped now was not necessarily before."""
        groups = self.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
        mine = f"{self.cluster}-instances-"
        found = [each for group in groups if group["AutoScalingGroupName"].startswith(mine)
                 for each in group["Instances"]]  # fmt: skip
        registered = self._registered()
        machines = [
            Machine(
                instance_id=each["InstanceId"],
                zone=each["AvailabilityZone"],
                lifecycle=each["LifecycleState"],
                registration=registered.get(each["InstanceId"], "-"),
            )
            for each in found
        ]
        return Frame(at=time.time(), machines=tuple(machines), tasks=self._tasks())

    def _registered(self) -> dict[str, str]:
        ecs = self.client("ecs")
        arns = ecs.list_container_instances(cluster=self.cluster)["containerInstanceArns"]
        if not arns:
            return {}
        answer = ecs.describe_container_instances(cluster=self.cluster, containerInstances=arns)
        self._hosts |= {each["containerInstanceArn"]: each["ec2InstanceId"] for each in answer["containerInstances"]}
        return {
            each["ec2InstanceId"]: each["status"] + ("" if each["agentConnected"] else ", agent disconnected")
            for each in answer["containerInstances"]
        }

    def _tasks(self) -> tuple[Task, ...]:
        ecs = self.client("ecs")
        arns = [
            arn
            for meant in ("RUNNING", "STOPPED")
            for arn in ecs.list_tasks(cluster=self.cluster, family=NAME, desiredStatus=meant)["taskArns"]
        ]
        shown = ecs.describe_tasks(cluster=self.cluster, tasks=arns)["tasks"] if arns else []
        return tuple(
            Task(
                task_id=each["taskArn"].rpartition("/")[2][:8],
                instance_id=self._hosts.get(each["containerInstanceArn"], "?"),
                status=each["lastStatus"],
                stopped_at=each["stoppedAt"].timestamp() if "stoppedAt" in each else None,
            )
            for each in shown
            if each["createdAt"].timestamp() * 1000 >= self.began_ms
        )

    def lines(self, since: float) -> list[dict[str, Any]]:
        """The controller's own lines in its log group since then: those with an event."""
        group = f"/aws/lambda/{self.cluster}-instances"
        pages = self.client("logs").get_paginator("filter_log_events")
        texts = [
            event["message"]
            for page in pages.paginate(logGroupName=group, startTime=int(since * 1000))
            for event in page["events"]
        ]
        found = [json.loads(text) for text in texts if text.startswith("{")]
        return [line for line in found if "event" in line]
