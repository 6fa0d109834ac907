"""What the execution role and the task role of a service may do: each only what is named here. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..common import iam
from ..common.location import Location
from .container import Container, ecr_repository


def trust(location: Location) -> str:
    """Only ECS, for tasks of this account and Region, assumes the roles (ECS developer guide, "Task IAM role")."""
    return iam.trust(
        "ecs-tasks.amazonaws.com",
        {
            "StringEquals": {"aws:SourceAccount": location.account},
            "ArnLike": {"aws:SourceArn": location.arn("ecs", "*")},
        },
    )


def execution_statements(container: Container, image: str, log_group: str, location: Location) -> list[dict[str, Any]]:
    """ECS may write the service's logs, pull its image and read its secrets, to start its tasks."""
    log_arn = location.log_group_arn(log_group)
    found = [iam.allow(["logs:CreateLogStream", "logs:PutLogEvents"], [f"{log_arn}:*"])]
    if repository := ecr_repository(image):
        arn = "arn:{partition}:ecr:{region}:{account}:repository/{name}".format(
            partition=location.partition, **repository
        )
        found += [
            iam.allow(["ecr:GetAuthorizationToken"], ["*"]),  # has no resource to name
            iam.allow(["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], [arn]),
        ]
    arns = sorted({_secret_arn(arn) for arn in container.secrets.values()})
    for service, action in {"secretsmanager": "secretsmanager:GetSecretValue", "ssm": "ssm:GetParameters"}.items():
        if named := [arn for arn in arns if f":{service}:" in arn]:
            found.append(iam.allow([action], named))
    if arns:
        through = [f"{service}.{location.region}.amazonaws.com" for service in ("secretsmanager", "ssm")]
        keys = location.arn("kms", "key/*")
        found.append(iam.allow(["kms:Decrypt"], [keys], {"StringEquals": {"kms:ViaService": through}}))
    return found


def task_statements(
    own: Sequence[Mapping[str, Any]], container: Container, exec_log_group: str, location: Location
) -> list[Mapping[str, Any]]:
    """The application's own statements, and what ECS Exec needs (ECS developer guide, "ECS Exec", IAM permissions)."""
    if not container.exec:
        return list(own)
    log_arn = location.log_group_arn(exec_log_group)
    return [
        *own,
        iam.allow(
            [
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            ],
            ["*"],
        ),
        iam.allow(["logs:DescribeLogGroups"], ["*"]),  # a list call has no resource to name
        iam.allow(["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"], [f"{log_arn}:*"]),
    ]


def _secret_arn(arn: str) -> str:
    """The ARN of the secret itself, without the key, stage and version that may follow it."""
    return ":".join(arn.split(":")[:7]) if ":secretsmanager:" in arn else arn
