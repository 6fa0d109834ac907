"""What instances are made of, a launch template or by hand: metadata, volumes, addresses and the ECS agent."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ecs_operations.engine.registry import Config, NotEvaluated, Results, Rule, Setting, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.ecs_groups import groups_of_host, host_in_cluster, in_cluster, launches_spot
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.hosts import HOSTS, inherits, interfaces, volumes
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import fields, is_false, is_true, number, rows
from ecs_operations.facts.stopped_agent import stopped_by
from ecs_operations.facts.user_data import agent_variables, cluster_named, user_data

TEMPLATES = (tokens.LAUNCH_TEMPLATE, tokens.LAUNCH_CONFIGURATION)


@Rule(
    id="lt-imdsv2",
    summary="Instances answer metadata requests only with a session token, and only to themselves.",
    fix='Set metadata_options: http_tokens "required", http_put_response_hop_limit 1.',
    severity=Severity.HIGH,
    source="Amazon EC2 user guide, Use the Instance Metadata Service; Amazon ECS developer guide, Task IAM role",
    anchors=("Security Hub EC2.170", "checkov CKV_79", "checkov CKV_341", "cdk-nag EC2IMDSv2Enabled"),
    types=HOSTS,
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
def lt_imdsv2(host: Resource, config: Config) -> Results:
    """One forged request from a container takes the instance's role, which may register and drain instances."""
    options = fields(host.get("metadataOptions"))
    if options.get("httpEndpoint") == "disabled" or (not options and inherits(host)):
        return
    if options.get("httpTokens") != "required":
        yield "answers metadata requests without a session token"
    hops = number(options.get("httpPutResponseHopLimit")) or 1
    if hops > config["maximumHops"]:
        yield f"the hop limit of metadata is {hops}, must be at most {config['maximumHops']}"


@Rule(
    id="lt-ebs-encrypted",
    summary="Every volume of an instance is encrypted, and the template says so.",
    fix="Map each device, the root device first, with encrypted true (ebs of block_device_mappings, "
    "root_block_device, ebs_block_devices).",
    severity=Severity.MEDIUM,
    source="Amazon EBS user guide, Amazon EBS encryption",
    anchors=("compliance-policies aws-ec2-launch-template", "cdk-nag AwsSolutions-EC26"),
    types=HOSTS,
    unknown=WhenUnknown.FAIL,
    guards=("blockDeviceMappings", "rootBlockDevice", "ebsBlockDevices"),
)
def lt_ebs_encrypted(host: Resource, _config: Config) -> Results:
    """Image layers, swap and logs of every task lie on the root volume; its encryption must not depend on the account.

    A template without mappings leaves it to the account's default, which no review sees.
    """
    found = volumes(host)
    if not found and not inherits(host):
        yield "maps no volume, so the account's default decides about encryption"
    elif not any(volume.is_root for volume in found) and not inherits(host):
        yield "does not map its root volume, so the account's default decides about encryption"
    for volume in found:
        if not is_true(volume.settings.get("encrypted")):
            yield f"does not encrypt {volume.device}"


@Rule(
    id="lt-no-way-in",
    summary="Instances have no public address, and container instances accept no SSH key.",
    fix="Remove associate_public_ip_address and key_name, put the group into private subnets, and open sessions with "
    "Session Manager (the ssmmessages actions in the instance's role).",
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Best practices for connecting Amazon ECS to AWS services from inside your VPC; "
    "AWS Systems Manager user guide, Session Manager",
    anchors=("Security Hub EC2.25", "checkov CKV_88"),
    types=HOSTS,
    unknown=WhenUnknown.FAIL,
    guards=("networkInterfaces", "associatePublicIpAddress", "keyName"),
)
def lt_no_way_in(host: Resource, graph: Graph, _config: Config) -> Results:
    """A host with a public address is one security-group mistake away from the world.

    A key opens every instance for ever to whoever has a copy; nobody sees who used it, and what was done.
    """
    flags = [host.get("associatePublicIpAddress"), *(one.get("associatePublicIpAddress") for one in interfaces(host))]
    if any(is_true(flag) for flag in flags):
        yield "gives its instances a public address"
    has_key = host.type in TEMPLATES and host.has("keyName")
    if has_key and not host.is_unknown("userData") and host_in_cluster(graph, host):
        yield "its instances accept an SSH key (keyName)"


