"""VPC endpoints."""

from __future__ import annotations

from sandbox.tests.example import TAGGED, TAGS, Example

EXAMPLES = [
    Example(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        {
            "vpcId": "${vpc.id}",
            "serviceName": "com.amazonaws.eu-west-1.s3",
            "vpcEndpointType": "Gateway",
            "routeTableIds": ["${routes.id}"],
            "tags": TAGS,
        },
        {"routeTableIds": ["${other_routes.id}", "${routes.id}"], **TAGGED},
        {"serviceName": "com.amazonaws.eu-west-1.dynamodb"},
    ),
    Example(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        {
            "vpcId": "${vpc.id}",
            "serviceName": "com.amazonaws.eu-west-1.ecs",
            "vpcEndpointType": "Interface",
            "subnetIds": ["${subnet.id}"],
            "securityGroupIds": ["${group.id}"],
            "privateDnsEnabled": True,
        },
        {"subnetIds": ["${subnet.id}", "${other_subnet.id}"], "securityGroupIds": ["${other_group.id}"]},
    ),
]
