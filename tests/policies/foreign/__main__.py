"""ECS on EC2 the way tutorials write it: it starts, and it shows every mistake that the pack was written against."""

import json

import pulumi
import pulumi_aws as aws

vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", enable_dns_hostnames=True)
gateway = aws.ec2.InternetGateway("gateway", vpc_id=vpc.id)
routes = aws.ec2.RouteTable("routes", vpc_id=vpc.id, routes=[{"cidr_block": "0.0.0.0/0", "gateway_id": gateway.id}])
subnets = [
    aws.ec2.Subnet(
        f"public-{number}",
        vpc_id=vpc.id,
        cidr_block=f"10.0.{number}.0/24",
        availability_zone="us-east-1a",
        map_public_ip_on_launch=True,
    )
    for number in (1, 2)
]
for number, subnet in enumerate(subnets, 1):
    aws.ec2.RouteTableAssociation(f"public-{number}", subnet_id=subnet.id, route_table_id=routes.id)

firewall = aws.ec2.SecurityGroup(
    "firewall",
    vpc_id=vpc.id,
    ingress=[
        {"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]},
        {"protocol": "tcp", "from_port": 0, "to_port": 65535, "cidr_blocks": ["0.0.0.0/0"]},
    ],
    egress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}],
)

cluster = aws.ecs.Cluster("cluster", name="tutorial")


def trusting(service: str) -> str:
    """The document that lets a service take a role."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


instance_role = aws.iam.Role("instance", assume_role_policy=trusting("ec2.amazonaws.com"))
aws.iam.RolePolicyAttachment(
    "instance-admin", role=instance_role.name, policy_arn="arn:aws:iam::aws:policy/AdministratorAccess"
)
profile = aws.iam.InstanceProfile("instance", role=instance_role.name)
task_role = aws.iam.Role("task", assume_role_policy=trusting("ecs-tasks.amazonaws.com"))
aws.iam.RolePolicy(
    "task",
    role=task_role.name,
    policy=json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}),
)

template = aws.ec2.LaunchTemplate(
    "instances",
    image_id="ami-0123456789abcdef0",
    instance_type="t3.small",
    iam_instance_profile={"arn": profile.arn},
    network_interfaces=[{"associate_public_ip_address": "true", "security_groups": [firewall.id]}],
    user_data="IyEvYmluL2Jhc2gKZWNobyBFQ1NfQ0xVU1RFUj10dXRvcmlhbCA+PiAvZXRjL2Vjcy9lY3MuY29uZmlnCg==",
)
aws.autoscaling.Group(
    "instances",
    min_size=1,
    max_size=1,
    vpc_zone_identifiers=[subnet.id for subnet in subnets],
    launch_template={"id": template.id, "version": "$Latest"},
)

aws.cloudwatch.LogGroup("web", name="/tutorial/web")
balancer = aws.lb.LoadBalancer(
    "web", load_balancer_type="application", security_groups=[firewall.id], subnets=[subnet.id for subnet in subnets]
)
targets = aws.lb.TargetGroup("web", port=80, protocol="HTTP", target_type="instance", vpc_id=vpc.id)
listener = aws.lb.Listener(
    "web",
    load_balancer_arn=balancer.arn,
    port=80,
    protocol="HTTP",
    default_actions=[{"type": "forward", "target_group_arn": targets.arn}],
)
task = aws.ecs.TaskDefinition(
    "web",
    family="web",
    network_mode="bridge",
    task_role_arn=task_role.arn,
    execution_role_arn=task_role.arn,
    container_definitions=json.dumps(
        [
            {
                "name": "web",
                "image": "nginx:latest",
                "privileged": True,
                "memoryReservation": 128,
                "portMappings": [{"containerPort": 80}],
                "environment": [{"name": "DB_PASSWORD", "value": "correct-horse"}],
            }
        ]
    ),
)
aws.ecs.Service(
    "web",
    cluster=cluster.arn,
    task_definition=task.arn,
    desired_count=1,
    deployment_minimum_healthy_percent=0,
    load_balancers=[{"target_group_arn": targets.arn, "container_name": "web", "container_port": 80}],
    opts=pulumi.ResourceOptions(depends_on=[listener]),
)
aws.cloudwatch.MetricAlarm(
    "busy",
    namespace="AWS/ECS",
    metric_name="CPUUtilization",
    statistic="Average",
    comparison_operator="GreaterThanThreshold",
    threshold=80,
    period=60,
    evaluation_periods=1,
)
