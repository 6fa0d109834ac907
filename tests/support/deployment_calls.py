"""What a deployment asks of IAM: the API calls of a recorded one, and those that the real provider makes besides.

tests/program/deployment_calls.jsonl holds the calls that the sandbox's provider made for `prod`: up, two updates,
refresh and destroy, of those that differ in names and ids alone the first.
"""

from __future__ import annotations

import functools
import json
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import parliament

from tests.support.graph import ACCOUNT, REGION
from tests.support.iam_evaluator import Call
from tests.support.stack_files import ROOT

RECORDED = ROOT / "tests" / "program" / "deployment_calls.jsonl"
TAGS = {"environment": "prod", "managed-by": "ecs-platform"}
SERVICES = {"elbv2": "elasticloadbalancing"}
ACTIONS = {
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:DeleteBucketOwnershipControls": "s3:PutBucketOwnershipControls",
    "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:ListObjectsV2": "s3:ListBucket",
}
"""Operations whose action has another name (Amazon S3 user guide, "Required permissions for S3 API operations")."""

EC2_KINDS = {
    "eipalloc": "elastic-ip", "fl": "vpc-flow-log", "igw": "internet-gateway", "lt": "launch-template",
    "nat": "natgateway", "rtb": "route-table", "rtbassoc": "route-table", "sg": "security-group",
    "sgr": "security-group-rule", "subnet": "subnet", "vpc": "vpc", "vpce": "vpc-endpoint",
}  # fmt: skip
"""Start of an id → resource type."""
EC2_NEW = {
    "AllocateAddress": "elastic-ip", "CreateVpc": "vpc", "CreateSubnet": "subnet",
    "CreateInternetGateway": "internet-gateway", "CreateNatGateway": "natgateway", "CreateRouteTable": "route-table",
    "CreateSecurityGroup": "security-group", "CreateVpcEndpoint": "vpc-endpoint", "CreateFlowLogs": "vpc-flow-log",
    "CreateLaunchTemplate": "launch-template", "AuthorizeSecurityGroupIngress": "security-group-rule",
    "AuthorizeSecurityGroupEgress": "security-group-rule",
}  # fmt: skip
"""What a call makes: the real provider sends the tags with it (TagSpecifications), the sandbox's after it."""

NAMED = {
    "autoscaling": {"AutoScalingGroupName": "autoScalingGroup:0a1b:autoScalingGroupName/{}"},
    "cloudwatch": {
        "AlarmName": "alarm:{}", "AlarmNames": "alarm:{}",
        "DashboardName": "dashboard/{}", "DashboardNames": "dashboard/{}",
    },
    "ecs": {"clusterName": "cluster/{}", "cluster": "cluster/{}", "clusters": "cluster/{}"},
    "elbv2": {"Name": "loadbalancer/app/{}/0a1b"},
    "events": {"Rule": "rule/{}", "Name": "rule/{}"},
    "iam": {"InstanceProfileName": "instance-profile/{}", "RoleName": "role/{}"},
    "kms": {"AliasName": "{}", "KeyId": "key/{}"},
    "lambda": {"FunctionName": "function:{}"},
    "logs": {"logGroupName": "log-group:{}", "logGroupNamePrefix": "log-group:{}"},
    "route53": {"HostedZoneId": "hostedzone/{}", "ResourceId": "hostedzone/{}", "Id": "hostedzone/{}"},
    "s3": {"Bucket": "{}"},
    "scheduler": {"Name": "schedule/default/{}"},
    "servicediscovery": {"Id": "namespace/{}"},
    "sns": {"Name": "{}"},
    "sqs": {"QueueUrl": "{}", "QueueName": "{}"},
    "ssm": {"Name": "parameter{}", "ResourceId": "parameter{}"},
}  # fmt: skip
"""Service → parameter → the resource that it names, the first one that is given."""
OF_A_REQUEST = {
    "acm:RequestCertificate",
    "ecs:CreateCluster",
    "kms:CreateKey",
    "servicediscovery:CreatePrivateDnsNamespace",
}
"""Calls that make a resource whose ARN is not known before."""


def recorded(path: Path = RECORDED) -> list[Call]:
    """All calls of the recorded deployment, as IAM sees them."""
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return [call for row in rows for call in _of(row)]


