"""VPCs: flow logs, NAT gateways, the default security group."""

from __future__ import annotations

from typing import Any

from ecs_operations.engine.registry import Config, Results, Rule, Setting, Severity, WhenUnknown, apart
from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.ingress import Opening
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.routes import has_routes, nat_gateways, private_user, public, same_vpc
from ecs_operations.facts.shapes import blocks, is_true, known
from ecs_operations.facts.values import Unknown
from ecs_operations.facts.zones import zone_of


@Rule(
    id="vpc-flow-logs",
    summary="Every VPC has a flow log of all its traffic.",
    fix="Add an ec2.FlowLog with vpc_id and traffic_type ALL.",
    severity=Severity.MEDIUM,
    source="Amazon VPC user guide, Logging IP traffic using VPC Flow Logs",
    anchors=("Security Hub EC2.6", "checkov CKV2_11", "cdk-nag AwsSolutions-VPC7"),
    types=(tokens.VPC,),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="rejectedSuffices",
            default=False,
            description="Whether a flow log of rejected traffic alone is enough, as Security Hub EC2.6 has it. It "
            "shows what was dropped, and nothing of what left.",
        ),
    ),
)
def vpc_flow_logs(vpc: Resource, graph: Graph, config: Config) -> Results:
    """Only flow logs tell which security group dropped a connection, and what left during an incident."""
    logs = graph.sources((tokens.FLOW_LOG,), "vpcId", vpc, "id")
    if not logs:
        yield "has no flow log"
        return
    enough = {"ALL", "REJECT"} if config["rejectedSuffices"] else {"ALL"}
    recorded = {str(log.get("trafficType", default="ALL")) for log in logs}  # AWS refuses a VPC's flow log without it
    if not recorded & enough:
        yield f"records {' and '.join(sorted(recorded))} traffic, not ALL"


@Rule(
    id="vpc-nat-per-az",
    summary="Every zone has a route to a NAT gateway of its own.",
    fix="Give each zone a private route table with a default route to a public NAT gateway in a public subnet of that "
    "zone, or use a NAT gateway of regional mode.",
    severity=Severity.MEDIUM,
    source="Amazon VPC user guide, NAT gateways (resilience)",
    types=(tokens.SUBNET,),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="perZone",
            default=True,
            description="Whether a zone may only leave through its own gateway. False where a single, cheaper one is "
            "a decision; a zone without a route to a NAT gateway stays a finding.",
        ),
    ),
)
def vpc_nat_per_az(subnet: Resource, graph: Graph, config: Config) -> Results:
    """A zone without a route to NAT runs no tasks: its agents reach neither ECS nor ECR, while the others hide it.

    And when the zone of a shared gateway fails, all zones fail; traffic across zones is charged, too. A subnet without
    such a route is left alone where another one of its zone has one: it may be isolated on purpose. Hosts and tasks
    without a public address get nothing out through an Internet gateway, and nothing back from a private NAT gateway.
    """
    gateways = nat_gateways(subnet, graph)
    if gateways:
        if config["perZone"]:
            yield from _foreign(subnet, gateways, graph)
        yield from _dead_ends(subnet, gateways, graph)
        if public(subnet, graph):
            yield "has default routes, or halves of one, to a NAT gateway and to the Internet gateway"
        return
    neighbours = [other for other in graph.of(tokens.SUBNET) if same_vpc(other, subnet)]
    with_exit = {zone_of(other) for other in neighbours if nat_gateways(other, graph)}
    if not with_exit:
        return
    if public(subnet, graph):
        if user := private_user(subnet, graph):
            yield f"its default route leads to the Internet gateway, but {user.name} runs in it, where others have NAT"
    elif zone_of(subnet) not in with_exit:
        yield f"{zone_of(subnet)} has no route to a NAT gateway, {', '.join(sorted(with_exit))} has one"


def _foreign(subnet: Resource, gateways: list[Resource], graph: Graph) -> Results:
    own = zone_of(subnet)
    for gateway in gateways:
        if gateway.get("availabilityMode") == "regional":
            continue
        homes = {zone_of(home) for home in graph.targets(gateway, "subnetId", (tokens.SUBNET,), "id")}
        if homes and own not in homes:
            yield f"{own} is routed to {gateway.name} in {', '.join(sorted(homes))}"


def _dead_ends(subnet: Resource, gateways: list[Resource], graph: Graph) -> Results:
    """Gateways that lead nowhere, as far as the stack has their routes."""
    for gateway in gateways:
        homes = graph.targets(gateway, "subnetId", (tokens.SUBNET,), "id")
        if gateway.get("connectivityType", default="public") == "private":
            if any(public(home, graph) for home in homes):
                yield f"{subnet.name} is routed to {gateway.name}, a private NAT gateway"
        elif homes and all(has_routes(home, graph) and not public(home, graph) for home in homes):
            yield f"{subnet.name} is routed to {gateway.name}, whose own subnet has no route to an Internet gateway"


