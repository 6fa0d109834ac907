"""Route tables, routes and the association of tables with subnets."""

from __future__ import annotations

from sandbox.tests.example import TAGGED, TAGS, Example

EXAMPLES = [
    Example(
        "aws:ec2/routeTable:RouteTable", {"vpcId": "${vpc.id}", "tags": TAGS}, TAGGED, {"vpcId": "${other_vpc.id}"}
    ),
    Example(
        "aws:ec2/route:Route",
        {"routeTableId": "${routes.id}", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "${gateway.id}"},
        {"gatewayId": "", "natGatewayId": "${nat.id}"},
        {"destinationCidrBlock": "8.8.8.8/32"},
    ),
    Example(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        {"routeTableId": "${routes.id}", "subnetId": "${subnet.id}"},
        {"routeTableId": "${other_routes.id}"},
        {"subnetId": "${other_subnet.id}"},
    ),
]
