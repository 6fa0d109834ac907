"""Fargate behind an Application Load Balancer, in the default VPC, the way tutorials write it."""

import json

import pulumi
import pulumi_aws as aws

vpc = aws.ec2.get_vpc(default=True)
subnets = aws.ec2.get_subnets(filters=[{"name": "vpc-id", "values": [vpc.id]}])
cluster = aws.ecs.Cluster("cluster")
aws.ecs.ClusterCapacityProviders(
    "cluster",
    cluster_name=cluster.name,
    capacity_providers=["FARGATE", "FARGATE_SPOT"],
    default_capacity_provider_strategies=[{"capacity_provider": "FARGATE", "weight": 1}],
)

firewall = aws.ec2.SecurityGroup(
    "web",
    vpc_id=vpc.id,
    description="Enable HTTP access",
    ingress=[{"protocol": "tcp", "from_port": 80, "to_port": 80, "cidr_blocks": ["0.0.0.0/0"]}],
    egress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}],
)
balancer = aws.lb.LoadBalancer("app", security_groups=[firewall.id], subnets=subnets.ids)
targets = aws.lb.TargetGroup("app", port=80, protocol="HTTP", target_type="ip", vpc_id=vpc.id)
listener = aws.lb.Listener(
    "web",
    load_balancer_arn=balancer.arn,
    port=80,
    default_actions=[{"type": "forward", "target_group_arn": targets.arn}],
)

role = aws.iam.Role(
    "task",
    assume_role_policy={
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
        ],
    },
)
aws.iam.RolePolicyAttachment(
    "task",
    role=role.name,
    policy_arn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
)
repository = aws.ecr.Repository("app", force_delete=True)
task = aws.ecs.TaskDefinition(
    "app",
    family="fargate-task-definition",
    cpu="256",
    memory="512",
    network_mode="awsvpc",
    requires_compatibilities=["FARGATE"],
    execution_role_arn=role.arn,
    container_definitions=repository.repository_url.apply(
        lambda url: json.dumps(
            [{"name": "my-app", "image": f"{url}:latest", "portMappings": [{"containerPort": 80, "protocol": "tcp"}]}]
        )
    ),
)
aws.ecs.Service(
    "app",
    cluster=cluster.arn,
    desired_count=3,
    task_definition=task.arn,
    network_configuration={"assign_public_ip": True, "subnets": subnets.ids, "security_groups": [firewall.id]},
    load_balancers=[{"target_group_arn": targets.arn, "container_name": "my-app", "container_port": 80}],
    opts=pulumi.ResourceOptions(depends_on=[listener]),
)
pulumi.export("url", balancer.dns_name)
