"""The table of actions against AWS's own reference, as parliament brings it, and against botocore's models."""

import re

import boto3
import parliament
import pytest
from botocore.stub import Stubber
from botocore.validate import validate_parameters

from tests.support.builders import LOCATION
from tests.support.iam_actions import DEMANDS, Scene, calls_of, record
from tests.support.iam_evaluator import NO_RESOURCE, Call

GROUP = {"AutoScalingGroupName": "mine"}
INSTANCE = {"InstanceId": "i-0123456789abcdef0"}
CLUSTER = {"cluster": "ecs-test"}
METRIC = {"Namespace": "mine", "MetricName": "x", "StartTime": 0, "EndTime": 60, "Period": 60, "Statistics": ["Sum"]}
ATTRIBUTES = {"attributes": [{"name": "a", "value": "b", "targetType": "container-instance", "targetId": "0a1b"}]}

CART = LOCATION.arn("ecs", "service/ecs-test/cart")

EXAMPLES = {
    "application-autoscaling:DescribeScalableTargets": {"ServiceNamespace": "ecs"},
    "autoscaling:CancelInstanceRefresh": GROUP,
    "autoscaling:CompleteLifecycleAction": GROUP
    | {"LifecycleHookName": "drain", "LifecycleActionResult": "CONTINUE"}
    | INSTANCE,
    "autoscaling:CreateOrUpdateTags": {"Tags": [{"Key": "a", "Value": "b", "ResourceId": "mine"}]},
    "autoscaling:DescribeAutoScalingGroups": {"AutoScalingGroupNames": ["mine"]},
    "autoscaling:DescribeAutoScalingInstances": {},
    "autoscaling:DescribeInstanceRefreshes": GROUP,
    "autoscaling:DescribeLifecycleHooks": GROUP,
    "autoscaling:DescribeScalingActivities": GROUP,
    "autoscaling:DescribePolicies": GROUP,
    "autoscaling:DescribeScheduledActions": GROUP,
    "autoscaling:RecordLifecycleActionHeartbeat": GROUP | {"LifecycleHookName": "drain"} | INSTANCE,
    "autoscaling:RollbackInstanceRefresh": GROUP,
    "autoscaling:SetDesiredCapacity": GROUP | {"DesiredCapacity": 3},
    "autoscaling:SetInstanceHealth": INSTANCE | {"HealthStatus": "Unhealthy"},
    "autoscaling:SetInstanceProtection": GROUP | {"InstanceIds": [], "ProtectedFromScaleIn": True},
    "autoscaling:EnableMetricsCollection": GROUP | {"Granularity": "1Minute"},
    "autoscaling:StartInstanceRefresh": GROUP,
    "autoscaling:TerminateInstanceInAutoScalingGroup": INSTANCE | {"ShouldDecrementDesiredCapacity": True},
    "cloudwatch:DescribeAlarms": {"AlarmNames": ["late"]},
    "cloudwatch:GetMetricData": {"MetricDataQueries": [], "StartTime": 0, "EndTime": 60},
    "cloudwatch:GetMetricStatistics": METRIC,
    "cloudwatch:PutMetricData": {"Namespace": "mine", "MetricData": []},
    "cloudwatch:SetAlarmState": {"AlarmName": "late", "StateValue": "OK", "StateReason": "test"},
    "ec2:DescribeAddresses": {},
    "ec2:DescribeInstanceStatus": {},
    "ec2:DescribeInstanceTypeOfferings": {},
    "ec2:DescribeInstances": {"InstanceIds": ["i-0123456789abcdef0"]},
    "ec2:DescribeLaunchTemplateVersions": {"LaunchTemplateId": "lt-1"},
    "ec2:DescribeNatGateways": {},
    "ec2:DescribeNetworkInterfaces": {},
    "ec2:DescribeSubnets": {},
    "ec2:DescribeVolumes": {},
    "ec2:DescribeVpcEndpoints": {},
    "ec2:DescribeVpcs": {},
    "ecs:DeleteAttributes": CLUSTER | ATTRIBUTES,
    "ecs:DeregisterContainerInstance": CLUSTER | {"containerInstance": "0a1b", "force": True},
    "ecs:DescribeCapacityProviders": {"capacityProviders": ["own"]},
    "ecs:DescribeClusters": {"clusters": ["ecs-test"]},
    "ecs:DescribeContainerInstances": CLUSTER | {"containerInstances": ["0a1b", "2c3d"]},
    "ecs:DescribeServiceRevisions": {
        "serviceRevisionArns": [LOCATION.arn("ecs", "service-revision/ecs-test/cart/1234567890")]
    },
    "ecs:DescribeServices": CLUSTER | {"services": ["cart"]},
    "ecs:DescribeTaskDefinition": {"taskDefinition": "cart:3"},
    "ecs:DescribeTasks": CLUSTER | {"tasks": ["4e5f"]},
    "ecs:ExecuteCommand": CLUSTER | {"task": "4e5f", "command": "sh", "interactive": True},
    "ecs:GetTaskProtection": CLUSTER,
    "ecs:ListAccountSettings": {"name": "awsvpcTrunking", "effectiveSettings": True},
    "ecs:ListAttributes": CLUSTER | {"targetType": "container-instance"},
    "ecs:ListClusters": {},
    "ecs:ListContainerInstances": CLUSTER,
    "ecs:ListServiceDeployments": CLUSTER | {"service": "cart"},
    "ecs:ListServices": CLUSTER,
    "ecs:ListTasks": CLUSTER | {"containerInstance": "0a1b"},
    "ecs:PutAttributes": CLUSTER | ATTRIBUTES,
    "ecs:RunTask": CLUSTER | {"taskDefinition": "cart:3"},
    "ecs:StopServiceDeployment": {
        "serviceDeploymentArn": LOCATION.arn("ecs", "service-deployment/ecs-test/cart/1234567890")
    },
    "ecs:StopTask": CLUSTER | {"task": "4e5f"},
    "ecs:UpdateContainerInstancesState": CLUSTER | {"containerInstances": ["0a1b"], "status": "DRAINING"},
    "ecs:TagResource": {"resourceArn": CART, "tags": [{"key": "a", "value": "b"}]},
    "ecs:UntagResource": {"resourceArn": CART, "tagKeys": ["a"]},
    "ecs:UpdateTaskProtection": CLUSTER | {"tasks": ["4e5f"], "protectionEnabled": True},
    "ecs:UpdateService": CLUSTER | {"service": "cart", "desiredCount": 3},
    "elasticloadbalancing:DescribeListeners": {},
    "elasticloadbalancing:DescribeLoadBalancers": {},
    "elasticloadbalancing:DescribeRules": {},
    "elasticloadbalancing:DescribeTags": {"ResourceArns": ["mine"]},
    "elasticloadbalancing:DescribeTargetGroups": {},
    "elasticloadbalancing:DescribeTargetHealth": {"TargetGroupArn": "mine"},
    "iam:GetRole": {"RoleName": "AWSServiceRoleForECS"},
    "iam:SimulatePrincipalPolicy": {
        "PolicySourceArn": LOCATION.iam_arn("role/deployer"),
        "ActionNames": ["ecs:CreateCluster"],
    },
    "lambda:GetAccountSettings": {},
    "lambda:GetFunctionConcurrency": {"FunctionName": "ecs-test-capacity"},
    "lambda:GetFunctionConfiguration": {"FunctionName": "ecs-test-capacity"},
    "logs:DescribeResourcePolicies": {},
    "logs:FilterLogEvents": {"logGroupName": "/ecs-platform/test"},
    "route53:GetHostedZone": {"Id": "Z0123456789ABCDEFGHIJ"},
    "route53:ListHostedZones": {},
    "route53:ListResourceRecordSets": {"HostedZoneId": "Z0123456789ABCDEFGHIJ"},
    "scheduler:ListSchedules": {},
    "servicequotas:GetServiceQuota": {"ServiceCode": "ec2", "QuotaCode": "L-1216C47A"},
    "sts:GetCallerIdentity": {},
    "ssm:GetParameter": {"Name": "/ecs-platform/paused"},
    "ssm:PutParameter": {"Name": "/ecs-platform/next", "Value": "none", "Overwrite": True},
    "ssm:GetParameters": {"Names": ["/ecs-platform/paused"]},
}
"""Parameters of one call of every action in the table."""