NEVER = {
    "ECS_DISABLE_IMAGE_CLEANUP": ("true", "images that no task uses fill its disk"),
    "ECS_ENABLE_TASK_IAM_ROLE": ("false", "tasks get no role of their own"),
    "ECS_DISABLE_METRICS": ("true", "services have no CPU and memory metrics, by which they scale"),
}
"""Variable of the agent → the value that it must not have, and what that does."""


def _is_spot(host: Resource, graph: Graph) -> bool:
    own = host.get("instanceMarketOptions", "marketType") == "spot" or host.has("spotPrice")
    return own or any(launches_spot(graph, group) for group in groups_of_host(graph, host))


def _has_warm_pool(host: Resource, graph: Graph) -> bool:
    return any(group.has("warmPool") for group in groups_of_host(graph, host))


NEEDED = {
    "ECS_ENABLE_SPOT_INSTANCE_DRAINING": (_is_spot, "does not drain a Spot instance that is taken away"),
    "ECS_WARM_POOLS_CHECK": (_has_warm_pool, "lets an instance of the warm pool register, and tasks start on it"),
}
"""Variable of the agent that must be true → where, and what happens without it."""


SHORTEST_STOP_S = 10
"""Seconds; a task that does not say how long it may take is killed after ECS_CONTAINER_STOP_TIMEOUT (default 30)."""


@Rule(
    id="lt-ecs-agent-config",
    summary="The ECS agent joins the cluster of its stack, and keeps its tasks away from the instance's role.",
    fix="Write ECS_CLUSTER and ECS_AWSVPC_BLOCK_IMDS=true to /etc/ecs/ecs.config in user_data, each once, with Spot "
    "also ECS_ENABLE_SPOT_INSTANCE_DRAINING=true; set iam_instance_profile, and start again what user_data stops.",
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Amazon ECS container agent configuration",
    types=HOSTS,
    unknown=WhenUnknown.SKIP,
    guards=("userData", "userDataBase64", "iamInstanceProfile"),
)
def lt_ecs_agent_config(host: Resource, graph: Graph, _config: Config) -> Results:
    """Without a cluster the instance joins `default`, where nothing runs; with IMDS open, a task takes the host's role.

    User data that does not mention the agent is left alone: the image may configure it.
    """
    if (command := stopped_by(user_data(host))) and host_in_cluster(graph, host):
        yield f"its user data ends without the agent: {command}"
    variables = agent_variables(user_data(host))
    if not variables:
        yield from _left_to_default(host, graph)
        return
    cluster = variables.get("ECS_CLUSTER")
    if not cluster:
        yield "does not say which cluster its instances join (ECS_CLUSTER)"
    else:
        yield from _of_another(cluster, graph)
    if not is_true(variables.get("ECS_AWSVPC_BLOCK_IMDS")):
        yield "lets tasks reach the role of the instance (ECS_AWSVPC_BLOCK_IMDS)"
    yield from _harmful(variables)
    for name, (wanted, effect) in NEEDED.items():
        if not is_true(variables.get(name)) and wanted(host, graph):
            yield f"{effect} ({name})"
    yield from _credentials(host)


def _harmful(variables: Mapping[str, str]) -> Results:
    for name, (value, effect) in NEVER.items():
        if variables.get(name, "").lower() == value:
            yield f"sets {name}={value}: {effect}"
    stop = _seconds(variables.get("ECS_CONTAINER_STOP_TIMEOUT", ""))
    if stop is not None and stop < SHORTEST_STOP_S:
        yield f"kills tasks {stop:g} s after it tells them to stop (ECS_CONTAINER_STOP_TIMEOUT)"


def _left_to_default(host: Resource, graph: Graph) -> Results:
    """An image may configure the agent, but seldom with the name of this stack's cluster."""
    names = {name for cluster in graph.of(tokens.CLUSTER) for name in cluster.known("name")}
    silent = cluster_named(user_data(host)) is None and names and "default" not in names
    if silent and any(in_cluster(graph, group) for group in groups_of_host(graph, host)):
        yield "does not say which cluster its instances join (ECS_CLUSTER)"


def _credentials(host: Resource) -> Results:
    """The agent registers the instance with the credentials that the metadata service gives out."""
    if not host.has("iamInstanceProfile") and not inherits(host):
        yield "has no iamInstanceProfile, so its instances cannot join a cluster"
    if host.get("metadataOptions", "httpEndpoint") == "disabled":
        yield "has no metadata (httpEndpoint disabled), so its instances cannot join a cluster"


