"""Launch templates: metadata, volumes, addresses and the ECS agent of an instance."""

from __future__ import annotations

import re
from base64 import b64decode

from ecs_operations.engine.registry import Config, Results, Rule, Setting, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource


@Rule(
    id="lt-imdsv2",
    summary="Instances answer metadata requests only with a session token, and only to themselves.",
    fix='Set metadata_options: http_tokens "required", http_put_response_hop_limit 1.',
    severity=Severity.HIGH,
    source="Amazon EC2 user guide, Use the Instance Metadata Service; Amazon ECS developer guide, Task IAM role",
    anchors=("Security Hub EC2.170", "checkov CKV_79", "checkov CKV_341", "cdk-nag EC2IMDSv2Enabled"),
    types=(tokens.LAUNCH_TEMPLATE,),
    unknown=WhenUnknown.FAIL,
    settings=(
        Setting(
            name="maximumHops",
            default=1,
            minimum=1,
            maximum=64,
            description="Network hops of an answer; 2 lets containers on a bridge network reach the instance's role.",
        ),
    ),
    guards=("metadataOptions",),
)
def lt_imdsv2(template: Resource, config: Config) -> Results:
    """One forged request from a container takes the instance's role, which may register and drain instances."""
    options = template.get("metadataOptions", default={})
    if options.get("httpEndpoint") == "disabled":
        return
    if options.get("httpTokens") != "required":
        yield "answers metadata requests without a session token"
    hops = options.get("httpPutResponseHopLimit") or 1
    if hops > config["maximumHops"]:
        yield f"the hop limit of metadata is {hops}, must be at most {config['maximumHops']}"


@Rule(
    id="lt-ebs-encrypted",
    summary="Every volume of an instance is encrypted, and the template says so.",
    fix="Map each device, the root device first, with ebs.encrypted true.",
    severity=Severity.MEDIUM,
    source="Amazon EBS user guide, Amazon EBS encryption",
    anchors=("compliance-policies aws-ec2-launch-template", "cdk-nag AwsSolutions-EC26"),
    types=(tokens.LAUNCH_TEMPLATE,),
    unknown=WhenUnknown.FAIL,
    guards=("blockDeviceMappings",),
)
def lt_ebs_encrypted(template: Resource, _config: Config) -> Results:
    """Image layers, swap and logs of every task lie on the root volume; its encryption must not depend on the account.

    A template without mappings leaves it to the account's default, which no review sees.
    """
    mappings = template.get("blockDeviceMappings", default=[])
    volumes = [item for item in mappings if item.get("ebs") is not None]
    if not volumes:
        yield "maps no volume, so the account's default decides about encryption"
    for item in volumes:
        if str(item["ebs"].get("encrypted")).lower() != "true":
            yield f"does not encrypt {item.get('deviceName') or 'a volume'}"


@Rule(
    id="lt-no-public-ip",
    summary="Instances have no public address.",
    fix="Remove associate_public_ip_address, and put the group into private subnets.",
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Best practices for connecting Amazon ECS to AWS services from inside your VPC",
    anchors=("Security Hub EC2.25", "checkov CKV_88"),
    types=(tokens.LAUNCH_TEMPLATE,),
    unknown=WhenUnknown.FAIL,
    guards=("networkInterfaces",),
)
def lt_no_public_ip(template: Resource, _config: Config) -> Results:
    """A host with a public address is one security-group mistake away from the world."""
    for interface in template.get("networkInterfaces", default=[]):
        if str(interface.get("associatePublicIpAddress")).lower() == "true":
            yield "gives its instances a public address"


@Rule(
    id="lt-ecs-agent-config",
    summary="The ECS agent joins a cluster, and keeps its tasks away from the instance's role.",
    fix="Write ECS_CLUSTER and ECS_AWSVPC_BLOCK_IMDS=true to /etc/ecs/ecs.config in user_data.",
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Amazon ECS container agent configuration",
    types=(tokens.LAUNCH_TEMPLATE,),
    unknown=WhenUnknown.SKIP,
    guards=("userData",),
)
def lt_ecs_agent_config(template: Resource, _config: Config) -> Results:
    """Without a cluster the instance joins `default`, where nothing runs; with IMDS open, a task takes the host's role.

    User data that does not mention the agent is left alone: the image may configure it.
    """
    text = _decoded(str(template.get("userData", default="")))
    if "ECS_" not in text:
        return
    if not re.search(r"ECS_CLUSTER=\S", text):
        yield "does not say which cluster its instances join (ECS_CLUSTER)"
    if not re.search(r"ECS_AWSVPC_BLOCK_IMDS=[\"']?true", text):
        yield "lets tasks reach the role of the instance (ECS_AWSVPC_BLOCK_IMDS)"


def _decoded(text: str) -> str:
    try:
        return b64decode(text, validate=True).decode()
    except ValueError:
        return text
