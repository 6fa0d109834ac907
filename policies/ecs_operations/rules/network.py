"""The network: seen, and not cut off when one zone fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_operations import tokens
from ecs_operations.registry import Config, Results, Severity, WhenUnknown, stack_rule
from ecs_operations.zones import zone_of

if TYPE_CHECKING:
    from ecs_operations.model import Graph, Resource


@stack_rule(
    "vpc-flow-logs",
    summary="Every VPC has a flow log.",
    fix="Add an ec2.FlowLog with vpc_id and traffic_type ALL.",
    severity=Severity.MEDIUM,
    source="Amazon VPC user guide, Logging IP traffic using VPC Flow Logs",
    anchors=("Security Hub EC2.6", "checkov CKV2_11", "cdk-nag AwsSolutions-VPC7"),
    types=(tokens.VPC,),
    unknown=WhenUnknown.SKIP,
)
def vpc_flow_logs(vpc: Resource, graph: Graph, _config: Config) -> Results:
    """Without flow logs nobody can tell which security group dropped a connection, nor what left during an incident."""
    if not graph.sources((tokens.FLOW_LOG,), "vpcId", vpc, "id"):
        yield "has no flow log"


@stack_rule(
    "vpc-nat-per-az",
    summary="A subnet leaves through a NAT gateway of its own Availability Zone.",
    fix="Make one NAT gateway and one private route table for each zone, or use a NAT gateway of regional mode.",
    severity=Severity.MEDIUM,
    source="Amazon VPC user guide, NAT gateways (resilience)",
    types=(tokens.NAT_GATEWAY,),
    unknown=WhenUnknown.SKIP,
)
def vpc_nat_per_az(gateway: Resource, graph: Graph, _config: Config) -> Results:
    """When the zone of a shared NAT gateway fails, the agents and tasks of all other zones lose ECR, ECS and the world.

    Traffic across zones is charged, too. Disable the rule where a cheaper, single gateway is a decision.
    """
    if gateway.get("availabilityMode") == "regional":
        return
    homes = graph.targets(gateway, "subnetId", (tokens.SUBNET,), "id")
    served = {zone_of(subnet) for table in _tables(gateway, graph) for subnet in _subnets(table, graph)}
    for home in homes:
        if foreign := sorted(served - {zone_of(home)}):
            yield f"stands in {zone_of(home)} and also serves {', '.join(foreign)}"


def _tables(gateway: Resource, graph: Graph) -> list[Resource]:
    routes = graph.sources((tokens.ROUTE,), "natGatewayId", gateway, "id")
    by_route = [
        table for route in routes for table in graph.targets(route, "routeTableId", (tokens.ROUTE_TABLE,), "id")
    ]
    return [*by_route, *graph.sources((tokens.ROUTE_TABLE,), "routes", gateway, "id")]


def _subnets(table: Resource, graph: Graph) -> list[Resource]:
    associations = graph.sources((tokens.ROUTE_TABLE_ASSOCIATION,), "routeTableId", table, "id")
    return [subnet for link in associations for subnet in graph.targets(link, "subnetId", (tokens.SUBNET,), "id")]
