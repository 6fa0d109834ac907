"""Internet gateways, NAT gateways and their Elastic IP addresses."""

from __future__ import annotations

from sandbox.tests.example import TAGGED, TAGS, Example

EXAMPLES = [
    Example(
        "aws:ec2/internetGateway:InternetGateway",
        {"vpcId": "${vpc.id}", "tags": TAGS},
        {"vpcId": "${other_vpc.id}", **TAGGED},
    ),
    Example("aws:ec2/eip:Eip", {"domain": "vpc", "tags": TAGS}, TAGGED),
    Example(
        "aws:ec2/natGateway:NatGateway",
        {"subnetId": "${subnet.id}", "allocationId": "${eip.id}", "tags": TAGS},
        TAGGED,
        {"subnetId": "${other_subnet.id}"},
    ),
]
