"""The role by which EventBridge Scheduler starts the runs of one job, and does nothing else. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..common import iam
from ..common.location import Location
from .run_permissions import run_statements


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
    """It may run the job, and keep what could not be started.

    EventBridge Scheduler user guide, "Configuring a dead-letter queue".
    """
    return [
        *run_statements(cluster=cluster, family=family, roles=roles, location=location),
        iam.allow(["sqs:SendMessage"], [location.arn("sqs", queue)]),
    ]
