"""VPCs: flow logs, NAT gateways, the default security group."""

from __future__ import annotations

from ecs_operations.engine.registry import Config, Results, Rule, Setting, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource, refers
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
    fix="Give each zone a private route table with a default route to a NAT gateway in that zone, or use a NAT gateway "
    "of regional mode.",
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
    such a route is left alone where another one of its zone has one: it may be isolated on purpose.
    """
    gateways = _gateways(subnet, graph)
    if gateways:
        if config["perZone"]:
            yield from _foreign(subnet, gateways, graph)
        return
    neighbours = [other for other in graph.of(tokens.SUBNET) if _same_vpc(other, subnet)]
    with_exit = {zone_of(other) for other in neighbours if _gateways(other, graph)}
    if with_exit and zone_of(subnet) not in with_exit and not _public(subnet, graph):
        yield f"{zone_of(subnet)} has no route to a NAT gateway, {', '.join(sorted(with_exit))} has one"


def _foreign(subnet: Resource, gateways: list[Resource], graph: Graph) -> Results:
    own = zone_of(subnet)
    for gateway in gateways:
        if gateway.get("availabilityMode") == "regional":
            continue
        homes = {zone_of(home) for home in graph.targets(gateway, "subnetId", (tokens.SUBNET,), "id")}
        if homes and own not in homes:
            yield f"{own} is routed to {gateway.name} in {', '.join(sorted(homes))}"


def _same_vpc(one: Resource, other: Resource) -> bool:
    if shared := one.dependencies.get("vpcId"):
        return shared == other.dependencies.get("vpcId")
    return one.peek("vpcId") is None or one.get("vpcId") == other.get("vpcId")


def _gateways(subnet: Resource, graph: Graph) -> list[Resource]:
    return _routed_to(subnet, graph, "natGatewayId", tokens.NAT_GATEWAY)


def _public(subnet: Resource, graph: Graph) -> bool:
    return bool(_routed_to(subnet, graph, "gatewayId", tokens.INTERNET_GATEWAY))


def _routed_to(subnet: Resource, graph: Graph, property_: str, kind: str) -> list[Resource]:
    """The gateways of one kind that a subnet's route tables lead to, by route resources or by inline routes."""
    found: dict[str, Resource] = {}
    for link in graph.of(tokens.ROUTE_TABLE_ASSOCIATION):
        if not refers(link, "subnetId", subnet, "id"):
            continue
        for table in graph.targets(link, "routeTableId", (tokens.ROUTE_TABLE,), "id"):
            inline = [gateway for gateway in graph.of(kind) if refers(table, "routes", gateway, "id")]
            routes = [route for route in graph.of(tokens.ROUTE) if refers(route, "routeTableId", table, "id")]
            separate = [gateway for route in routes for gateway in graph.targets(route, property_, (kind,), "id")]
            found |= {gateway.urn: gateway for gateway in (*inline, *separate)}
    return list(found.values())


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
        if group.has("ingress") or group.has("egress"):
            yield f"its default security group {group.name} has rules"
