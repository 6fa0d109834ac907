"""Look-ups of a program (`aws.get_...`), answered by the emulator; policy documents are computed here."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import jmespath
from pulumi import _types as pulumi_types

from sandbox import schema, shapes
from sandbox.clients import Sessions
from sandbox.policy_document import policy_document
from sandbox.refusal import Refusal, is_gone


@dataclass(frozen=True)
class Question:
    """One look-up: its arguments, and where the answer comes from."""

    token: str
    args: Mapping[str, Any]
    sessions: Sessions
    region: str

    def call(self, service: str, operation: str, at: str, **parameters: Any) -> Any:
        """Part of an API answer; parameters without a value are left out."""
        given = {key: value for key, value in parameters.items() if value not in (None, [], "")}
        return jmespath.search(at, getattr(self.sessions.client(service, self.region), operation)(**given))

    def filters(self, **more: Any) -> list[dict[str, Any]]:
        """EC2 filters of the arguments, and further ones where they have a value."""
        given = [{"Name": item["name"], "Values": item["values"]} for item in self.args.get("filters") or []]
        given += [{"Name": name.replace("_", "-"), "Values": [str(value)]} for name, value in more.items() if value]
        tags: Mapping[str, str] = self.args.get("tags") or {}
        return given + [{"Name": f"tag:{name}", "Values": [value]} for name, value in tags.items()]


@dataclass(frozen=True, kw_only=True)
class LookUp:
    """How a look-up is answered: an API answer whose members find the result's properties by name."""

    find: Callable[[Question], Any]
    identity: str = ""
    """The member of the answer that is the result's id."""
    names: Mapping[str, str] = field(default_factory=lambda: {})


def answer(token: str, args: Mapping[str, Any], sessions: Sessions, region: str) -> dict[str, Any]:
    """The result of a look-up; what does not exist is refused in one sentence."""
    known = _LOOK_UPS.get(token)
    short = token.rsplit(":", 1)[-1]
    if known is None:
        raise Refusal(f"the sandbox has no look-up {token}")
    try:
        found = known.find(Question(token, args, sessions, region))
    except Exception as error:
        if is_gone(error):
            found = None
        else:
            raise
    if found is None or found == []:
        raise Refusal(f"{short} found nothing for {_said(args)}")
    types = _result_types(token)
    shown = shapes.shown(found, types, known.names)
    tags = shapes.tags_in(found)
    if "tags" in types:
        shown["tags"] = tags or {}
    given = {key: value for key, value in args.items() if key in types and key not in shown}
    return {**given, "region": region, "id": str(found.get(known.identity, region)), **shown}


def _said(args: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}={value!r}" for key, value in args.items()) or "no arguments"


def _result_types(token: str) -> Mapping[str, Any]:
    _, path, name = token.split(":")
    area = path.split("/")[0]
    module = {"index": "pulumi_aws", "lambda": "pulumi_aws.lambda_"}.get(area, f"pulumi_aws.{area}")
    with schema.IMPORTS:
        result = getattr(importlib.import_module(module), f"{name[0].upper()}{name[1:]}Result")
        return pulumi_types.output_type_types(result)


def _zones(ask: Question) -> Any:
    every = ask.call(
        "ec2", "describe_availability_zones", "AvailabilityZones", Filters=ask.filters(state=ask.args.get("state"))
    )
    left_out = {*(ask.args.get("excludeNames") or []), *(ask.args.get("excludeZoneIds") or [])}
    zones = [zone for zone in every if not {zone["ZoneName"], zone["ZoneId"]} & left_out]
    ids = [zone["ZoneId"] for zone in zones]
    groups = sorted({str(zone.get("GroupName", ask.region)) for zone in zones})
    return {"names": [zone["ZoneName"] for zone in zones], "zoneIds": ids, "groupNames": groups}


def _identity(ask: Question) -> Any:
    found = ask.call("sts", "get_caller_identity", "@")
    return {"accountId": found["Account"], "arn": found["Arn"], "userId": found["UserId"], "id": found["Account"]}


def _region(ask: Question) -> Any:
    name = str(ask.args.get("name") or ask.region)
    return {"name": name, "region": name, "description": name, "endpoint": f"ec2.{name}.amazonaws.com", "id": name}


def _partition(ask: Question) -> Any:
    china = ask.region.startswith("cn-")
    suffix = "amazonaws.com.cn" if china else "amazonaws.com"
    name = "aws-cn" if china else "aws"
    return {"partition": name, "dnsSuffix": suffix, "reverseDnsPrefix": ".".join(suffix.split(".")[::-1]), "id": name}


def _principal(ask: Question) -> Any:
    name = f"{ask.args['serviceName']}.amazonaws.com"
    return {"name": name, "suffix": "amazonaws.com", "id": name}


