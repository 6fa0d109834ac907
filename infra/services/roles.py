"""What the execution role and the task role of a service may do: each only what is named here. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..common import iam
from ..common.location import Location
from .container import Container, ecr_repository
from .container_definitions import Known
from .secret_arn import SecretArn
from .volume import EfsVolume


def trust(location: Location) -> str:
    """Only ECS, for tasks of this account and Region, assumes the roles (ECS developer guide, "Task IAM role")."""
    return iam.trust(
        "ecs-tasks.amazonaws.com",
        {
            "StringEquals": {"aws:SourceAccount": location.account},
            "ArnLike": {"aws:SourceArn": location.arn("ecs", "*")},
        },
    )


def execution_statements(
    containers: Sequence[Container], known: Sequence[Known], log_group: str, location: Location
) -> list[dict[str, Any]]:
    """ECS may write the service's logs, pull its images and read its secrets, to start its tasks."""
    log_arn = location.log_group_arn(log_group)
    found = [iam.allow(["logs:CreateLogStream", "logs:PutLogEvents"], [f"{log_arn}:*"])]
    repositories = {arn: one for one, its in zip(containers, known, strict=True) if (arn := _repository(its, location))}
    if repositories:
        pulled = sorted(repositories)
        found += [
            iam.allow(["ecr:GetAuthorizationToken"], ["*"]),  # has no resource to name
            iam.allow(["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], pulled),
        ]
    if cached := sorted(arn for arn, one in repositories.items() if one.pull_through_cache):
        # Amazon ECR user guide, "IAM permissions required to sync an upstream registry"
        found.append(iam.allow(["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"], cached))
    return [*found, *_secret_statements([arn for its in known for arn in its.read_arns], location)]


def _repository(known: Known, location: Location) -> str | None:
    repository = ecr_repository(known.image)
    if repository is None:
        return None
    return "arn:{partition}:ecr:{region}:{account}:repository/{name}".format(partition=location.partition, **repository)


def _secret_statements(arns: Sequence[str], location: Location) -> list[dict[str, Any]]:
    """Secrets may be read where they are, and decrypted by the keys of that account and Region."""
    secrets = [SecretArn.of(arn) for arn in set(arns)]
    found: list[dict[str, Any]] = []
    for service, action in {"secretsmanager": "secretsmanager:GetSecretValue", "ssm": "ssm:GetParameters"}.items():
        if named := sorted({arn for one in secrets if one.service == service for arn in one.readable}):
            found.append(iam.allow([action], named))
    for region in sorted({one.region for one in secrets}):
        accounts = sorted({one.account for one in secrets if one.region == region})
        keys = [f"arn:{location.partition}:kms:{region}:{account}:key/*" for account in accounts]
        through = [f"{service}.{region}.amazonaws.com" for service in ("secretsmanager", "ssm")]
        found.append(iam.allow(["kms:Decrypt"], keys, {"StringEquals": {"kms:ViaService": through}}))
    return found


def file_system_statement(
    volume: EfsVolume, file_system_id: str, access_point_id: str | None, location: Location
) -> dict[str, Any]:
    """Tasks may mount a file system, by its access point alone where there is one, and never as root.

    Amazon EFS user guide, "Using IAM to control access to file systems".
    """
    actions = ["elasticfilesystem:ClientMount", *([] if volume.read_only else ["elasticfilesystem:ClientWrite"])]
    points = [location.arn("elasticfilesystem", f"access-point/{access_point_id}")] if access_point_id else []
    condition = {"StringEquals": {"elasticfilesystem:AccessPointArn": points}} if points else None
    return iam.allow(actions, [location.arn("elasticfilesystem", f"file-system/{file_system_id}")], condition)


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
