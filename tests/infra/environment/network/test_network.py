import pulumi_aws as aws
import pytest

from infra.environment.network import Network
from infra.environment.network.addressing import AddressPlan
from infra.environment.network.endpoints import INTERFACE_SERVICES
from tests.support.builders import ZONES, a_network, a_network_graph
from tests.support.graph import REGION, Graph, Node, graph_of, token


def default_route_of(graph: Graph, subnet: Node) -> Node | None:
    """Follow a subnet's route table to the gateway of its default route."""
    associations = [
        node for node in graph.of(aws.ec2.RouteTableAssociation) if subnet.urn in node.property_dependencies["subnetId"]
    ]
    assert len(associations) == 1, f"{subnet.name} has {len(associations)} route tables"
    tables = associations[0].property_dependencies["routeTableId"]
    routes = [node for node in graph.of(aws.ec2.Route) if node.property_dependencies["routeTableId"] == tables]
    gateways = [
        urn
        for route in routes
        for key in ("gatewayId", "natGatewayId")
        for urn in route.property_dependencies.get(key, ())
    ]
    return graph.by_urn(gateways[0]) if gateways else None


def subnets(graph: Graph, tier: str) -> list[Node]:
    return [node for node in graph.of(aws.ec2.Subnet) if f"-{tier}-" in node.name]


def test_every_zone_has_its_own_way_out():
    graph = a_network_graph()
    gateways = {subnet["availabilityZone"]: default_route_of(graph, subnet) for subnet in subnets(graph, "private")}
    assert {gateway.type for gateway in gateways.values()} == {token(aws.ec2.NatGateway)}
    zones_of_gateways = {
        zone: next(graph.by_urn(urn)["availabilityZone"] for urn in gateway.property_dependencies["subnetId"])
        for zone, gateway in gateways.items()
    }
    assert zones_of_gateways == {zone.name: zone.name for zone in ZONES}


def test_a_single_nat_serves_every_zone():
    graph = a_network_graph(nat="single")
    (gateway,) = {default_route_of(graph, subnet).name for subnet in subnets(graph, "private")}
    assert gateway == graph.one(aws.ec2.NatGateway).name


def test_without_nat_private_subnets_reach_aws_by_endpoints_alone():
    graph = a_network_graph(nat="none", interface_endpoints=True)
    assert not graph.of(aws.ec2.NatGateway)
    assert not graph.of(aws.ec2.Eip)
    assert {default_route_of(graph, subnet) for subnet in subnets(graph, "private")} == {None}
    names = {node["serviceName"].removeprefix(f"com.amazonaws.{REGION}.") for node in graph.of(aws.ec2.VpcEndpoint)}
    assert names == {"s3", *INTERFACE_SERVICES}


def test_public_subnets_lead_to_the_internet_gateway_and_hand_out_no_addresses():
    graph = a_network_graph()
    public = subnets(graph, "public")
    assert {default_route_of(graph, subnet).type for subnet in public} == {token(aws.ec2.InternetGateway)}
    assert {subnet["mapPublicIpOnLaunch"] for subnet in graph.of(aws.ec2.Subnet)} == {False}


def test_a_nat_gateway_waits_for_the_route_to_the_internet():
    graph = a_network_graph()
    route = graph.one(aws.ec2.Route, "net-public-internet").urn
    assert all(route in graph.before(gateway) for gateway in graph.of(aws.ec2.NatGateway))


def test_subnets_take_the_addresses_of_the_plan():
    graph, plan = a_network_graph(), AddressPlan("10.0.0.0/16")
    assert {subnet["availabilityZone"]: subnet["cidrBlock"] for subnet in subnets(graph, "private")} == {
        zone.name: plan.private(zone) for zone in ZONES
    }


def test_a_further_zone_changes_nothing_that_exists():
    def identity(graph):
        return {
            (node.type, node.name): node.inputs for node in graph.nodes if node.type != "ecs-platform:index:Network"
        }

    two, three = identity(a_network_graph(zones=ZONES[:2])), identity(a_network_graph())
    grown = {key for key in two if two[key] != three.get(key)}
    assert grown == {("aws:ec2/vpcEndpoint:VpcEndpoint", "net-endpoints-s3")}  # it gains a route table


def test_nobody_can_use_the_default_security_group():
    default = a_network_graph().one(aws.ec2.DefaultSecurityGroup)
    assert (default["ingress"], default["egress"]) == ([], [])


def test_what_has_to_outlive_the_instances_is_handed_out():
    for changes in ({}, {"nat": "none", "interface_endpoints": True}):
        handed_out = []

        def program(changes=changes, handed_out=handed_out):
            handed_out.extend(resource._name for resource in Network("net", a_network(**changes)).egress)

        graph = graph_of(program)
        kinds = (aws.ec2.Route, aws.ec2.RouteTableAssociation, aws.ec2.VpcEndpoint, aws.vpc.SecurityGroupIngressRule)
        assert sorted(handed_out) == sorted(node.name for kind in kinds for node in graph.of(kind))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"zones": ZONES[:1]}, r"zones: must be 2 different zones or more, got \['euc1-az1'\]"),
        ({"zones": [ZONES[0], ZONES[0]]}, "zones: must be 2 different zones or more"),
        ({"nat": "none"}, "nat: without NAT the instances reach no AWS API, set interface_endpoints"),
        ({"cidr": "10.0.0.0/8"}, "cidr: .* take /16 to /20"),
    ],
)
def test_wrong_inputs_are_refused_before_anything_exists(changes, says):
    with pytest.raises(ValueError, match=says):
        a_network(**changes)
