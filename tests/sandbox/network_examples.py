"""Networks and security groups."""

from __future__ import annotations

from tests.sandbox.example import TAGGED, TAGS, Example

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
    Example(
        "aws:ec2/flowLog:FlowLog",
        {
            "vpcId": "${vpc.id}",
            "trafficType": "REJECT",
            "logDestinationType": "cloud-watch-logs",
            "logDestination": "${logs.arn}",
            "iamRoleArn": "${role.arn}",
            "maxAggregationInterval": 60,
            "tags": TAGS,
        },
        TAGGED,
        {"trafficType": "ALL"},
    ),
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
