"""docs/deployer-policy.json allows what a deployment calls, and neither other environments nor more rights."""

import json
import warnings
from dataclasses import replace

import parliament
import pytest

from infra.common.location import Location
from infra.common.names import Names
from infra.environment.deployer import LARGEST, Deployer
from tests.support.deployment_calls import has_resources, recorded
from tests.support.graph import ACCOUNT, REGION
from tests.support.iam_evaluator import Call, allowed, refused
from tools import deployer_policy
from tools.deployer_policy import EXAMPLE

DOCUMENTS = [json.dumps(document) for document in EXAMPLE.policies().values()]
TAGS = {"aws:ResourceTag/environment": "prod", "aws:ResourceTag/managed-by": "ecs-platform"}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ecs-prod-instances-role-0a1b2c3"
BUCKET = "arn:aws:s3:::ecs-prod-public-access-logs-bucket-0a1b2c3"
GROUP = f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:autoScalingGroup:0a1b:autoScalingGroupName/ecs-prod-instances-0a1b"

WIDE = {"cloudwatch:PutCompositeAlarm", "cloudwatch:DescribeAlarms"}
"""What AWS refuses, or answers without composite alarms, where it is narrowed (CloudWatch API reference)."""

OF_THE_REAL_PROVIDER = {
    "internal/service/s3/bucket.go, resourceBucketRead": [
        *(f"s3:{name}" for name in (
            "ListBucket", "GetBucketPolicy", "GetBucketAcl", "GetBucketCORS", "GetBucketWebsite", "GetBucketVersioning",
            "GetAccelerateConfiguration", "GetBucketRequestPayment", "GetBucketLogging", "GetLifecycleConfiguration",
            "GetReplicationConfiguration", "GetEncryptionConfiguration", "GetBucketObjectLockConfiguration",
            "GetBucketTagging", "GetBucketLocation",
        )),
    ],
    "internal/service/iam/role.go, resourceRoleRead and DeleteRole": [
        *(f"iam:{name}" for name in (
            "GetRole", "ListRolePolicies", "ListAttachedRolePolicies", "ListInstanceProfilesForRole", "UpdateRole",
            "UpdateAssumeRolePolicy",
        )),
    ],
    "internal/service/autoscaling/group.go, reading, waiting and draining": [
        *(f"autoscaling:{name}" for name in (
            "DescribeAutoScalingGroups", "DescribeScalingActivities", "DescribeWarmPool", "DescribeTags",
            "DeleteTags", "DisableMetricsCollection",
        )),
    ],
    "internal/service/lambda/function.go, resourceFunctionRead": [
        *(f"lambda:{name}" for name in (
            "GetFunction", "GetFunctionConfiguration", "ListVersionsByFunction", "GetFunctionCodeSigningConfig",
            "UpdateFunctionCode", "UpdateFunctionConfiguration", "GetFunctionEventInvokeConfig",
        )),
    ],
    "internal/service/elbv2/load_balancer.go, reading": [
        *(f"elasticloadbalancing:{name}" for name in (
            "DescribeLoadBalancers", "DescribeLoadBalancerAttributes", "DescribeCapacityReservation", "DescribeTags",
            "DescribeListenerAttributes", "SetSecurityGroups", "SetSubnets", "ModifyListener",
        )),
    ],
    "internal/service/ec2, reading": [
        *(f"ec2:{name}" for name in (
            "DescribeVpcAttribute", "DescribeNetworkAcls", "DescribeRouteTables", "DescribeSecurityGroupRules",
            "DescribeNetworkInterfaces", "DescribeAddressesAttribute", "DescribePrefixLists", "DescribeVpcEndpoints",
        )),
    ],
}  # fmt: skip
"""Calls that terraform-provider-aws makes and the sandbox's provider does not, by the file of its source."""

