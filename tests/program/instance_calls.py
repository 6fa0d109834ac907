"""The AWS calls of the software on an instance, as its makers document them, on the resources of its configuration.

What the configuration of this platform does not make them call (creating a cluster or a log group, setting a
retention, reading tags of tasks, volumes) is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from infra.common.location import Location
from tests.support.iam_evaluator import Call
from tests.support.started_instance import StartedInstance

INSTANCE_ID = "i-0123456789abcdef0"


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What an instance is configured to talk to."""

    location: Location
    cluster: str
    log_group: str
    log_stream: str
    namespace: str
    spot: bool

    @classmethod
    def of(cls, instance: StartedInstance, location: Location) -> Surroundings:
        """As the files say that its user data wrote."""
        (log_group,) = {file["log_group_name"] for file in instance.log_files}
        return cls(
            location=location,
            cluster=instance.agent["ECS_CLUSTER"],
            log_group=log_group,
            log_stream=instance.log_files[0]["log_stream_name"].replace("{instance_id}", INSTANCE_ID),
            namespace=instance.monitoring["metrics"]["namespace"],
            spot=instance.agent.get("ECS_ENABLE_SPOT_INSTANCE_DRAINING") == "true",
        )

    def moved(self, **elsewhere: str | bool) -> Surroundings:
        """The same with another cluster, log group or namespace."""
        return replace(self, **elsewhere)


def ecs_agent(at: Surroundings) -> list[Call]:
    """Calls of the ECS agent.

    Sources: ECS developer guide, "Amazon ECS container instance IAM role"; the agent's source, interfaces ECSClient and
    ECSSDK of ecs-agent/api/ecs/interface.go; "Tagging Amazon ECS resources" for the tags that it registers with.
    """
    cluster = at.location.arn("ecs", f"cluster/{at.cluster}")
    instance = at.location.arn("ecs", f"container-instance/{at.cluster}/0a1b2c3d")
    on_cluster = [
        "RegisterContainerInstance",
        "SubmitAttachmentStateChanges",
        "SubmitContainerStateChange",
        "SubmitTaskStateChange",
    ]
    on_instance = ["Poll", "StartTelemetrySession", *(["UpdateContainerInstancesState"] if at.spot else [])]
    tagging = {"ecs:CreateAction": "RegisterContainerInstance"}
    return [
        *(Call(action=f"ecs:{name}", resource=cluster) for name in on_cluster),
        *(Call(action=f"ecs:{name}", resource=instance, context={"ecs:cluster": cluster}) for name in on_instance),
        Call(action="ecs:TagResource", resource=instance, context=tagging),
    ]


def cloudwatch_logs(at: Surroundings) -> list[Call]:
    """Calls of the CloudWatch agent for log files.

    Sources: CloudWatch user guide, "Create IAM roles and users for use with the CloudWatch agent"; the agent's source,
    plugins/outputs/cloudwatchlogs/internal/pusher/target.go: it creates the stream, and the group only if it lacks.
    """
    stream = at.location.log_group_arn(f"{at.log_group}:log-stream:{at.log_stream}")
    return [Call(action=f"logs:{name}", resource=stream) for name in ("CreateLogStream", "PutLogEvents")]


def cloudwatch_metrics(at: Surroundings) -> list[Call]:
    """The call of the CloudWatch agent for measurements (same page of its user guide)."""
    return [Call(action="cloudwatch:PutMetricData", context={"cloudwatch:namespace": at.namespace})]


def without_resource() -> list[Call]:
    """Calls whose actions have no resource to name.

    Sources: the pages above for the endpoint of the ECS agent and for the tags that name an instance's group;
    Systems Manager user guide, "Create a custom IAM role for Session Manager".
    """
    actions = [
        "ecs:DiscoverPollEndpoint",
        "ec2:DescribeTags",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ]
    return [Call(action=action) for action in actions]


def session_manager(at: Surroundings) -> list[Call]:
    """The call by which the SSM agent reports itself (same page of the Systems Manager user guide)."""
    return [Call(action="ssm:UpdateInstanceInformation", resource=at.location.arn("ec2", f"instance/{INSTANCE_ID}"))]


def all_calls(at: Surroundings) -> list[Call]:
    """Everything that the software on an instance calls."""
    parts = (ecs_agent(at), cloudwatch_logs(at), cloudwatch_metrics(at), session_manager(at), without_resource())
    return [call for part in parts for call in part]


def flow_log_calls(location: Location, log_group: str) -> list[Call]:
    """Calls of the delivery of flow logs, to a log group that exists.

    Source: VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs".
    """
    stream = location.log_group_arn(f"{log_group}:log-stream:eni-0123456789abcdef0-all")
    return [
        Call(action="logs:CreateLogStream", resource=stream),
        Call(action="logs:PutLogEvents", resource=stream),
        Call(action="logs:DescribeLogStreams", resource=location.log_group_arn(log_group)),
        Call(action="logs:DescribeLogGroups"),
    ]
