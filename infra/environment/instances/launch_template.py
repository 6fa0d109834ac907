"""The launch template: what every instance of the group is made of."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from .user_data import UserData

AMI_VOLUME_GIB = 30
"""Size of the snapshot of an ECS-optimized AL2023 image (ECS developer guide, "Amazon ECS-optimized Linux AMIs")."""


@dataclass(frozen=True, kw_only=True)
class LaunchTemplateArgs:
    """What differs between environments; all else of an instance is the same everywhere."""

    description: str
    ami_id: str
    instance_type: str
    """The group's overrides say which types are launched; a template alone needs one."""
    instance_profile_arn: pulumi.Input[str]
    security_group_id: pulumi.Input[str]
    volume_gib: int
    """Size of the root volume, AMI_VOLUME_GIB or more."""
    user_data: UserData
    tags: Mapping[str, str]


def launch_template(name: str, args: LaunchTemplateArgs, parent: pulumi.Resource) -> aws.ec2.LaunchTemplate:
    """The template. A change makes a version of it; the instance controller rolls that out."""
    return aws.ec2.LaunchTemplate(
        name,
        description=args.description,
        image_id=args.ami_id,
        instance_type=args.instance_type,
        iam_instance_profile={"arn": args.instance_profile_arn},
        user_data=base64.b64encode(args.user_data.script().encode()).decode(),
        # Hop limit 1: a container's packet does not reach the metadata service.
        metadata_options={"http_endpoint": "enabled", "http_tokens": "required", "http_put_response_hop_limit": 1},
        network_interfaces=[
            {
                "device_index": 0,
                "associate_public_ip_address": "false",
                "delete_on_termination": "true",
                "security_groups": [args.security_group_id],
            }
        ],
        block_device_mappings=[
            {
                "device_name": "/dev/xvda",
                "ebs": {
                    "encrypted": "true",
                    "volume_type": "gp3",
                    "volume_size": args.volume_gib,
                    "delete_on_termination": "true",
                },
            }
        ],
        monitoring={"enabled": True},
        # Neither the provider's default tags nor the group's reach volumes and network interfaces.
        tag_specifications=[
            {"resource_type": kind, "tags": dict(args.tags)} for kind in ("instance", "volume", "network-interface")
        ],
        opts=pulumi.ResourceOptions(parent=parent),
    )
