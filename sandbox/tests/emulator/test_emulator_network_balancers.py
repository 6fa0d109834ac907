"""What AWS refuses of Network Load Balancers, and beside it what it takes."""

from __future__ import annotations

from itertools import count

import pytest
from botocore.exceptions import ClientError

from sandbox.tests.emulator.emulated_cluster import client

PROTOCOLS = ("TCP", "UDP", "TCP_UDP", "TLS")
FITS = {("TCP", "TCP"), ("TCP", "TCP_UDP"), ("UDP", "UDP"), ("UDP", "TCP_UDP"), ("TCP_UDP", "TCP_UDP"),
        ("TLS", "TCP"), ("TLS", "TLS")}  # fmt: skip
PORTS = count(1)


@pytest.fixture
def network(land):
    return client("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]


@pytest.fixture
def subnet(network):
    return client("ec2").create_subnet(VpcId=network, CidrBlock="10.9.0.0/24")["Subnet"]["SubnetId"]


def a_group(network, protocol):
    made = client("elbv2").create_target_group(
        Name=f"of-{protocol.lower().replace('_', '-')}", Protocol=protocol, Port=53, VpcId=network, TargetType="ip"
    )
    return made["TargetGroups"][0]["TargetGroupArn"]


def a_balancer(subnet, *groups):
    made = client("elbv2").create_load_balancer(
        Name="edge", Type="network", Subnets=[subnet], **({"SecurityGroups": list(groups)} if groups else {})
    )
    return made["LoadBalancers"][0]["LoadBalancerArn"]


def a_certificate():
    return client("acm").request_certificate(DomainName="edge.example.org")["CertificateArn"]


def listening(balancer, group, protocol):
    certified = {"Certificates": [{"CertificateArn": a_certificate()}]} if protocol == "TLS" else {}
    action = {"Type": "forward", "TargetGroupArn": group}
    made = client("elbv2").create_listener(
        LoadBalancerArn=balancer, Protocol=protocol, Port=next(PORTS), DefaultActions=[action], **certified
    )
    return made["Listeners"][0]["ListenerArn"]


@pytest.mark.parametrize("target", PROTOCOLS)
def test_a_listener_forwards_to_a_target_group_of_a_protocol_that_fits(network, subnet, target):
    balancer, group = a_balancer(subnet), a_group(network, target)
    for protocol in PROTOCOLS:
        if (protocol, target) in FITS:
            listening(balancer, group, protocol)
        else:
            with pytest.raises(ClientError, match=f"Listener protocol '{protocol}' is not supported with"):
                listening(balancer, group, protocol)


def test_a_listener_that_changes_has_to_fit_as_well(network, subnet):
    listener = listening(a_balancer(subnet), a_group(network, "TCP"), "TCP")
    action = {"Type": "forward", "TargetGroupArn": a_group(network, "UDP")}
    with pytest.raises(ClientError, match="InvalidConfigurationRequest"):
        client("elbv2").modify_listener(ListenerArn=listener, Protocol="TCP", DefaultActions=[action])
    client("elbv2").modify_listener(ListenerArn=listener, Protocol="UDP", DefaultActions=[action])


@pytest.mark.parametrize(
    ("name", "refused", "taken", "only"),
    [
        ("preserve_client_ip.enabled", "false", "true", {"UDP", "TCP_UDP"}),
        ("target_health_state.unhealthy.connection_termination.enabled", "true", "false", {"UDP", "TCP_UDP"}),
        ("stickiness.enabled", "true", "false", {"TLS"}),
    ],
)
def test_an_attribute_belongs_to_protocols(network, name, refused, taken, only):
    balancing = client("elbv2")
    for protocol in PROTOCOLS:
        group = a_group(network, protocol)
        change = {"TargetGroupArn": group, "Attributes": [{"Key": name, "Value": refused}]}
        if protocol in only:
            with pytest.raises(ClientError, match=f"'{name}' is not supported .* '{protocol}'"):
                balancing.modify_target_group_attributes(**change)
        else:
            balancing.modify_target_group_attributes(**change)
        change["Attributes"][0]["Value"] = taken
        balancing.modify_target_group_attributes(**change)


def test_one_that_was_made_without_a_security_group_never_gets_one(network, subnet):
    group = client("ec2").create_security_group(GroupName="edge", Description="edge", VpcId=network)["GroupId"]
    balancer = a_balancer(subnet)
    with pytest.raises(ClientError, match="created without security groups cannot get any"):
        client("elbv2").set_security_groups(LoadBalancerArn=balancer, SecurityGroups=[group])
    client("elbv2").delete_load_balancer(LoadBalancerArn=balancer)
    client("elbv2").set_security_groups(LoadBalancerArn=a_balancer(subnet, group), SecurityGroups=[group])
