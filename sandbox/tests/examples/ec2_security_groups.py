"""Security groups and their rules."""

from __future__ import annotations

from sandbox.tests.example import TAGGED, TAGS, Example

EXAMPLES = [
    Example(
        "aws:ec2/securityGroup:SecurityGroup",
        {
            "vpcId": "${vpc.id}",
            "description": "example",
            "ingress": [{"protocol": "tcp", "fromPort": 80, "toPort": 80, "cidrBlocks": ["10.0.0.0/8"]}],
            "tags": TAGS,
        },
        {
            "ingress": [{"protocol": "tcp", "fromPort": 443, "toPort": 443, "securityGroups": ["${other_group.id}"]}],
            **TAGGED,
        },
        {"description": "another"},
    ),
    Example(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        {"vpcId": "${vpc.id}", "ingress": [], "egress": [], "tags": TAGS},
        {"egress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}]},
        {"vpcId": "${other_vpc.id}"},
        stays=True,
    ),
    Example(
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        {
            "type": "ingress",
            "securityGroupId": "${group.id}",
            "protocol": "tcp",
            "fromPort": 80,
            "toPort": 80,
            "sourceSecurityGroupId": "${other_group.id}",
        },
        {},
        {"toPort": 81},
    ),
    *(
        Example(
            f"aws:vpc/securityGroup{way}Rule:SecurityGroup{way}Rule",
            {
                "securityGroupId": "${group.id}",
                "ipProtocol": "tcp",
                "fromPort": 80,
                "toPort": 80,
                "cidrIpv4": "10.0.0.0/16",
                "tags": TAGS,
            },
            {"cidrIpv4": "10.1.0.0/16"},
            {"securityGroupId": "${other_group.id}"},
        )
        for way in ("Ingress", "Egress")
    ),
]
