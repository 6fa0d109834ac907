"""Look-ups of a program (`aws.get_...`), answered by the emulator; policy documents are computed here."""

from __future__ import annotations

import importlib
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox import questions, schema, shapes
from sandbox.clients import Sessions
from sandbox.refusal import Refusal, is_gone


@dataclass(frozen=True, kw_only=True)
class LookUp:
    """How a look-up is answered: an API answer whose members find the result's properties by name."""

    find: Callable[[questions.Question], Any]
    identity: str = ""
    """The member of the answer that is the result's id."""
    names: Mapping[str, str] = field(default_factory=dict[str, str])


def answer(token: str, args: Mapping[str, Any], sessions: Sessions, region: str) -> dict[str, Any]:
    """The result of a look-up; what does not exist is refused in one sentence."""
    known = _LOOK_UPS.get(token)
    short = token.rsplit(":", 1)[-1]
    if known is None:
        raise Refusal(f"the sandbox has no look-up {token}")
    try:
        found = known.find(questions.Question(token, args, sessions, region))
    except Exception as error:
        if is_gone(error):
            found = None
        else:
            raise
    if found is None or found == []:
        raise Refusal(f"{short} found nothing for {questions.said(args)}")
    types = _result_types(token)
    shown = shapes.shown(found, types, known.names)
    tags = shapes.tags_in(found)
    if "tags" in types:
        shown["tags"] = _tags(found) if _listed(types["tags"]) else tags or {}
    given = {key: value for key, value in args.items() if key in types and key not in shown}
    return {**given, "region": region, "id": str(found.get(known.identity, region)), **shown}


def _listed(hint: Any) -> bool:
    """Whether tags are shown as a list of key, value and more, as those of an Auto Scaling group are."""
    return typing.get_origin(schema.plain(hint)) in (list, Sequence)


def _tags(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"key": tag["Key"], "value": tag["Value"], "propagateAtLaunch": tag.get("PropagateAtLaunch", False)}
        for tag in found.get("Tags", [])
    ]


def _result_types(token: str) -> Mapping[str, Any]:
    _, path, name = token.split(":")
    area = path.split("/")[0]
    module = {"index": "pulumi_aws", "lambda": "pulumi_aws.lambda_"}.get(area, f"pulumi_aws.{area}")
    with schema.IMPORTS:
        result = getattr(importlib.import_module(module), f"{name[0].upper()}{name[1:]}Result")
        return schema.members(result)