SCENE = Scene(location=LOCATION, group="mine")
REFERENCE = {service["prefix"]: service for service in parliament.iam_definition}
NEWER = {"ecs:StopServiceDeployment"}
"""Actions that are younger than parliament's copy of the reference."""
BOTO3 = {"elasticloadbalancing": "elbv2", "servicequotas": "service-quotas"}
"""IAM's name of a service → boto3's, where they differ."""
KNOWN = sorted(DEMANDS.keys() - NEWER)


def example_calls(action: str) -> list[Call]:
    service, _, operation = action.partition(":")
    return calls_of(service, operation, EXAMPLES[action], SCENE)


def resource_types(action: str) -> list[dict]:
    service, _, name = action.partition(":")
    (privilege,) = [one for one in REFERENCE[service]["privileges"] if one["privilege"] == name]
    return privilege["resource_types"]


def arn_patterns(action: str) -> list[str]:
    """The forms of the ARNs that an action takes, as regular expressions."""
    service = action.partition(":")[0]
    arns = {one["resource"]: one["arn"] for one in REFERENCE[service]["resources"]}
    kinds = [one["resource_type"].removesuffix("*") for one in resource_types(action)]
    return [re.sub(r"\\\$\\\{\w+\\\}", ".+", re.escape(arns[kind])) for kind in kinds if kind]


