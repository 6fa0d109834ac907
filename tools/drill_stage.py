"""The stage of the drills: a small service in the demo's cluster, looks at it, and its end."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parent.parent))

from lambdas.cluster import tags
from tools.drill_frames import Counts, Frame, Machine, RefreshSeen, Task

NAME: Final = "drill"
"""Name of the service and of its task definition."""

DESCRIBED: Final = 100
"""Most tasks in a call of DescribeTasks (ECS API reference)."""

OVER_ZONES: Final = {"type": "spread", "field": "attribute:ecs.availability-zone"}
OVER_INSTANCES: Final = {"type": "spread", "field": "instanceId"}
"""Placement strategies of ECS."""


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

    def start_service(
        self, tasks: int, stop_timeout_s: int, strategies: Sequence[Mapping[str, str]] = (OVER_ZONES,)
    ) -> None:
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
            placementStrategy=list(strategies),
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

    def groups(self) -> list[dict[str, Any]]:
        """The cluster's Auto Scaling groups; while one is replaced there are two."""
        found = self.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
        return [each for each in found if each["AutoScalingGroupName"].startswith(f"{self.cluster}-instances-")]

    def wanted_version(self) -> str:
        """The version of the launch template that the group's tag names."""
        (group,) = self.groups()
        return next(each["Value"] for each in group["Tags"] if each["Key"] == tags.WANTED_VERSION)

    def look(self) -> Frame:
        """Look at the group first and at the tasks last: a task that is stopped now was not necessarily before."""
        groups = self.groups()
        registered = self._registered()
        machines = [
            Machine(
                instance_id=each["InstanceId"],
                zone=each["AvailabilityZone"],
                lifecycle=each["LifecycleState"],
                registration=registered.get(each["InstanceId"], "-"),
                version=each.get("LaunchTemplate", {}).get("Version", ""),
            )
            for group in groups
            for each in group["Instances"]
        ]
        counts = self._counts()
        return Frame(
            at=round(time.time(), 2),
            machines=tuple(machines),
            tasks=self._tasks(),
            counts=counts,
            refresh=self._refresh([each["AutoScalingGroupName"] for each in groups]),
        )

    def _counts(self) -> Counts | None:
        found = self.client("ecs").describe_services(cluster=self.cluster, services=[NAME])["services"]
        return next(
            (
                Counts(desired=each["desiredCount"], running=each["runningCount"], pending=each["pendingCount"])
                for each in found
            ),
            None,
        )

    def _refresh(self, groups: Sequence[str]) -> RefreshSeen | None:
        scaling = self.client("autoscaling")
        for group in groups:
            found = scaling.describe_instance_refreshes(AutoScalingGroupName=group, MaxRecords=1)["InstanceRefreshes"]
            for each in found:
                if each["StartTime"].timestamp() * 1000 >= self.began_ms:
                    template = (each.get("DesiredConfiguration") or {}).get("LaunchTemplate") or {}
                    return RefreshSeen(
                        refresh_id=each["InstanceRefreshId"],
                        status=each["Status"],
                        percent=each.get("PercentageComplete", 0),
                        version=str(template.get("Version", "")),
                    )
        return None

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
        parts = [arns[start : start + DESCRIBED] for start in range(0, len(arns), DESCRIBED)]
        shown = [each for part in parts for each in ecs.describe_tasks(cluster=self.cluster, tasks=part)["tasks"]]
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

    def lines(self, since: float, controllers: Sequence[str] = ("instances",)) -> list[dict[str, Any]]:
        """The controllers' own lines in their log groups since then: those with an event. Not each is deployed."""
        return [{**line, "controller": name} for name in controllers for line in self._lines_of(name, since)]

    def _lines_of(self, controller: str, since: float) -> list[dict[str, Any]]:
        logs = self.client("logs")
        pages = logs.get_paginator("filter_log_events")
        group = f"/aws/lambda/{self.cluster}-{controller}"
        try:
            texts = [
                event["message"]
                for page in pages.paginate(logGroupName=group, startTime=int(since * 1000))
                for event in page["events"]
            ]
        except logs.exceptions.ResourceNotFoundException:
            return []
        found = [json.loads(text) for text in texts if text.startswith("{")]
        return [line for line in found if "event" in line]

    def has_function(self, controller: str) -> bool:
        """Whether a controller of that name is deployed."""
        functions = self.client("lambda")
        try:
            functions.get_function(FunctionName=f"{self.cluster}-{controller}")
        except functions.exceptions.ResourceNotFoundException:
            return False
        return True

    def measured(self, controller: str, metric: str, since: float) -> float | None:
        """The latest minute's highest value of a controller's metric; None where none was written since then."""
        found = self.client("cloudwatch").get_metric_statistics(
            Namespace=self.outputs["metricNamespace"],
            MetricName=metric,
            Dimensions=[{"Name": "Cluster", "Value": self.cluster}, {"Name": "Controller", "Value": controller}],
            StartTime=datetime.fromtimestamp(since, UTC),
            EndTime=datetime.now(UTC) + timedelta(minutes=1),
            Period=60,
            Statistics=["Maximum"],
        )["Datapoints"]
        return max(found, key=lambda each: each["Timestamp"])["Maximum"] if found else None
