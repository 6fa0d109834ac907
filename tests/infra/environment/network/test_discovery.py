import pulumi_aws as aws

from infra.environment.network import Discovery, DiscoveryArgs, Network
from tests.support.builders import a_network
from tests.support.graph import graph_of


def test_private_names_are_resolved_in_the_vpc_alone():
    def program():
        network = Network("net", a_network())
        Discovery("main", DiscoveryArgs(network=network, namespace="test.internal"))

    graph = graph_of(program)
    namespace = graph.one(aws.servicediscovery.PrivateDnsNamespace)
    assert namespace["name"] == "test.internal"
    assert namespace.property_dependencies["vpc"] == {graph.one(aws.ec2.Vpc).urn}
