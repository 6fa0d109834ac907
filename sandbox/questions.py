"""How each look-up asks the emulator."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

import jmespath

from sandbox.clients import Sessions
from sandbox.policy_document import policy_document
from sandbox.refusal import Refusal


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
        given += [
            {"Name": name.replace("_", "-"), "Values": [_filtered(value)]} for name, value in more.items() if value
        ]
        tags: Mapping[str, str] = self.args.get("tags") or {}
        return given + [{"Name": f"tag:{name}", "Values": [value]} for name, value in tags.items()]


def _filtered(value: Any) -> str:
    """EC2's filters write truth in lower case."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def said(args: Mapping[str, Any]) -> str:
    """The arguments as a text for people."""
    return ", ".join(f"{key}={value!r}" for key, value in args.items()) or "no arguments"


def zones(ask: Question) -> Any:
    every = ask.call(
        "ec2", "describe_availability_zones", "AvailabilityZones", Filters=ask.filters(state=ask.args.get("state"))
    )
    left_out = {*(ask.args.get("excludeNames") or []), *(ask.args.get("excludeZoneIds") or [])}
    zones = [zone for zone in every if not {zone["ZoneName"], zone["ZoneId"]} & left_out]
    ids = [zone["ZoneId"] for zone in zones]
    groups = sorted({str(zone.get("GroupName", ask.region)) for zone in zones})
    return {"names": [zone["ZoneName"] for zone in zones], "zoneIds": ids, "groupNames": groups}


def identity(ask: Question) -> Any:
    found = ask.call("sts", "get_caller_identity", "@")
    return {"accountId": found["Account"], "arn": found["Arn"], "userId": found["UserId"], "id": found["Account"]}


def region(ask: Question) -> Any:
    name = str(ask.args.get("name") or ask.region)
    return {"name": name, "region": name, "description": name, "endpoint": f"ec2.{name}.amazonaws.com", "id": name}


def partition(ask: Question) -> Any:
    china = ask.region.startswith("cn-")
    suffix = "amazonaws.com.cn" if china else "amazonaws.com"
    name = "aws-cn" if china else "aws"
    return {"partition": name, "dnsSuffix": suffix, "reverseDnsPrefix": ".".join(suffix.split(".")[::-1]), "id": name}


def principal(ask: Question) -> Any:
    name = f"{ask.args['serviceName']}.amazonaws.com"
    return {"name": name, "suffix": "amazonaws.com", "id": name}


def parameter(ask: Question) -> Any:
    decrypt = ask.args.get("withDecryption", True)
    found = ask.call("ssm", "get_parameter", "Parameter", Name=ask.args["name"], WithDecryption=decrypt)
    return {**found, "insecureValue": "" if found["Type"] == "SecureString" else found["Value"]}


def image(ask: Question) -> Any:
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
        raise Refusal(f"getAmi found {len(fitting)} images for {said(ask.args)}; set mostRecent or be more specific")
    return fitting[-1] if fitting else None


def pushed_image(ask: Question) -> Any:
    """An image of a repository by tag or digest, or the newest; its address is by digest."""
    name, registry = ask.args["repositoryName"], ask.args.get("registryId")
    tag, digest = ask.args.get("imageTag"), ask.args.get("imageDigest")
    wanted = [{"imageTag": tag} if tag else {"imageDigest": digest}] if tag or digest else None
    found = ask.call(
        "ecr", "describe_images", "imageDetails", repositoryName=name, registryId=registry, imageIds=wanted
    )
    if not wanted and not ask.args.get("mostRecent"):
        raise Refusal("getImage needs one of imageTag, imageDigest and mostRecent")
    if not found:
        return None
    newest = max(found, key=lambda one: one["imagePushedAt"])
    at = ask.call("ecr", "describe_repositories", "repositories[0].repositoryUri", repositoryNames=[name])
    pushed = int(newest["imagePushedAt"].timestamp())
    return {**newest, "imageUri": f"{at}@{newest['imageDigest']}", "imagePushedAt": pushed}


BALANCERS_ACCOUNTS: Final = {
    "us-east-1": "127311923021", "us-east-2": "033677994240", "us-west-1": "027434742980",
    "us-west-2": "797873946194", "eu-central-1": "054676820928", "eu-west-1": "156460612806",
    "eu-west-2": "652711504416", "eu-west-3": "009996457667", "eu-north-1": "897822967062",
    "ca-central-1": "985666609251", "sa-east-1": "507241528517", "ap-south-1": "718504428378",
    "ap-northeast-1": "582318560864", "ap-southeast-1": "114774131450", "ap-southeast-2": "783225319266",
}  # fmt: skip
"""Region → account of Elastic Load Balancing that writes access logs (source: ELB user guide, Enable access logs)."""


def balancers_account(ask: Question) -> Any:
    name = str(ask.args.get("region") or ask.region)
    account = BALANCERS_ACCOUNTS.get(name)
    if account is None:
        raise Refusal(f"the sandbox knows no account of load balancers in {name}; use logdelivery.elasticloadbalancing")
    return {"id": account, "arn": f"arn:aws:iam::{account}:root"}


def canonical_user(ask: Question) -> Any:
    owner = ask.call("s3", "list_buckets", "Owner") or {}
    return {"id": owner.get("ID"), "displayName": owner.get("DisplayName", "")}


def instance_type(ask: Question) -> Any:
    found = ask.call("ec2", "describe_instance_types", "InstanceTypes", InstanceTypes=[ask.args["instanceType"]])
    found = next((one for one in found if one["InstanceType"] == ask.args["instanceType"]), None)
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


