import pulumi_aws as aws

from infra.environment.network.discovery import Discovery, DiscoveryArgs
from infra.environment.network.network import Network, NetworkArgs
from infra.environment.settings.discovery import DiscoverySettings
from tests.support.builders import ZONES, some_conventions
from tests.support.graph import graph_of


def test_private_names_are_resolved_in_the_vpc_alone():
    def program():
        network = Network("net", NetworkArgs(conventions=some_conventions(), cidr="10.0.0.0/16", zones=ZONES))
        Discovery("main", DiscoveryArgs(network=network, namespace="test.internal"))

    graph = graph_of(program)
    namespace = graph.one(aws.servicediscovery.PrivateDnsNamespace)
    assert namespace["name"] == "test.internal"
    assert namespace.property_dependencies["vpc"] == {graph.one(aws.ec2.Vpc).urn}


def test_a_namespace_is_named_after_its_environment_unless_told_otherwise():
    assert DiscoverySettings().name_in("dev") == "dev.internal"
    assert DiscoverySettings.model_validate({"namespace": "svc.corp"}).name_in("dev") == "svc.corp"
