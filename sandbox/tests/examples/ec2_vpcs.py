"""VPCs and subnets."""

from __future__ import annotations

from sandbox.tests.example import TAGGED, TAGS, Example

EXAMPLES = [
    Example(
        "aws:ec2/vpc:Vpc",
        {"cidrBlock": "10.9.0.0/16", "enableDnsHostnames": True, "tags": TAGS},
        {"enableDnsHostnames": False, **TAGGED},
        {"cidrBlock": "10.8.0.0/16"},
    ),
    Example(
        "aws:ec2/subnet:Subnet",
        {"vpcId": "${vpc.id}", "cidrBlock": "10.0.9.0/24", "availabilityZone": "eu-west-1c", "tags": TAGS},
        {"mapPublicIpOnLaunch": True, **TAGGED},
        {"cidrBlock": "10.0.10.0/24"},
    ),
]