def client(service: str):
    return boto3.client(
        BOTO3.get(service, service), region_name=LOCATION.region, aws_access_key_id="x", aws_secret_access_key="x"
    )


def test_what_is_newer_than_the_reference_is_not_in_it():
    known = {f"{prefix}:{one['privilege']}" for prefix, service in REFERENCE.items() for one in service["privileges"]}
    assert known & NEWER == set()


def test_every_action_has_an_example():
    assert EXAMPLES.keys() == DEMANDS.keys()


@pytest.mark.parametrize("action", KNOWN)
def test_an_action_names_resources_exactly_where_aws_knows_some(action):
    patterns = arn_patterns(action)
    for call in example_calls(action):
        if patterns:
            assert any(re.fullmatch(pattern, call.resource) for pattern in patterns), call.resource
        else:
            assert call.resource == NO_RESOURCE


@pytest.mark.parametrize("action", KNOWN)
def test_an_action_sends_only_condition_keys_that_aws_lists_for_it(action):
    listed = {key.split("/")[0] for one in resource_types(action) for key in one["condition_keys"]}
    assert {key.split("/")[0] for call in example_calls(action) for key in call.context} <= listed


@pytest.mark.parametrize("action", KNOWN)
def test_an_action_within_a_cluster_says_which(action):
    keys = {key for one in resource_types(action) for key in one["condition_keys"]}
    if "ecs:cluster" in keys:
        assert {call.context["ecs:cluster"] for call in example_calls(action)} == {
            LOCATION.arn("ecs", "cluster/ecs-test")
        }


@pytest.mark.parametrize("action", DEMANDS)
def test_the_examples_are_valid_calls(action):
    service, _, operation = action.partition(":")
    shape = client(service).meta.service_model.operation_model(operation).input_shape
    validate_parameters(EXAMPLES[action], shape)


@pytest.mark.parametrize(
    ("action", "params", "resources"),
    [
        ("ecs:ListTasks", CLUSTER | {"containerInstance": "0a1b"}, ["container-instance/ecs-test/0a1b"]),
        ("ecs:ListTasks", {"containerInstance": "0a1b"}, ["container-instance/default/0a1b"]),
        ("ecs:DescribeTasks", CLUSTER | {"tasks": ["1", "2"]}, ["task/ecs-test/1", "task/ecs-test/2"]),
        ("ecs:DescribeTasks", {"tasks": [LOCATION.arn("ecs", "task/other/1")]}, ["task/other/1"]),
        ("ecs:StopTask", {"cluster": LOCATION.arn("ecs", "cluster/other"), "task": "1"}, ["task/other/1"]),
        ("ecs:DeregisterContainerInstance", CLUSTER, ["cluster/ecs-test"]),
    ],
)
def test_resources_follow_from_the_parameters(action, params, resources):
    service, _, operation = action.partition(":")
    found = [call.resource for call in calls_of(service, operation, params, SCENE)]
    assert found == [LOCATION.arn("ecs", resource) for resource in resources]


def test_a_list_of_tasks_that_names_no_instance_asks_for_every_resource():
    """As AWS does: a statement for container instances alone would refuse it."""
    (call,) = calls_of("ecs", "ListTasks", CLUSTER | {"serviceName": "cart"}, SCENE)
    assert (call.resource, call.context) == (NO_RESOURCE, {"ecs:cluster": LOCATION.arn("ecs", "cluster/ecs-test")})


def test_an_operation_that_nobody_listed_fails():
    with pytest.raises(LookupError, match="ecs:DeleteCluster: add what it demands of IAM"):
        calls_of("ecs", "DeleteCluster", {}, SCENE)


def test_a_client_records_what_it_asks_of_iam():
    autoscaling = client("autoscaling")
    recorded = record(autoscaling, SCENE)
    with Stubber(autoscaling) as stub:
        stub.add_response("set_desired_capacity", {})
        stub.add_response("set_instance_health", {})
        autoscaling.set_desired_capacity(AutoScalingGroupName="other", DesiredCapacity=1)
        autoscaling.set_instance_health(**EXAMPLES["autoscaling:SetInstanceHealth"])
    assert [(call.action, call.resource.rpartition("/")[2]) for call in recorded] == [
        ("autoscaling:SetDesiredCapacity", "other"),
        ("autoscaling:SetInstanceHealth", "mine"),
    ]
