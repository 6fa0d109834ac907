"""A plain web group without containers, and a function on a schedule, the way tutorials write it."""

import json

import pulumi
import pulumi_aws as aws

vpc = aws.ec2.get_vpc(default=True)
subnets = aws.ec2.get_subnets(filters=[{"name": "vpc-id", "values": [vpc.id]}])
firewall = aws.ec2.SecurityGroup(
    "web",
    vpc_id=vpc.id,
    ingress=[{"protocol": "tcp", "from_port": 80, "to_port": 80, "cidr_blocks": ["0.0.0.0/0"]}],
)
template = aws.ec2.LaunchTemplate(
    "web",
    image_id="ami-0123456789abcdef0",
    instance_type="t3.micro",
    vpc_security_group_ids=[firewall.id],
    user_data="IyEvYmluL2Jhc2gKeXVtIGluc3RhbGwgLXkgaHR0cGQKc3lzdGVtY3RsIHN0YXJ0IGh0dHBkCg==",
)
group = aws.autoscaling.Group(
    "web",
    desired_capacity=2,
    min_size=1,
    max_size=4,
    vpc_zone_identifiers=subnets.ids,
    launch_template={"id": template.id, "version": "$Latest"},
)
aws.autoscaling.Policy(
    "cpu",
    autoscaling_group_name=group.name,
    policy_type="TargetTrackingScaling",
    target_tracking_configuration={
        "predefined_metric_specification": {"predefined_metric_type": "ASGAverageCPUUtilization"},
        "target_value": 50,
    },
)

role = aws.iam.Role(
    "cleaner",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
            ],
        }
    ),
)
aws.iam.RolePolicyAttachment(
    "cleaner", role=role.name, policy_arn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
)
cleaner = aws.lambda_.Function(
    "cleaner",
    runtime="python3.8",
    handler="index.handler",
    role=role.arn,
    code=pulumi.AssetArchive({"index.py": pulumi.StringAsset("def handler(event, context):\n    return 'clean'\n")}),
    environment={"variables": {"MAX_TOKENS": "4096", "CSRF_TOKEN_HEADER": "X-CSRF-Token", "TOKEN_EXPIRY": "3600"}},
)
nightly = aws.cloudwatch.EventRule("nightly", schedule_expression="cron(0 3 * * ? *)")
aws.cloudwatch.EventTarget("nightly", rule=nightly.name, arn=cleaner.arn)
aws.lambda_.Permission(
    "nightly",
    action="lambda:InvokeFunction",
    function=cleaner.name,
    principal="events.amazonaws.com",
    source_arn=nightly.arn,
)