def _of_another(named: str, graph: Graph) -> Results:
    """Compare with the clusters of the stack; a shell variable, and a stack without a cluster, say nothing."""
    clusters = graph.of(tokens.CLUSTER)
    if not clusters or "$" in named or any(named in cluster.known("name", "arn", "id") for cluster in clusters):
        return
    for cluster in clusters:
        if not cluster.known("name"):
            yield NotEvaluated(f"name of {cluster.name}")
            return
    names = ", ".join(sorted(name for cluster in clusters for name in cluster.known("name")))
    yield f"its instances join the cluster {named}, but this stack has {names}"


def _seconds(duration: str) -> float | None:
    """Return the seconds of a duration of Go, as 90s or 1m30s; None for everything else."""
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|h|m|s)", duration)
    units = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
    return sum(float(amount) * units[unit] for amount, unit in parts) if parts else None


@Rule(
    id="lt-image-pinned",
    summary="All container instances of one template version start from one image.",
    fix="Set image_id to an AMI id, as ssm.get_parameter finds it, or to resolve:ssm with a version of the parameter.",
    severity=Severity.MEDIUM,
    source="Amazon EC2 Auto Scaling user guide, Use AWS Systems Manager parameters instead of AMI IDs",
    types=TEMPLATES,
    unknown=WhenUnknown.PRESENT,
    guards=("imageId",),
)
def lt_image_pinned(template: Resource, graph: Graph, _config: Config) -> Results:
    """An image that AWS looks up at each launch changes with nobody's review, for some instances, and cannot roll back.

    Nothing starts a refresh either: the template has no new version. And one image runs on one architecture alone.
    """
    if host_in_cluster(graph, template) and len(found := _architectures(template, graph)) > 1:
        yield f"starts instances of two architectures from one image: {', '.join(found.values())}"
    if template.is_unknown("imageId"):
        return
    image = str(template.get("imageId", default=""))
    moving = image.startswith("resolve:ssm:") and not re.search(r":\d+$", image.removeprefix("resolve:ssm:"))
    if moving and host_in_cluster(graph, template):
        yield f"starts from what the parameter holds at each launch ({image})"


_ARM = re.compile(r"(a1|[a-z]+\d+[a-z-]*g[a-z-]*)\.")
"""Instance types with Graviton: a g behind the generation (source: Amazon EC2 instance types, Naming conventions)."""


def _architectures(template: Resource, graph: Graph) -> dict[bool, str]:
    """Return whether it is ARM → a type, of all types that its groups start from the template's own image."""
    path = ("mixedInstancesPolicy", "launchTemplate", "overrides")
    types = [template.get("instanceType")]
    for group in groups_of_host(graph, template):
        overrides = rows(group.get(*path, default=[]))
        if given := [one.get("instanceType") for one in overrides if not one.get("launchTemplateSpecification")]:
            types = given
    return {bool(_ARM.match(str(one))): str(one) for one in types if one}


@Rule(
    id="lt-volumes-fit",
    summary="The root volume of a container instance holds its image, and nothing of an instance stays behind.",
    fix="Set volume_size to that of the image or more, and delete_on_termination on volumes and interfaces.",
    severity=Severity.MEDIUM,
    source="Amazon ECS developer guide, Amazon ECS-optimized Linux AMIs; Amazon EC2 user guide, Preserve data when an "
    "instance is terminated",
    types=TEMPLATES,
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="minimumRootGib",
            default=30,
            minimum=1,
            maximum=16384,
            description="GiB of the root volume at least: what the snapshot of an ECS-optimized image has.",
        ),
    ),
)
def lt_volumes_fit(template: Resource, graph: Graph, config: Config) -> Results:
    """A root volume that is smaller than its snapshot starts no instance at all.

    Volumes and interfaces that stay cost money for every instance that was replaced, and use up the subnet's addresses.
    """
    if not host_in_cluster(graph, template):
        return
    other_system = (
        not template.is_unknown("userData")
        and cluster_named(user_data(template))
        and not agent_variables(user_data(template))
    )
    for volume in volumes(template):
        size = number(volume.settings.get("volumeSize"))
        if volume.is_root and not other_system and size is not None and size < config["minimumRootGib"]:
            yield f"its root volume has {size} GiB, must have at least {config['minimumRootGib']} GiB"
        if is_false(volume.settings.get("deleteOnTermination")):
            yield f"keeps {volume.device} of every instance that is gone"
    if any(is_false(interface.get("deleteOnTermination")) for interface in interfaces(template)):
        yield "keeps the network interface of every instance that is gone"
