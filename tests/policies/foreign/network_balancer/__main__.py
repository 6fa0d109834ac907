"""Instances behind a Network Load Balancer, started from a launch configuration, the way tutorials write it."""

import pulumi
import pulumi_aws as aws

vpc = aws.ec2.get_vpc(default=True)
subnets = aws.ec2.get_subnets(filters=[{"name": "vpc-id", "values": [vpc.id]}])
image = aws.ec2.get_ami(
    owners=["amazon"], most_recent=True, filters=[{"name": "name", "values": ["amzn2-ami-hvm-*-x86_64-gp2"]}]
)
firewall = aws.ec2.SecurityGroup(
    "game",
    vpc_id=vpc.id,
    ingress=[
        {"protocol": "tcp", "from_port": 7777, "to_port": 7777, "cidr_blocks": ["0.0.0.0/0"]},
        {"protocol": "udp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]},
        {"protocol": "icmp", "from_port": 8, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]},
    ],
    egress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}],
)
server = aws.ec2.Instance(
    "game",
    ami=image.id,
    instance_type="t3.micro",
    subnet_id=subnets.ids[0],
    vpc_security_group_ids=[firewall.id],
    user_data="#!/bin/bash\nnohup /opt/game/server --port 7777 &\n",
)
configuration = aws.ec2.LaunchConfiguration(
    "game", image_id=image.id, instance_type="t3.micro", security_groups=[firewall.id]
)
group = aws.autoscaling.Group(
    "game",
    min_size=2,
    max_size=4,
    launch_configuration=configuration.name,
    vpc_zone_identifiers=subnets.ids,
)
balancer = aws.lb.LoadBalancer("game", load_balancer_type="network", subnets=subnets.ids)
targets = aws.lb.TargetGroup("game", port=7777, protocol="TCP", vpc_id=vpc.id)
aws.lb.TargetGroupAttachment("game", target_group_arn=targets.arn, target_id=server.id, port=7777)
aws.autoscaling.Attachment("game", autoscaling_group_name=group.name, lb_target_group_arn=targets.arn)
aws.lb.Listener(
    "game",
    load_balancer_arn=balancer.arn,
    port=7777,
    protocol="TCP",
    default_actions=[{"type": "forward", "target_group_arn": targets.arn}],
)
pulumi.export("address", balancer.dns_name)
