"""The ECS cluster, with a record of what happens in it: commands run in tasks, and every event of ECS."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

import pulumi
import pulumi_aws as aws

from ...common import iam
from ...common.location import Location
from ..conventions import Conventions
from ..monitoring import AlarmTopics, DeadLetterQueue, DeadLetterQueueArgs
from .failed_deployments import count_failed_deployments, failed_deployment_alarm

EVENT_WRITERS = "events.amazonaws.com", "delivery.logs.amazonaws.com"
"""Who writes events to a log group: EventBridge, through the delivery service of Logs (EventBridge user guide, "Using
resource-based policies", CloudWatch Logs permissions). With the one alone, events are lost without an error."""


@dataclass(frozen=True, kw_only=True)
class ClusterArgs:
    """The cluster gets its name from the conventions."""

    conventions: Conventions
    alarm_topics: AlarmTopics
    container_insights: Literal["enhanced", "enabled", "disabled"] = "enhanced"
    """Metrics of tasks and containers. By default `enhanced`, which AWS recommends (ECS developer guide, "Container
    Insights")."""


class Cluster(pulumi.ComponentResource):
    """An ECS cluster for instances that register by its name. It has no capacity of its own."""

    cluster_name: str
    """Known in a preview: instances, log groups and roles refer to it."""
    cluster_arn: pulumi.Output[str]
    exec_log_group_name: str
    resources: list[pulumi.Resource]
    """The cluster itself: whatever works in it while it is destroyed depends on them."""

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:Cluster", name, None, opts)
        self._name, self._args = name, args
        self._child_opts = pulumi.ResourceOptions(parent=self)
        self.cluster_name = args.conventions.names.cluster
        self.exec_log_group_name = args.conventions.names.log_group("exec")
        exec_logs = self._log_group("exec-logs", self.exec_log_group_name)
        insights_logs = self._insights_logs()
        cluster = aws.ecs.Cluster(
            f"{name}-cluster",
            name=self.cluster_name,  # instances register with a cluster by its name
            settings=[{"name": "containerInsights", "value": args.container_insights}],
            configuration={
                "execute_command_configuration": {
                    "logging": "OVERRIDE",
                    "log_configuration": {
                        "cloud_watch_log_group_name": exec_logs.name,
                        "cloud_watch_encryption_enabled": args.conventions.key_arn is not None,
                    },
                }
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=insights_logs, protect=args.conventions.protect),
        )
        self.cluster_arn, self.resources = cluster.arn, [cluster]
        self._record_events()
        self.register_outputs({"cluster_name": self.cluster_name, "cluster_arn": self.cluster_arn})

    def _log_group(self, role: str, log_name: str) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            f"{self._name}-{role}",
            name=log_name,  # its writers know it by name
            retention_in_days=self._args.conventions.log_retention_days,
            kms_key_id=self._args.conventions.key_arn,
            opts=self._child_opts,
        )

    def _insights_logs(self) -> list[pulumi.Resource]:
        if self._args.container_insights == "disabled":
            return []
        return [self._log_group("insights-logs", self._args.conventions.names.insights_log_group)]

    def _record_events(self) -> None:
        location, log_name = self._args.conventions.location, self._args.conventions.names.event_log_group
        logs = self._log_group("event-logs", log_name)
        count_failed_deployments(f"{self._name}-failed-deployments", self.cluster_name, logs, self._child_opts)
        self._args.alarm_topics.alarm(
            f"{self._name}-failed-deployments", failed_deployment_alarm(self.cluster_name), self
        )
        rule_name = f"{self._name}-events"
        rule = aws.cloudwatch.EventRule(
            rule_name,
            description=f"All events of the cluster {self.cluster_name}",
            event_pattern=json.dumps(events_of(self.cluster_name, location)),
            opts=self._child_opts,
        )
        # EventBridge writes to Logs by a resource policy of Logs, not by a role.
        policy = aws.cloudwatch.LogResourcePolicy(
            f"{self._name}-events",
            policy_name=f"{self.cluster_name}-events",
            policy_document=iam.document(
                iam.allow_service(
                    EVENT_WRITERS,
                    ["logs:CreateLogStream", "logs:PutLogEvents"],
                    [f"{location.log_group_arn(log_name)}:*"],
                )
            ),
            opts=self._child_opts,
        )
        dead_letters = DeadLetterQueue(
            f"{self._name}-events-dead-letter-queue",
            DeadLetterQueueArgs(
                location=location,
                alarm_topics=self._args.alarm_topics,
                sender="events.amazonaws.com",
                source_arn=location.arn("events", f"rule/{rule_name}-*"),
            ),
            self._child_opts,
        )
        aws.cloudwatch.EventTarget(
            f"{self._name}-events",
            rule=rule.name,
            arn=logs.arn,
            dead_letter_config={"arn": dead_letters.arn},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy, dead_letters.policy]),
        )


def events_of(cluster: str, location: Location) -> dict[str, Any]:
    """The pattern of all events of one cluster.

    Events of deployments name no cluster, only the service (ECS developer guide, "Deployment state change events").
    """
    return {
        "source": ["aws.ecs"],
        "$or": [
            {"detail": {"clusterArn": [location.arn("ecs", f"cluster/{cluster}")]}},
            {"resources": [{"prefix": location.arn("ecs", f"service/{cluster}/")}]},
        ],
    }
