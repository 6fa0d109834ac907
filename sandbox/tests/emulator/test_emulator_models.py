from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError

from sandbox.emulator.models import problems, python_pattern
from sandbox.tests.emulator.emulated_cluster import client

ROLE = "arn:aws:iam::123456789012:role/watch"


@pytest.mark.parametrize(
    ("service", "operation", "given", "code"),
    [
        ("ec2", "create_vpc", {"CidrBlock": "10.0.0.0/16", "InstanceTenancy": "mine"}, "InvalidParameterValue"),
        ("elbv2", "create_load_balancer", {"Name": "a", "IpAddressType": "ipv5"}, "ValidationError"),
        ("iam", "create_role", {"RoleName": "a b", "AssumeRolePolicyDocument": "{}"}, "ValidationError"),
        ("logs", "create_log_group", {"logGroupName": "a b"}, "InvalidParameterException"),
        ("ecs", "register_task_definition", {"family": "a", "networkMode": "x"}, "InvalidParameterException"),
        ("ssm", "put_parameter", {"Name": "a", "Value": "b", "Type": "Text"}, "ValidationException"),
        ("lambda", "create_function", {"FunctionName": "a b", "Role": ROLE, "Code": {}}, "ValidationException"),
        (
            "route53",
            "create_hosted_zone",
            {"Name": "a.example", "CallerReference": "a", "VPC": {"VPCRegion": "moon", "VPCId": "vpc-1"}},
            "InvalidInput",
        ),
        ("sns", "tag_resource", {"ResourceArn": "arn", "Tags": [{"Key": "a" * 129, "Value": ""}]}, "InvalidParameter"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_request_that_breaks_the_model_is_refused_as_its_service_does(land, service, operation, given, code):
    given = {"containerDefinitions": []} | given if service == "ecs" else given
    with pytest.raises(ClientError) as refused:
        getattr(client(service), operation)(**given)
    answer = refused.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (code, 400)
    assert "validation error" in answer["Error"]["Message"]


def test_every_wrong_value_is_named_with_its_place():
    containers = [{"name": "a", "portMappings": [{"protocol": "tcp"}, {"protocol": "icmp"}]}]
    found = problems("ecs", "RegisterTaskDefinition", {"networkMode": "x", "containerDefinitions": containers})
    assert [text.split(" failed")[0] for text in found] == [
        "Value 'x' at 'networkMode'",
        "Value 'icmp' at 'containerDefinitions.1.member.portMappings.2.member.protocol'",
    ]


@pytest.mark.parametrize(
    ("service", "operation", "given", "says"),
    [
        ("elbv2", "CreateTargetGroup", {"Port": 0}, "have value greater than or equal to 1"),
        ("elbv2", "CreateTargetGroup", {"Port": 65536}, "have value less than or equal to 65535"),
        ("lambda", "CreateFunction", {"FunctionName": "a" * 200}, "length"),
        ("iam", "CreateRole", {"Tags": [{"Key": f"k{i}", "Value": ""} for i in range(51)]}, "length less than"),
        ("logs", "TagResource", {"tags": {"a\n": "b"}}, "regular expression"),
    ],
)
def test_ranges_lengths_sizes_and_keys_are_checked(service, operation, given, says):
    (found,) = problems(service, operation, given)
    assert says in found


def test_a_shape_that_contains_itself_is_followed_as_deep_as_the_value():
    inner = {"Name": "x" * 2000}
    statement = {"AndStatement": {"Statements": [{"NotStatement": {"Statement": {"RateBasedStatement": inner}}}]}}
    assert (
        problems("wafv2", "CheckCapacity", {"Scope": "REGIONAL", "Rules": [{"Name": "a", "Statement": statement}]})
        == []
    )
    deep = {
        "NotStatement": {"Statement": {"NotStatement": {"Statement": {"GeoMatchStatement": {"CountryCodes": ["?"]}}}}}
    }
    assert problems("wafv2", "CheckCapacity", {"Rules": [{"Statement": deep}]})


def test_tags_in_any_script_are_letters():
    tags = [{"key": "größe", "value": "中 文"}, {"key": "a/b:c=d", "value": ""}]
    assert problems("ecs", "TagResource", {"tags": tags}) == []
    assert problems("ecs", "TagResource", {"tags": [{"key": "a*b", "value": ""}]})


USED = (
    *(
        "acm",
        "application-autoscaling",
        "autoscaling",
        "cloudwatch",
        "ec2",
        "ecr",
        "ecs",
        "elbv2",
        "events",
        "iam",
        "kms",
    ),
    *("lambda", "logs", "route53", "s3", "scheduler", "secretsmanager", "servicediscovery", "sns", "sqs", "ssm", "sts"),
)
FOREIGN = {"[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Zs}]+", "^([\\p{L}\\p{Z}\\p{N}\\p{P}\\p{M}]*)$"}
"""Patterns with classes of characters that Python lacks; of dashboards and of other clouds."""


def test_python_reads_every_pattern_of_the_services_in_use_but_for_a_few():
    session = botocore.session.get_session()
    models: list[Any] = [session.get_service_model(service) for service in USED]
    patterns = {model.shape_for(name).metadata.get("pattern") for model in models for name in model.shape_names}
    assert {text for text in patterns - {None} if python_pattern(text) is None} == FOREIGN
