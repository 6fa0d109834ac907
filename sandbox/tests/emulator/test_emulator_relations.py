"""For every line of the table a request that it refuses, and one beside it that passes."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from sandbox.emulator.relations import TABLE, refusals
from sandbox.tests.emulator.emulated_cluster import client
from sandbox.tests.emulator.relation_cases import load_balancing, scaling, schedules, services, task_definitions


def a_container(**changes):
    return {"name": "app", "image": "shop:1", "memory": 64, **changes}


def defined(*containers, **changes):
    return {"family": "shop", "containerDefinitions": list(containers) or [a_container()], **changes}


def checked(**changes):
    return defined(a_container(healthCheck={"command": ["CMD", "/check"], **changes}))


def secret(arn):
    return defined(a_container(secrets=[{"name": "A", "valueFrom": arn}]), executionRoleArn="arn")


def tagged(*keys):
    return {"Tags": [{"Key": key, "Value": ""} for key in keys]}


def opened(first, last, protocol="tcp", **source):
    return {"IpPermissions": [{"IpProtocol": protocol, "FromPort": first, "ToPort": last, **source}]}


def group(**changes):
    return {"Name": "web", "Protocol": "HTTP", "Port": 80, "VpcId": "vpc-1", **changes}


def attribute(key, value):
    return {"Attributes": [{"Key": key, "Value": value}]}


SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf"
DEFINE = ("ecs", "RegisterTaskDefinition")
GROUP = ("elbv2", "CreateTargetGroup")
ALARM = {"Period": 60, "EvaluationPeriods": 5, "MetricName": "m", "Statistic": "Sum"}
SCALING = ("autoscaling", "CreateAutoScalingGroup")

CASES = [
    (("ecs", "CreateCluster"), {"clusterName": "a"}, {"clusterName": "a b"}),
    (("ecs", "CreateService"), {"serviceName": "a"}, {"serviceName": "a/b"}),
    (DEFINE, defined(), {**defined(), "family": "a.b"}),
    (DEFINE, defined(), defined(a_container(name="a.b"))),
    (DEFINE, checked(interval=5), checked(interval=4)),
    (DEFINE, checked(timeout=60), checked(timeout=61)),
    (DEFINE, checked(retries=10), checked(retries=11)),
    (DEFINE, checked(startPeriod=0), checked(startPeriod=301)),
    (DEFINE, checked(), checked(command=["curl"])),
    (
        DEFINE,
        defined(a_container(dockerSecurityOptions=["no-new-privileges"])),
        defined(a_container(dockerSecurityOptions=["seccomp=unconfined"])),
    ),
    (DEFINE, secret(f"{SECRET}:password::"), secret(f"{SECRET}:password")),
    (
        DEFINE,
        defined(a_container(environment=[{"name": "A", "value": ""}])),
        defined(a_container(environment=[{"name": "", "value": "a"}])),
    ),
    (
        DEFINE,
        defined(a_container(portMappings=[{"containerPort": 65535}])),
        defined(a_container(portMappings=[{"containerPort": 65536}])),
    ),
    (DEFINE, defined(), defined(a_container(essential=False))),
    (DEFINE, defined(), defined(a_container(), a_container())),
    (DEFINE, defined(a_container(memory=None), memory="64"), defined(a_container(memory=None))),
    (DEFINE, defined(memory="64"), defined(memory="32")),
    (
        DEFINE,
        defined(a_container(portMappings=[{"containerPort": 80, "hostPort": 80}]), networkMode="awsvpc"),
        defined(a_container(portMappings=[{"containerPort": 80, "hostPort": 81}]), networkMode="awsvpc"),
    ),
    (
        DEFINE,
        defined(a_container(mountPoints=[{"sourceVolume": "a"}]), volumes=[{"name": "a"}]),
        defined(a_container(mountPoints=[{"sourceVolume": "a"}])),
    ),
    (DEFINE, secret(SECRET), {**secret(SECRET), "executionRoleArn": None}),
    (
        DEFINE,
        defined(a_container(logConfiguration={"logDriver": "awslogs", "options": {"awslogs-group": "a"}})),
        defined(a_container(logConfiguration={"logDriver": "awslogs"})),
    ),
    (
        ("ecs", "UpdateService"),
        {"deploymentConfiguration": {"minimumHealthyPercent": 100, "maximumPercent": 200}},
        {"deploymentConfiguration": {"minimumHealthyPercent": 100, "maximumPercent": 100}},
    ),
    (
        ("lambda", "CreateFunction"),
        {"Environment": {"Variables": {"A": "b"}}},
        {"Environment": {"Variables": {"AWS_REGION": "b"}}},
    ),
    (("elbv2", "CreateLoadBalancer"), {"Name": "web"}, {"Name": "web-"}),
    (("elbv2", "CreateLoadBalancer"), {"Name": "web"}, {"Name": "internal-web"}),
    (GROUP, group(), group(Name="web-")),
    (GROUP, group(), group(VpcId=None)),
    *(
        (GROUP, group(Matcher={"HttpCode": "200,204-299,499"}), group(Matcher={"HttpCode": wrong}))
        for wrong in ("2xx", "", "200-599", "200-", "299-200", "200,")
    ),
    (
        GROUP,
        group(Protocol="TCP", Matcher={"HttpCode": "200-599"}),
        group(Protocol="TCP", Matcher={"HttpCode": "600"}),
    ),
    (GROUP, group(HealthCheckPath="/a?b=c"), group(HealthCheckPath="/a b")),
    (GROUP, group(HealthCheckPath="/"), group(HealthCheckPath="a")),
    (
        ("elbv2", "ModifyTargetGroup"),
        {"HealthCheckIntervalSeconds": 10, "HealthCheckTimeoutSeconds": 9},
        {"HealthCheckIntervalSeconds": 10, "HealthCheckTimeoutSeconds": 10},
    ),
    (
        ("elbv2", "CreateListener"),
        {"Protocol": "HTTPS", "Certificates": [{"CertificateArn": "arn"}]},
        {"Protocol": "HTTPS"},
    ),
    (
        ("elbv2", "ModifyTargetGroupAttributes"),
        attribute("deregistration_delay.timeout_seconds", "3600"),
        attribute("deregistration_delay.timeout_seconds", "3601"),
    ),
    (
        ("elbv2", "ModifyTargetGroupAttributes"),
        attribute("target_health_state.unhealthy.draining_interval_seconds", "360000"),
        attribute("target_health_state.unhealthy.draining_interval_seconds", "360001"),
    ),
    (
        ("elbv2", "ModifyLoadBalancerAttributes"),
        attribute("idle_timeout.timeout_seconds", "4000"),
        attribute("idle_timeout.timeout_seconds", "4001"),
    ),
    (("sqs", "CreateQueue"), {"QueueName": "a.fifo"}, {"QueueName": "a.b"}),
    (
        ("sqs", "SetQueueAttributes"),
        {"Attributes": {"VisibilityTimeout": "43200"}},
        {"Attributes": {"VisibilityTimeout": "43201"}},
    ),
    (("sns", "CreateTopic"), {"Name": "a"}, {"Name": "a.b"}),
    (("cloudwatch", "PutMetricAlarm"), ALARM, {**ALARM, "Period": 61}),
    (("cloudwatch", "PutMetricAlarm"), {**ALARM, "EvaluationPeriods": 1440}, {**ALARM, "EvaluationPeriods": 1441}),
    (("cloudwatch", "PutMetricAlarm"), {**ALARM, "DatapointsToAlarm": 5}, {**ALARM, "DatapointsToAlarm": 6}),
    (("cloudwatch", "PutMetricAlarm"), ALARM, {**ALARM, "Statistic": None}),
    (("logs", "PutRetentionPolicy"), {"retentionInDays": 14}, {"retentionInDays": 15}),
    (("logs", "CreateLogGroup"), {"logGroupName": "/aws/a"}, {"logGroupName": "aws/a"}),
    (("events", "PutRule"), {"ScheduleExpression": "rate(1 minute)"}, {}),
    *(
        (("events", "PutRule"), {"ScheduleExpression": "rate(5 minutes)"}, {"ScheduleExpression": wrong})
        for wrong in ("rate(1 minutes)", "rate(5 minute)", "rate(0 minutes)", "cron(* * * * *)")
    ),
    (("events", "PutTargets"), {"Targets": [{}] * 5}, {"Targets": [{}] * 6}),
    (("ec2", "CreateVpc"), {"CidrBlock": "10.0.0.0/16"}, {"CidrBlock": "10.0.0.0/15"}),
    (("ec2", "CreateSubnet"), {"CidrBlock": "10.0.0.0/28"}, {"CidrBlock": "10.0.0.0/29"}),
    (("ec2", "AuthorizeSecurityGroupIngress"), opened(80, 81), opened(81, 80)),
    (("ec2", "AuthorizeSecurityGroupIngress"), opened(-1, -1, "-1"), opened(None, None)),
    (("ec2", "AuthorizeSecurityGroupEgress"), opened(0, 65535), opened(0, 65536)),
    (
        ("ec2", "AuthorizeSecurityGroupIngress"),
        opened(80, 80, IpRanges=[{"CidrIp": "10.0.0.0/8", "Description": "a (b)"}]),
        opened(80, 80, IpRanges=[{"CidrIp": "10.0.0.0/8", "Description": "a → b"}]),
    ),
    (("ec2", "CreateSecurityGroup"), {"GroupName": "a"}, {"GroupName": "sg-a"}),
    (("ec2", "CreateSecurityGroup"), {"Description": "a"}, {"Description": "a’b"}),
    (
        ("ec2", "CreateLaunchTemplate"),
        {"LaunchTemplateData": {"UserData": "QUFB"}},
        {"LaunchTemplateData": {"UserData": "QUFB" * 5462}},
    ),
    (SCALING, {"MinSize": 1, "MaxSize": 1}, {"MinSize": 2, "MaxSize": 1}),
    (
        SCALING,
        {"MinSize": 1, "MaxSize": 3, "DesiredCapacity": 3},
        {"MinSize": 1, "MaxSize": 3, "DesiredCapacity": 4},
    ),
    (
        SCALING,
        {"InstanceMaintenancePolicy": {"MinHealthyPercentage": 100, "MaxHealthyPercentage": 110}},
        {"InstanceMaintenancePolicy": {"MinHealthyPercentage": 50, "MaxHealthyPercentage": 160}},
    ),
    (SCALING, {"MaxInstanceLifetime": 86400}, {"MaxInstanceLifetime": 3600}),
    (
        SCALING,
        {"MixedInstancesPolicy": {"LaunchTemplate": {"Overrides": [{"WeightedCapacity": "1"}]}}},
        {"MixedInstancesPolicy": {"LaunchTemplate": {"Overrides": [{"WeightedCapacity": "1"}, {}]}}},
    ),
    (
        SCALING,
        {"MixedInstancesPolicy": {"InstancesDistribution": {"OnDemandPercentageAboveBaseCapacity": 100}}},
        {"MixedInstancesPolicy": {"InstancesDistribution": {"OnDemandPercentageAboveBaseCapacity": 101}}},
    ),
    (("autoscaling", "PutLifecycleHook"), {"HeartbeatTimeout": 7200}, {"HeartbeatTimeout": 7201}),
    (
        ("application-autoscaling", "RegisterScalableTarget"),
        {"MinCapacity": 1, "MaxCapacity": 1},
        {"MinCapacity": 2, "MaxCapacity": 1},
    ),
    (("kms", "TagResource"), tagged("a"), tagged("aws:a")),
    (("kms", "TagResource"), tagged("a", "A"), tagged("a", "a")),
    (("ec2", "CreateTags"), tagged(*"abc"), tagged(*(f"k{number}" for number in range(51)))),
    (("iam", "TagRole"), tagged("a", "b"), tagged("Owner", "owner")),
    *load_balancing.CASES,
    *scaling.CASES,
    *schedules.CASES,
    *services.CASES,
    *task_definitions.CASES,
]


@pytest.mark.parametrize(("operation", "right", "wrong"), CASES)
def test_what_aws_takes_passes_and_what_it_refuses_does_not(operation, right, wrong):
    assert [*refusals(operation[0], operation[1], right)] == []
    assert len([*refusals(operation[0], operation[1], wrong)]) == 1


def test_every_line_of_the_table_refuses_a_case_and_names_its_source():
    shown = {
        relation
        for (service, operation), _, wrong in CASES
        for relation in TABLE
        if relation.service in {service, "*"} and set(relation.operations) & {operation, "*"}
        if [*relation.problems(wrong)]
    }
    assert shown == set(TABLE)
    assert all(relation.source for relation in TABLE)


@pytest.mark.parametrize(
    ("service", "operation", "given", "code"),
    [
        ("ec2", "create_vpc", {"CidrBlock": "10.0.0.0/8"}, "InvalidVpc.Range"),
        ("elbv2", "create_target_group", group(Matcher={"HttpCode": "2xx"}), "ValidationError"),
        ("ecs", "create_cluster", {"clusterName": "dev."}, "InvalidParameterException"),
        (
            "iam",
            "create_role",
            {"RoleName": "a", "AssumeRolePolicyDocument": "{}", **tagged("Owner", "owner")},
            "InvalidInput",
        ),
        ("logs", "put_retention_policy", {"logGroupName": "a", "retentionInDays": 2}, "InvalidParameterException"),
    ],
)
def test_a_request_is_refused_with_the_code_of_its_service(land, service, operation, given, code):
    with pytest.raises(ClientError) as refused:
        getattr(client(service), operation)(**given)
    assert refused.value.response["Error"]["Code"] == code


def test_a_name_that_ends_in_a_hyphen_is_one_for_ecs(land):
    assert client("ecs").create_cluster(clusterName="dev-")["cluster"]["clusterName"] == "dev-"