@Rule(
    id="vpc-default-sg-closed",
    summary="The default security group of a VPC has no rules.",
    fix="Add an ec2.DefaultSecurityGroup of the VPC without rules.",
    severity=Severity.MEDIUM,
    source="Amazon VPC user guide, Default security groups for your VPCs",
    anchors=("Security Hub EC2.2", "checkov CKV2_12"),
    types=(tokens.VPC,),
    unknown=WhenUnknown.SKIP,
)
def vpc_default_sg_closed(vpc: Resource, graph: Graph, _config: Config) -> Results:
    """Whatever is made without a group gets the default one, and so may talk to everything else that was."""
    defaults = graph.sources((tokens.DEFAULT_SECURITY_GROUP,), "vpcId", vpc, "id")
    if not defaults:
        yield "does not empty its default security group"
    for group in defaults:
        rules = [rule for token in RULES for rule in graph.sources((token,), "securityGroupId", group, "id")]
        if group.has("ingress") or group.has("egress") or rules:
            yield f"its default security group {group.name} has rules"


RULES = (tokens.INGRESS_RULE, tokens.EGRESS_RULE, tokens.SECURITY_GROUP_RULE)


@Rule(
    id="vpc-dns",
    summary="A VPC resolves names, and gives names where Cloud Map needs them.",
    fix="Leave enable_dns_support on, and set enable_dns_hostnames.",
    severity=Severity.HIGH,
    source="AWS Cloud Map developer guide, Namespaces: DNS queries in VPCs; Amazon VPC user guide, DNS attributes",
    types=(tokens.VPC,),
    unknown=WhenUnknown.SKIP,
    guards=("enableDnsSupport", "enableDnsHostnames"),
)
def vpc_dns(vpc: Resource, graph: Graph, _config: Config) -> Results:
    """Without the resolver no agent finds ECS or ECR; without hostnames a private namespace answers nobody.

    The resolver is on by default, hostnames are off.
    """
    if not is_true(vpc.get("enableDnsSupport", default=True)):
        yield "does not resolve names (enableDnsSupport is off)"
    elif not is_true(vpc.get("enableDnsHostnames", default=False)):
        for namespace in graph.sources((tokens.DISCOVERY_NAMESPACE,), "vpc", vpc, "id"):
            yield f"gives no names (enableDnsHostnames is off), which the private namespace {namespace.name} needs"


ACLS = (tokens.NETWORK_ACL, tokens.DEFAULT_NETWORK_ACL)


@Rule(
    id="vpc-acl-no-public-ssh",
    summary="No network ACL opens a port for administration to the Internet.",
    fix="Remove the rule; open sessions with Session Manager, which needs no port.",
    severity=Severity.HIGH,
    source="AWS Systems Manager user guide, Session Manager; Amazon VPC user guide, Network ACLs",
    anchors=("Security Hub EC2.21", "checkov CKV_AWS_232", "checkov CKV_AWS_231"),
    types=(*ACLS, tokens.NETWORK_ACL_RULE),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(name="ports", default=["22", "3389"], description="TCP ports for administration."),
        Setting(
            name="manyPorts",
            default=1024,
            minimum=1,
            maximum=65_536,
            description="A rule of more ports than that is not about administration: it lets all or the answers pass.",
        ),
    ),
    guards=("ingress",),
)
def vpc_acl_no_public_ssh(acl: Resource, config: Config) -> Results:
    """A rule that names the port is there to let it in; what a security group forbids today, it may allow tomorrow.

    An ACL that lets everything pass, as the default one does, leaves the decision to the security groups.
    """

    def judge(block: Any) -> Results:
        opening = Opening(block)
        if str(known(known(block).get("action"))).lower() != "allow" or not opening.world:
            return
        for port in config["ports"]:
            if opening.opens(int(port)) and len(opening.ports) <= config["manyPorts"]:
                yield f"lets port {port} in from the world"

    yield from apart(_acl_rules(acl), judge)


def _acl_rules(acl: Resource) -> list[Any]:
    """Ingress rules with the names that inline rules have, in which ranges are lists."""
    if acl.type != tokens.NETWORK_ACL_RULE:
        given = blocks(acl.inputs.get("ingress"))
    elif is_true(acl.get("egress", default=False)):
        given = []
    else:
        given = [{**acl.inputs, "action": acl.inputs.get("ruleAction")}]
    return [
        block if isinstance(block, Unknown) else {
            **block, "cidrBlocks": block.get("cidrBlock"), "ipv6CidrBlocks": block.get("ipv6CidrBlock"),
        }
        for block in given
    ]  # fmt: skip