def group(ask: Question) -> Any:
    """An Auto Scaling group; the provider shows every block of its policy as a list of one."""
    found = ask.call(
        "autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups[0]", AutoScalingGroupNames=[ask.args["name"]]
    )
    policy = (found or {}).get("MixedInstancesPolicy")
    if not policy:
        return found
    template = policy.get("LaunchTemplate", {})
    templates = {**template, "LaunchTemplateSpecifications": [template.get("LaunchTemplateSpecification", {})]}
    lists = {"LaunchTemplates": [templates], "InstancesDistributions": [policy.get("InstancesDistribution", {})]}
    return {**found, "MixedInstancesPolicies": [lists]}


def log_groups(ask: Question) -> Any:
    """Names and ARNs of all log groups whose name begins so."""
    pages = ask.sessions.client("logs", ask.region).get_paginator("describe_log_groups")
    prefix = {"logGroupNamePrefix": ask.args["logGroupNamePrefix"]} if ask.args.get("logGroupNamePrefix") else {}
    found = [group for page in pages.paginate(**prefix) for group in page["logGroups"]]
    arns = [group["arn"].removesuffix(":*") for group in found]
    return {"logGroupNames": [group["logGroupName"] for group in found], "arns": arns}


def offerings(ask: Question) -> Any:
    kind = str(ask.args.get("locationType") or "region")

    def offers(filters: list[dict[str, Any]]) -> list[dict[str, str]]:
        at = "InstanceTypeOfferings[]"
        return ask.call("ec2", "describe_instance_type_offerings", at, LocationType=kind, Filters=filters)

    found = offers(ask.filters())
    if not found and not offers([]):
        found = _offered_everywhere(ask, kind)
    found = sorted(found, key=lambda one: (one["InstanceType"], one["Location"]))
    return {
        "instanceTypes": [one["InstanceType"] for one in found],
        "locationTypes": [kind] * len(found),
        "locations": [one["Location"] for one in found],
    }


def _offered_everywhere(ask: Question, kind: str) -> list[dict[str, str]]:
    """The emulator knows no offers of the youngest Regions: there every zone offers what is asked for."""
    wanted = [value for item in ask.filters() if item["Name"] == "instance-type" for value in item["Values"]]
    member = {"availability-zone": "ZoneName", "availability-zone-id": "ZoneId"}.get(kind)
    every = ask.call("ec2", "describe_availability_zones", f"AvailabilityZones[].{member}") if member else [ask.region]
    return [{"InstanceType": name, "Location": place} for name in wanted for place in every]


def one(service: str, operation: str, at: str, **parameters: str) -> Callable[[Question], Any]:
    """A look for one thing; each parameter takes the named argument, in a list where the API wants several.

    Where the API lists what it finds, the look finds it only if it is alone.
    """

    def find(ask: Question) -> Any:
        given = {key: ask.args.get(name.removesuffix("[]")) for key, name in parameters.items()}
        listed = {key: [given[key]] for key, name in parameters.items() if name.endswith("[]") and given[key]}
        return _alone(ask, ask.call(service, operation, at, **{**given, **listed}))

    return find


def filtered(operation: str, at: str, ids: str, **filters: str) -> Callable[[Question], Any]:
    """An EC2 look by id, filters and tags that must fit exactly one thing."""

    def find(ask: Question) -> Any:
        wanted = ask.filters(**{key: ask.args.get(name) for key, name in filters.items()})
        identity = ask.args.get("id")
        found = ask.call("ec2", operation, at, Filters=wanted, **{ids: [identity] if identity else None})
        return _alone(ask, found)

    return find


def _alone(ask: Question, found: Any) -> Any:
    """What was found, or the only item of a list: the real provider does not take the first of several either."""
    if not isinstance(found, list):
        return found
    items = cast("list[Any]", found)
    if len(items) > 1:
        raise Refusal(f"{ask.token.rsplit(':', 1)[-1]} found {len(items)} for {said(ask.args)}, and takes one")
    return items[0] if items else None


def subnets(ask: Question) -> Any:
    return {"ids": ask.call("ec2", "describe_subnets", "Subnets[].SubnetId", Filters=ask.filters())}


def zone(ask: Question) -> Any:
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


def load_balancer(ask: Question) -> Any:
    arn, name = ask.args.get("arn"), ask.args.get("name")
    found = ask.call(
        "elbv2",
        "describe_load_balancers",
        "LoadBalancers",
        LoadBalancerArns=[arn] if arn else None,
        Names=[name] if name else None,
    )
    found = _alone(ask, found)
    return {**found, "arnSuffix": found["LoadBalancerArn"].split(":loadbalancer/")[-1]} if found else None


def listener(ask: Question) -> Any:
    arn = ask.args.get("arn")
    found = ask.call(
        "elbv2",
        "describe_listeners",
        "Listeners",
        ListenerArns=[arn] if arn else None,
        LoadBalancerArn=None if arn else ask.args.get("loadBalancerArn"),
    )
    return next((item for item in found if arn or item["Port"] == ask.args.get("port")), None)


def service(ask: Question) -> Any:
    found = ask.call(
        "ecs",
        "describe_services",
        "services",
        cluster=ask.args["clusterArn"],
        services=[ask.args["serviceName"]],
        include=["TAGS"],
    )
    return next((item for item in found if item["status"] != "INACTIVE"), None)


def document(ask: Question) -> Any:
    return policy_document(ask.args)