def _of(row: Mapping[str, Any]) -> list[Call]:
    service, _, operation = row["call"].partition(":")
    return calls_of(service, operation, row["params"])


def calls_of(service: str, operation: str, params: Mapping[str, Any]) -> list[Call]:
    """One call of the API as IAM sees it: once for each resource."""
    if service == "ec2":
        return list(_of_ec2(operation, params))
    name = f"{SERVICES.get(service, service)}:{operation}"
    action = ACTIONS.get(name, name)
    if name in OF_A_REQUEST:
        return [Call(action=action, context=_tags("Request"))]
    if not has_resources(action):
        return [
            Call(action=action, context={"ecs:account-setting": str(params.get("name"))} if service == "ecs" else {})
        ]
    return [Call(action=action, resource=one, context=_tags("Resource")) for one in _resources(service, params)]


@functools.cache
def _privileges() -> dict[str, list[str]]:
    """Action → its resource types, from the service authorization reference that parliament brings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = (Path(parliament.__file__).parent / "iam_definition.json").read_text()
    found: dict[str, list[str]] = {}
    for service in json.loads(text):
        for one in service["privileges"]:
            kinds = [kind["resource_type"] for kind in one["resource_types"]]
            found[f"{service['prefix']}:{one['privilege']}"] = [kind for kind in kinds if kind]
    return found


def has_resources(action: str) -> bool:
    """Whether IAM asks for an action on a resource. Raises LookupError for an action that does not exist."""
    if action not in _privileges():
        raise LookupError(f"{action} is no action: add to ACTIONS in {__name__} what the operation asks for")
    return bool(_privileges()[action])


def _tags(kind: str) -> dict[str, str]:
    return {f"aws:{kind}Tag/{key}": value for key, value in TAGS.items()}


def _resources(service: str, params: Mapping[str, Any]) -> list[str]:
    found = [value for key, value in params.items() if _is_arn(value) and not key.startswith("Source")]
    given = [(form, params[key]) for key, form in NAMED.get(service, {}).items() if key in params]
    if given:
        form, value = given[0]
        return [one if one.startswith("arn:") else _arn(service, form.format(one)) for one in _listed(value)]
    if not found:
        tagged = [tag["ResourceId"] for tag in params.get("Tags", []) if "ResourceId" in tag]
        assert tagged, f"{service} names no resource: {params}"
        return [_arn(service, f"autoScalingGroup:0a1b:autoScalingGroupName/{one}") for one in tagged]
    return [arn.rpartition(":")[0] if service == "sns" and arn.count(":") > 5 else arn for arn in _listed(found[0])]


def _is_arn(value: Any) -> bool:
    return all(isinstance(one, str) and one.startswith("arn:") for one in _listed(value)) and bool(value)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def _arn(service: str, resource: str) -> str:
    region = "" if service in ("iam", "s3", "route53") or resource.startswith("dashboard/") else REGION
    of_aws = service in ("s3", "route53") or resource.startswith("parameter/aws/")
    account = "" if of_aws else ACCOUNT
    return f"arn:aws:{SERVICES.get(service, service)}:{region}:{account}:{resource}"


def _of_ec2(operation: str, params: Mapping[str, Any]) -> Iterator[Call]:
    """A new resource with its tags in the request; those that stand, by their tags."""
    action = f"ec2:{operation}"
    if operation.startswith("Describe"):
        yield Call(action=action)
        return
    ids = [one for value in params.values() for one in _listed(value) if isinstance(one, str) and _kind(one)]
    for one in ids:
        yield Call(action=action, resource=_arn("ec2", f"{_kind(one)}/{one}"), context=_tags("Resource"))
    if operation in EC2_NEW:
        new = _arn("ec2", f"{EC2_NEW[operation]}/*")
        yield Call(action=action, resource=new.replace("/*", "/new"), context=_tags("Request"))
        tagging = {"ec2:CreateAction": operation, **_tags("Request")}
        yield Call(action="ec2:CreateTags", resource=new.replace("/*", "/new"), context=tagging)


def _kind(identity: str) -> str | None:
    return EC2_KINDS.get(identity.partition("-")[0]) if "-" in identity else None
