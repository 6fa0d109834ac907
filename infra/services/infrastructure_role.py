"""The role by which ECS itself manages what belongs to tasks: volumes, or rules of the load balancer."""

from __future__ import annotations

from typing import Final

import pulumi
import pulumi_aws as aws

from ..common import iam
from ..contract import Platform

VOLUMES_POLICY: Final = "service-role/AmazonECSInfrastructureRolePolicyForVolumes"
"""Policy of AWS for volumes of EBS (ECS developer guide, "Amazon ECS infrastructure IAM role")."""


def infrastructure_role(
    name: str, platform: Platform, policy: str, opts: pulumi.ResourceOptions
) -> tuple[aws.iam.Role, aws.iam.RolePolicyAttachment]:
    """A role that only ECS, for this account, may act as, and its managed policy of AWS, whose path is `policy`.

    What the role serves depends on both.
    """
    role = ecs_role(name, platform, opts)
    attachment = aws.iam.RolePolicyAttachment(
        name,
        role=role.name,
        policy_arn=pulumi.Output.format("arn:{0}:iam::aws:policy/{1}", platform.partition, policy),
        opts=opts,
    )
    return role, attachment


def ecs_role(name: str, platform: Platform, opts: pulumi.ResourceOptions) -> aws.iam.Role:
    """A role that only ECS, for this account, may act as."""
    return aws.iam.Role(
        name,
        assume_role_policy=pulumi.Output.from_input(platform.account).apply(
            lambda account: iam.trust("ecs.amazonaws.com", {"StringEquals": {"aws:SourceAccount": account}})
        ),
        permissions_boundary=platform.permissions_boundary_arn,
        opts=opts,
    )
