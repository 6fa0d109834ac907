"""Launch templates and their versions."""

from __future__ import annotations

from sandbox.tests.example import TAGGED, TAGS, Example

EXAMPLES = [
    Example(
        "aws:ec2/launchTemplate:LaunchTemplate",
        {
            "imageId": "ami-12c6146b",
            "instanceType": "m5.large",
            "userData": "IyEvYmluL3NoCg==",
            "vpcSecurityGroupIds": ["${group.id}"],
            "iamInstanceProfile": {"arn": "${profile.arn}"},
            "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
            "blockDeviceMappings": [
                {"deviceName": "/dev/xvda", "ebs": {"encrypted": True, "volumeSize": 30, "volumeType": "gp3"}}
            ],
            "monitoring": {"enabled": True},
            "tagSpecifications": [{"resourceType": "instance", "tags": {"a": "b"}}],
            "updateDefaultVersion": True,
            "tags": TAGS,
        },
        {"instanceType": "m5.xlarge", "description": "bigger", **TAGGED},
        {"name": "another"},
    ),
]
