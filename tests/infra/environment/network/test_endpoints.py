import pulumi_aws as aws

from tests.support.builders import ZONES, a_network_graph


def test_the_s3_endpoint_serves_every_route_table():
    graph = a_network_graph()
    tables = {node.urn for node in graph.of(aws.ec2.RouteTable)}
    assert graph.one(aws.ec2.VpcEndpoint)["vpcEndpointType"] == "Gateway"
    assert graph.one(aws.ec2.VpcEndpoint).property_dependencies["routeTableIds"] == tables


def test_endpoints_answer_to_the_vpc_only():
    graph = a_network_graph(interface_endpoints=True)
    rule = graph.one(aws.vpc.SecurityGroupIngressRule)
    assert (rule["cidrIpv4"], rule["fromPort"], rule["toPort"], rule["ipProtocol"]) == ("10.0.0.0/16", 443, 443, "tcp")
    interfaces = [node for node in graph.of(aws.ec2.VpcEndpoint) if node["vpcEndpointType"] == "Interface"]
    assert all(len(node["subnetIds"]) == len(ZONES) and node["privateDnsEnabled"] for node in interfaces)
