"""The role by which EventBridge Scheduler starts the runs of one job, and does nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..common import iam
from ..common.location import Location


def trust(group: str, location: Location) -> str:
    """Only Scheduler, for the schedules of one group of this account.

    EventBridge Scheduler user guide, "Prevent confused deputy".
    """
    return iam.trust(
        "scheduler.amazonaws.com",
        {
            "StringEquals": {
                "aws:SourceAccount": location.account,
                "aws:SourceArn": location.arn("scheduler", f"schedule-group/{group}"),
            }
        },
    )


def statements(
    *, cluster: str, family: str, roles: Sequence[str], queue: str, location: Location
) -> list[Mapping[str, Any]]:
    """It may run a family's task definitions on a cluster, by the two roles of its tasks, and keep what failed.

    Source: the managed policy AmazonEC2ContainerServiceEventsRole, for all families and roles; EventBridge Scheduler
    user guide, "Configuring a dead-letter queue".
    """
    cluster_arn = location.arn("ecs", f"cluster/{cluster}")
    return [
        iam.allow(
            ["ecs:RunTask"],
            [location.arn("ecs", f"task-definition/{family}:*")],
            {"ArnEquals": {"ecs:cluster": cluster_arn}},
        ),
        iam.allow(
            ["ecs:TagResource"],
            [location.arn("ecs", f"task/{cluster}/*")],
            {"StringEquals": {"ecs:CreateAction": "RunTask"}},
        ),
        iam.allow(
            ["iam:PassRole"],
            [location.iam_arn(f"role/{role}") for role in roles],
            {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        ),
        iam.allow(["sqs:SendMessage"], [location.arn("sqs", queue)]),
    ]