RESOURCES = {
    "s3": BUCKET, "iam": ROLE, "autoscaling": GROUP,
    "lambda": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:ecs-prod-instances",
    "elasticloadbalancing": f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/app/ecs-prod/0a1b",
}  # fmt: skip

FORBIDDEN = [
    Call(action="iam:CreateUser", resource=f"arn:aws:iam::{ACCOUNT}:user/ecs-prod-eve"),
    Call(action="iam:CreateAccessKey", resource=f"arn:aws:iam::{ACCOUNT}:user/admin"),
    Call(
        action="iam:AttachRolePolicy",
        resource=ROLE,
        context={"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"},
    ),
    Call(action="iam:PutRolePolicy", resource=f"arn:aws:iam::{ACCOUNT}:role/admin"),
    Call(action="iam:PassRole", resource=ROLE, context={"iam:PassedToService": "glue.amazonaws.com"}),
    Call(
        action="iam:PassRole",
        resource=f"arn:aws:iam::{ACCOUNT}:role/admin",
        context={"iam:PassedToService": "ec2.amazonaws.com"},
    ),
    Call(
        action="iam:CreateServiceLinkedRole",
        resource=f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/x/y",
        context={"iam:AWSServiceName": "x.amazonaws.com"},
    ),
    Call(action="iam:DeleteRole", resource=f"arn:aws:iam::{ACCOUNT}:role/ecs-dev-instances-role-0a1b2c3"),
    Call(action="organizations:LeaveOrganization"),
    Call(action="organizations:CreateAccount"),
    Call(action="sts:AssumeRole", resource=ROLE),
    Call(action="ec2:DeleteVpc", resource=f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/vpc-1"),
    Call(
        action="ec2:DeleteVpc",
        resource=f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/vpc-1",
        context=TAGS | {"aws:ResourceTag/environment": "dev"},
    ),
    Call(
        action="ec2:CreateTags",
        resource=f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/vpc-1",
        context={"aws:RequestTag/environment": "prod"},
    ),
    Call(
        action="ec2:CreateTags",
        resource=f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/sg-1",
        context={
            "aws:RequestTag/environment": "prod",
            "aws:RequestTag/managed-by": "ecs-platform",
            "aws:ResourceTag/environment": "dev",
        },
    ),
    Call(action="ec2:CreateVpc", resource=f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/*"),
    Call(action="ec2:RunInstances", resource=f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/*"),
    Call(action="ec2:TerminateInstances", resource=f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-1"),
    Call(
        action="kms:ScheduleKeyDeletion",
        resource=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1",
        context={"aws:ResourceTag/environment": "dev"},
    ),
    Call(action="route53:ChangeResourceRecordSets", resource="arn:aws:route53:::hostedzone/ZOTHER"),
    Call(action="s3:GetObject", resource=f"{BUCKET}/AWSLogs/1"),
    Call(action="secretsmanager:GetSecretValue", resource=f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:x"),
    Call(action="ssm:GetParameter", resource=f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/ecs-platform/dev/controllers"),
    Call(action="ssm:SendCommand", resource=f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-1", context=TAGS),
    Call(action="ecs:RunTask", resource=f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/x:1"),
]


def test_the_document_is_up_to_date(capsys):
    assert deployer_policy.main(["--check"]) == 0, capsys.readouterr().err


def test_each_policy_fits_into_a_managed_policy():
    sizes = {name: len(json.dumps(document, separators=(",", ":"))) for name, document in EXAMPLE.policies().items()}
    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}


def test_every_call_of_a_recorded_deployment_is_allowed():
    calls = recorded()
    assert len({call.action for call in calls}) > 150
    assert refused(DOCUMENTS, calls) == []


@pytest.mark.parametrize("source", OF_THE_REAL_PROVIDER)
def test_every_call_that_the_real_provider_makes_besides_is_allowed(source):
    calls = [
        Call(action=action, resource=RESOURCES.get(action.partition(":")[0], "*") if has_resources(action) else "*")
        for action in OF_THE_REAL_PROVIDER[source]
    ]
    assert refused(DOCUMENTS, calls) == []


def test_the_group_may_be_made_from_the_template_with_the_instances_role():
    template = {"ec2:LaunchTemplate": f"arn:aws:ec2:{REGION}:{ACCOUNT}:launch-template/lt-1"}
    launch = Call(action="ec2:RunInstances", resource=f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/*", context=template)
    passed = Call(action="iam:PassRole", resource=ROLE, context={"iam:PassedToService": "ec2.amazonaws.com"})
    assert refused(DOCUMENTS, [launch, passed]) == []


def test_the_default_security_group_may_be_adopted():
    tags = {"aws:RequestTag/environment": "prod", "aws:RequestTag/managed-by": "ecs-platform"}
    group = f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/sg-default"
    assert allowed(DOCUMENTS, Call(action="ec2:CreateTags", resource=group, context=tags))


@pytest.mark.parametrize("call", FORBIDDEN, ids=str)
def test_nothing_beyond_the_environment_is_allowed(call):
    assert not allowed(DOCUMENTS, call)


@pytest.mark.parametrize("environment", ["dev", "prod2"])
def test_nothing_that_changes_another_environment_is_allowed(environment):
    others = [
        replace(
            call,
            resource=call.resource.replace("ecs-prod", f"ecs-{environment}").replace("/prod/", f"/{environment}/"),
            context={key: environment if value == "prod" else value for key, value in call.context.items()},
        )
        for call in recorded()
        if "ecs-prod" in call.resource or "/prod/" in call.resource or "prod" in call.context.values()
    ]
    moved = [call for call in others if not any(shared in call.resource for shared in ("hostedzone", "parameter/aws/"))]
    moved = [call for call in moved if call.resource != "*"]
    assert len(moved) > 100
    got_through = {call.action for call in moved if allowed(DOCUMENTS, call)}
    assert got_through == WIDE


def test_composite_alarms_are_made_by_rights_that_aws_does_not_let_us_narrow():
    wide = {action for policy in EXAMPLE.policies().values() for one in policy["Statement"] for action in one["Action"]
            if one["Sid"] == "AlarmsAny" and one["Resource"] == ["*"]}  # fmt: skip
    assert wide == WIDE


def test_roles_without_the_boundary_are_refused_where_there_is_one():
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/platform"
    place = Location(partition="aws", region=REGION, account=ACCOUNT)
    bounded = Deployer(names=Names("prod"), location=place, hosted_zone="Z1", boundary=boundary)
    documents = [json.dumps(document) for document in bounded.policies().values()]
    make = Call(action="iam:CreateRole", resource=ROLE)
    assert not allowed(documents, make)
    assert allowed(documents, replace(make, context={"iam:PermissionsBoundary": boundary}))


def test_the_lint_of_iam_documents_finds_no_mistake():
    """Beyond what deploying is: whoever writes policies of roles and buckets can give themselves what those give."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = [
            one
            for text in DOCUMENTS
            for one in parliament.analyze_policy_string(text, ignore_private_auditors=True).findings
        ]
    accepted = {
        "RESOURCE_STAR", "UNKNOWN_CONDITION_FOR_ACTION", "RESOURCE_MISMATCH",
        "RESOURCE_POLICY_PRIVILEGE_ESCALATION", "PRIVILEGE_ESCALATION",
    }  # fmt: skip
    assert [f"{one.issue}: {one.detail} {one.location}" for one in found if one.issue not in accepted] == []


def test_the_policies_of_an_environment_are_printed(capsys):
    assert deployer_policy.main(["dev", "111122223333", "eu-west-1", "Z9"]) == 0
    printed = capsys.readouterr().out
    assert set(json.loads(printed)) == {f"ecs-dev-deployer-{part}" for part in ("network", "compute", "identity")}
    assert "ecs-prod" not in printed
    assert "123456789012" not in printed
