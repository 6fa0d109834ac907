"""What an instance may do: be a container instance of its own cluster, be reached by Session Manager, and report.

Images are pulled, and logs of tasks written, by the execution role of each task; AWS's managed policy for instances
would let every instance do both for all repositories and groups. It also grants what the agent has not called for
long (ecs:DeregisterContainerInstance, with which one instance could remove another from the cluster).
"""

from __future__ import annotations

from typing import Any

from ...common import iam
from ...common.location import Location
from .user_data import metric_namespace


def statements(location: Location, cluster_name: str, log_group_name: str, *, spot: bool) -> list[dict[str, Any]]:
    """The role's statements, in the order agent, Session Manager, CloudWatch agent.

    With `spot`, the agent drains its instance when the two-minute notice comes. IAM cannot say "its own instance only",
    so instances that are never Spot do without.
    """
    cluster_arn = location.arn("ecs", f"cluster/{cluster_name}")
    instance_arns = location.arn("ecs", f"container-instance/{cluster_name}/*")
    log_arn = location.log_group_arn(log_group_name)
    namespace = metric_namespace(cluster_name)
    in_cluster = {"ArnEquals": {"ecs:cluster": cluster_arn}}
    return [
        # The ECS agent (ECS developer guide, "Amazon ECS container instance IAM role").
        iam.allow(["ecs:DiscoverPollEndpoint"], ["*"]),  # has no resource to name
        iam.allow(
            [
                "ecs:RegisterContainerInstance",
                "ecs:SubmitAttachmentStateChanges",
                "ecs:SubmitContainerStateChange",
                "ecs:SubmitTaskStateChange",
            ],
            [cluster_arn],
        ),
        iam.allow(
            ["ecs:Poll", "ecs:StartTelemetrySession", *(["ecs:UpdateContainerInstancesState"] if spot else [])],
            [instance_arns],
            in_cluster,
        ),
        iam.allow(
            ["ecs:TagResource"], [instance_arns], {"StringEquals": {"ecs:CreateAction": "RegisterContainerInstance"}}
        ),
        # Session Manager (its user guide, "Verify or add instance permissions"): no SSH, no open port.
        iam.allow(
            [
                "ssm:UpdateInstanceInformation",
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            ],
            ["*"],
        ),
        # The CloudWatch agent; DescribeTags tells it the group that the instance belongs to.
        iam.allow(["ec2:DescribeTags"], ["*"]),
        iam.allow(["cloudwatch:PutMetricData"], ["*"], {"StringEquals": {"cloudwatch:namespace": namespace}}),
        iam.allow(["logs:CreateLogStream", "logs:PutLogEvents"], [f"{log_arn}:*"]),  # the group is there already
    ]