_LOOK_UPS: Final[Mapping[str, LookUp]] = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": LookUp(find=questions.zones),
    "aws:index/getCallerIdentity:getCallerIdentity": LookUp(find=questions.identity, identity="id"),
    "aws:index/getRegion:getRegion": LookUp(find=questions.region, identity="id"),
    "aws:index/getPartition:getPartition": LookUp(find=questions.partition, identity="id"),
    "aws:index/getServicePrincipal:getServicePrincipal": LookUp(find=questions.principal, identity="id"),
    "aws:iam/getPolicyDocument:getPolicyDocument": LookUp(find=questions.document, identity="id"),
    "aws:iam/getRole:getRole": LookUp(
        find=questions.one("iam", "get_role", "Role", RoleName="name"),
        identity="RoleName",
        names={"name": "RoleName", "uniqueId": "RoleId"},
    ),
    "aws:autoscaling/getGroup:getGroup": LookUp(
        find=questions.group,
        identity="AutoScalingGroupName",
        names={"arn": "AutoScalingGroupARN", "name": "AutoScalingGroupName"},
    ),
    "aws:cloudwatch/getLogGroups:getLogGroups": LookUp(find=questions.log_groups),
    "aws:ssm/getParameter:getParameter": LookUp(find=questions.parameter, identity="Name"),
    "aws:ec2/getAmi:getAmi": LookUp(find=questions.image, identity="ImageId"),
    "aws:ec2/getInstanceType:getInstanceType": LookUp(find=questions.instance_type, identity="InstanceType"),
    "aws:ec2/getInstanceTypes:getInstanceTypes": LookUp(
        find=lambda ask: {
            "instanceTypes": ask.call(
                "ec2", "describe_instance_types", "InstanceTypes[].InstanceType", Filters=ask.filters()
            )
        }
    ),
    "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": LookUp(find=questions.offerings),
    "aws:ec2/getVpc:getVpc": LookUp(
        find=questions.filtered("describe_vpcs", "Vpcs", "VpcIds", cidr="cidrBlock", isDefault="default"),
        identity="VpcId",
    ),
    "aws:ec2/getSubnet:getSubnet": LookUp(
        find=questions.filtered(
            "describe_subnets", "Subnets", "SubnetIds", vpc_id="vpcId", availability_zone="availabilityZone"
        ),
        identity="SubnetId",
        names={"arn": "SubnetArn"},
    ),
    "aws:ec2/getSubnets:getSubnets": LookUp(find=questions.subnets),
    "aws:ec2/getSecurityGroup:getSecurityGroup": LookUp(
        find=questions.filtered(
            "describe_security_groups", "SecurityGroups", "GroupIds", group_name="name", vpc_id="vpcId"
        ),
        identity="GroupId",
        names={"name": "GroupName"},
    ),
    "aws:ecs/getService:getService": LookUp(find=questions.service, identity="serviceArn", names={"arn": "serviceArn"}),
    "aws:ecs/getCluster:getCluster": LookUp(
        find=questions.one("ecs", "describe_clusters", "clusters[?status=='ACTIVE']", clusters="clusterName[]"),
        identity="clusterArn",
        names={"arn": "clusterArn"},
    ),
    "aws:ecs/getTaskDefinition:getTaskDefinition": LookUp(
        find=questions.one("ecs", "describe_task_definition", "taskDefinition", taskDefinition="taskDefinition"),
        identity="taskDefinitionArn",
        names={"arn": "taskDefinitionArn", "taskDefinition": ""},
    ),
    "aws:ecr/getRepository:getRepository": LookUp(
        find=questions.one(
            "ecr", "describe_repositories", "repositories", repositoryNames="name[]", registryId="registryId"
        ),
        identity="repositoryName",
        names={"arn": "repositoryArn", "name": "repositoryName", "repositoryUrl": "repositoryUri"},
    ),
    "aws:ecr/getImage:getImage": LookUp(find=questions.pushed_image, identity="imageDigest"),
    "aws:elb/getServiceAccount:getServiceAccount": LookUp(find=questions.balancers_account, identity="id"),
    "aws:s3/getCanonicalUserId:getCanonicalUserId": LookUp(find=questions.canonical_user, identity="id"),
    "aws:route53/getZone:getZone": LookUp(find=questions.zone, identity="zoneId"),
    "aws:lb/getLoadBalancer:getLoadBalancer": LookUp(
        find=questions.load_balancer,
        identity="LoadBalancerArn",
        names={
            "arn": "LoadBalancerArn",
            "name": "LoadBalancerName",
            "zoneId": "CanonicalHostedZoneId",
            "loadBalancerType": "Type",
        },
    ),
    "aws:lb/getListener:getListener": LookUp(
        find=questions.listener, identity="ListenerArn", names={"arn": "ListenerArn"}
    ),
    "aws:lb/getTargetGroup:getTargetGroup": LookUp(
        find=questions.one("elbv2", "describe_target_groups", "TargetGroups", TargetGroupArns="arn[]", Names="name[]"),
        identity="TargetGroupArn",
        names={"arn": "TargetGroupArn", "name": "TargetGroupName", "healthCheck": ""},
    ),
    "aws:kms/getKey:getKey": LookUp(
        find=questions.one("kms", "describe_key", "KeyMetadata", KeyId="keyId"), identity="KeyId", names={"keyId": ""}
    ),
    "aws:secretsmanager/getRandomPassword:getRandomPassword": LookUp(
        find=questions.one(
            "secretsmanager",
            "get_random_password",
            "@",
            ExcludeCharacters="excludeCharacters",
            ExcludeLowercase="excludeLowercase",
            ExcludeNumbers="excludeNumbers",
            ExcludePunctuation="excludePunctuation",
            ExcludeUppercase="excludeUppercase",
            IncludeSpace="includeSpace",
            PasswordLength="passwordLength",
            RequireEachIncludedType="requireEachIncludedType",
        ),
        identity="RandomPassword",
    ),
    "aws:secretsmanager/getSecretVersion:getSecretVersion": LookUp(
        find=questions.one("secretsmanager", "get_secret_value", "@", SecretId="secretId", VersionId="versionId"),
        identity="ARN",
        names={"createdDate": ""},
    ),
}
