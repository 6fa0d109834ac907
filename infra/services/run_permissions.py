"""What whoever starts the tasks of a job may do. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..common import iam
from ..common.location import Location


def on_cluster(cluster: str, location: Location) -> dict[str, dict[str, str]]:
    """The condition that a call is about one cluster."""
    return {"ArnEquals": {"ecs:cluster": location.arn("ecs", f"cluster/{cluster}")}}


def run_statements(*, cluster: str, family: str, roles: Sequence[str], location: Location) -> list[Mapping[str, Any]]:
    """It may run a family's task definitions on a cluster, by the two roles of its tasks.

    Source: the managed policy AmazonEC2ContainerServiceEventsRole, which has the same for all families and roles.
    """
    return [
        iam.allow(["ecs:RunTask"], [location.arn("ecs", f"task-definition/{family}:*")], on_cluster(cluster, location)),
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
    ]