def _parameter(ask: Question) -> Any:
    decrypt = ask.args.get("withDecryption", True)
    found = ask.call("ssm", "get_parameter", "Parameter", Name=ask.args["name"], WithDecryption=decrypt)
    return {**found, "insecureValue": "" if found["Type"] == "SecureString" else found["Value"]}


def _image(ask: Question) -> Any:
    images = ask.call(
        "ec2",
        "describe_images",
        "Images",
        Owners=ask.args.get("owners"),
        Filters=ask.filters(),
        ExecutableUsers=ask.args.get("executableUsers"),
    )
    pattern = re.compile(ask.args.get("nameRegex") or "")
    fitting = sorted(
        (image for image in images if pattern.search(image.get("Name", ""))), key=lambda image: image["CreationDate"]
    )
    if len(fitting) > 1 and not ask.args.get("mostRecent"):
        raise Refusal(f"getAmi found {len(fitting)} images for {_said(ask.args)}; set mostRecent or be more specific")
    return fitting[-1] if fitting else None


def _instance_type(ask: Question) -> Any:
    found = ask.call(
        "ec2", "describe_instance_types", "InstanceTypes[0]", InstanceTypes=[ask.args["instanceType"]]
    )
    if found is None:
        return None
    cpu, network = found.get("VCpuInfo", {}), found.get("NetworkInfo", {})
    return {
        **found,
        "defaultVcpus": cpu.get("DefaultVCpus"),
        "defaultCores": cpu.get("DefaultCores"),
        "memorySize": found.get("MemoryInfo", {}).get("SizeInMiB"),
        "maximumNetworkInterfaces": network.get("MaximumNetworkInterfaces"),
        "maximumNetworkCards": network.get("MaximumNetworkCards"),
        "maximumIpv4AddressesPerInterface": network.get("Ipv4AddressesPerInterface"),
        "maximumIpv6AddressesPerInterface": network.get("Ipv6AddressesPerInterface"),
        "supportedArchitectures": found.get("ProcessorInfo", {}).get("SupportedArchitectures"),
    }


def _one(service: str, operation: str, at: str, **parameters: str) -> Callable[[Question], Any]:
    """A look for one thing; each parameter takes the named argument, in a list where the API wants several."""

    def find(ask: Question) -> Any:
        given = {key: ask.args.get(name.removesuffix("[]")) for key, name in parameters.items()}
        listed = {key: [given[key]] for key, name in parameters.items() if name.endswith("[]") and given[key]}
        return ask.call(service, operation, at, **{**given, **listed})

    return find


def _filtered(operation: str, at: str, ids: str, **filters: str) -> Callable[[Question], Any]:
    """An EC2 look by id, filters and tags that must fit exactly one thing."""

    def find(ask: Question) -> Any:
        wanted = ask.filters(**{key: ask.args.get(name) for key, name in filters.items()})
        identity = ask.args.get("id")
        found = ask.call("ec2", operation, at, Filters=wanted, **{ids: [identity] if identity else None})
        if len(found) > 1:
            raise Refusal(f"{ask.token.rsplit(':', 1)[-1]} found {len(found)} for {_said(ask.args)}, and takes one")
        return found[0] if found else None

    return find


def _subnets(ask: Question) -> Any:
    return {"ids": ask.call("ec2", "describe_subnets", "Subnets[].SubnetId", Filters=ask.filters())}


def _zone(ask: Question) -> Any:
    private = bool(ask.args.get("privateZone"))
    name = str(ask.args.get("name") or "").removesuffix(".")
    wanted = ask.args.get("zoneId")
    for zone in ask.call("route53", "list_hosted_zones", "HostedZones"):
        identity = zone["Id"].rsplit("/", 1)[-1]
        fits = identity == wanted if wanted else (zone["Name"], zone["Config"]["PrivateZone"]) == (f"{name}.", private)
        if fits:
            more = ask.call("route53", "get_hosted_zone", "DelegationSet.NameServers", Id=identity) or []
            arn = f"arn:aws:route53:::hostedzone/{identity}"
            return {**zone, "zoneId": identity, "name": zone["Name"].removesuffix("."), "nameServers": more, "arn": arn}
    return None


def _load_balancer(ask: Question) -> Any:
    arn, name = ask.args.get("arn"), ask.args.get("name")
    found = ask.call(
        "elbv2",
        "describe_load_balancers",
        "LoadBalancers[0]",
        LoadBalancerArns=[arn] if arn else None,
        Names=[name] if name else None,
    )
    return {**found, "arnSuffix": found["LoadBalancerArn"].split(":loadbalancer/")[-1]} if found else None


def _listener(ask: Question) -> Any:
    arn = ask.args.get("arn")
    found = ask.call(
        "elbv2",
        "describe_listeners",
        "Listeners",
        ListenerArns=[arn] if arn else None,
        LoadBalancerArn=None if arn else ask.args.get("loadBalancerArn"),
    )
    return next((item for item in found if arn or item["Port"] == ask.args.get("port")), None)


def _service(ask: Question) -> Any:
    found = ask.call(
        "ecs",
        "describe_services",
        "services",
        cluster=ask.args["clusterArn"],
        services=[ask.args["serviceName"]],
        include=["TAGS"],
    )
    return next((item for item in found if item["status"] != "INACTIVE"), None)


def _document(ask: Question) -> Any:
    return policy_document(ask.args)


_LOOK_UPS: Final[Mapping[str, LookUp]] = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": LookUp(find=_zones),
    "aws:index/getCallerIdentity:getCallerIdentity": LookUp(find=_identity, identity="id"),
    "aws:index/getRegion:getRegion": LookUp(find=_region, identity="id"),
    "aws:index/getPartition:getPartition": LookUp(find=_partition, identity="id"),
    "aws:index/getServicePrincipal:getServicePrincipal": LookUp(find=_principal, identity="id"),
    "aws:iam/getPolicyDocument:getPolicyDocument": LookUp(find=_document, identity="id"),
    "aws:iam/getRole:getRole": LookUp(
        find=_one("iam", "get_role", "Role", RoleName="name"),
        identity="RoleName",
        names={"name": "RoleName", "uniqueId": "RoleId"},
    ),
    "aws:ssm/getParameter:getParameter": LookUp(find=_parameter, identity="Name"),
    "aws:ec2/getAmi:getAmi": LookUp(find=_image, identity="ImageId"),
    "aws:ec2/getInstanceType:getInstanceType": LookUp(find=_instance_type, identity="InstanceType"),
    "aws:ec2/getInstanceTypes:getInstanceTypes": LookUp(
        find=lambda ask: {
            "instanceTypes": ask.call(
                "ec2", "describe_instance_types", "InstanceTypes[].InstanceType", Filters=ask.filters()
            )
        }
    ),
    "aws:ec2/getVpc:getVpc": LookUp(
        find=_filtered("describe_vpcs", "Vpcs", "VpcIds", cidr="cidrBlock", isDefault="default"), identity="VpcId"
    ),
    "aws:ec2/getSubnet:getSubnet": LookUp(
        find=_filtered("describe_subnets", "Subnets", "SubnetIds", vpc_id="vpcId", availability_zone="availabilityZone"),
        identity="SubnetId",
        names={"arn": "SubnetArn"},
    ),
    "aws:ec2/getSubnets:getSubnets": LookUp(find=_subnets),
    "aws:ec2/getSecurityGroup:getSecurityGroup": LookUp(
        find=_filtered("describe_security_groups", "SecurityGroups", "GroupIds", group_name="name", vpc_id="vpcId"),
        identity="GroupId",
        names={"name": "GroupName"},
    ),
    "aws:ecs/getService:getService": LookUp(find=_service, identity="serviceArn", names={"arn": "serviceArn"}),
    "aws:ecs/getCluster:getCluster": LookUp(
        find=_one("ecs", "describe_clusters", "clusters[?status=='ACTIVE'] | [0]", clusters="clusterName[]"),
        identity="clusterArn",
        names={"arn": "clusterArn"},
    ),
    "aws:ecs/getTaskDefinition:getTaskDefinition": LookUp(
        find=_one("ecs", "describe_task_definition", "taskDefinition", taskDefinition="taskDefinition"),
        identity="taskDefinitionArn",
        names={"arn": "taskDefinitionArn", "taskDefinition": ""},
    ),
    "aws:route53/getZone:getZone": LookUp(find=_zone, identity="zoneId"),
    "aws:lb/getLoadBalancer:getLoadBalancer": LookUp(
        find=_load_balancer,
        identity="LoadBalancerArn",
        names={
            "arn": "LoadBalancerArn",
            "name": "LoadBalancerName",
            "zoneId": "CanonicalHostedZoneId",
            "loadBalancerType": "Type",
        },
    ),
    "aws:lb/getListener:getListener": LookUp(find=_listener, identity="ListenerArn", names={"arn": "ListenerArn"}),
    "aws:lb/getTargetGroup:getTargetGroup": LookUp(
        find=_one("elbv2", "describe_target_groups", "TargetGroups[0]", TargetGroupArns="arn[]", Names="name[]"),
        identity="TargetGroupArn",
        names={"arn": "TargetGroupArn", "name": "TargetGroupName", "healthCheck": ""},
    ),
    "aws:kms/getKey:getKey": LookUp(
        find=_one("kms", "describe_key", "KeyMetadata", KeyId="keyId"), identity="KeyId", names={"keyId": ""}
    ),
    "aws:secretsmanager/getSecretVersion:getSecretVersion": LookUp(
        find=_one("secretsmanager", "get_secret_value", "@", SecretId="secretId", VersionId="versionId"),
        identity="ARN",
        names={"createdDate": ""},
    ),
}
