"""What ports and Network Load Balancers refuse, each in a sentence, and what they take."""

from dataclasses import replace
from typing import Any

import pulumi
import pytest

from infra.services import network_load_balancer, port
from infra.services import port_health_check as health
from infra.services.caller import Caller
from infra.services.routing import Route
from infra.services.service import Service
from infra.services.task_scaling import TaskScaling
from tests.support.application import a_platform, a_service
from tests.support.ports import CERTIFICATE, EDGE, EDGE_ARN, a_port, a_tls_port
from tests.support.service import graph_from

Port: Any = port.Port
PortHealthCheck: Any = health.PortHealthCheck
ExistingNetworkLoadBalancer: Any = network_load_balancer.ExistingNetworkLoadBalancer
NetworkLoadBalancer: Any = network_load_balancer.NetworkLoadBalancer
NetworkLoadBalancerArgs: Any = network_load_balancer.NetworkLoadBalancerArgs
"""As somebody without a type checker has them."""

OFFICE = Caller("office", cidr="10.9.0.0/16")
EVERYBODY = Caller("everybody", cidr="0.0.0.0/0")
PUBLIC = replace(EDGE, internal=False)
CHECKED = PortHealthCheck(port=8080)
OUTPUT: Any = pulumi.Output.from_input(5432)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: a_port(port=0), r"Port.port: must be 1 to 65535, got 0"),
        (lambda: a_port(port="5432"), r"Port.port: must be a whole number, got '5432'; write 5432"),
        (lambda: a_port(port=OUTPUT), r"Port.port: must be a whole number that the program knows, got an Output"),
        (lambda: Port(port=1), r"Port.balancer: is missing, and has no default"),
        (lambda: a_port(balancer="edge"),
         r"Port.balancer: must be a NetworkLoadBalancer or an? ExistingNetworkLoadBalancer, got 'edge'"),
        (lambda: a_port(balancer=None), r"Port.balancer: must be a NetworkLoadBalancer or .*, got None"),
        (lambda: a_port(listens_on=70_000), r"Port.listens_on: must be 1 to 65535, got 70000"),
        (lambda: a_port(protocol="QUIC"), r"Port.protocol: must be TCP or UDP or TCP_UDP or TLS, got 'QUIC'"),
        (lambda: a_port(protocol="udp"), r"Port.protocol: must be .*, got 'udp'"),
        (lambda: a_port(allow_from="office"), r"Port.allow_from: must be .*, got 'office'"),
        (lambda: a_port(allow_from=[OFFICE, OFFICE]), r"Port.allow_from: two callers are called office; rename one"),
        (lambda: a_port(allow_from=[EVERYBODY]), r"Port.allow_from: everybody is everybody, and an internal load "),
        (lambda: a_port(balancer=PUBLIC),
         r"Port.allow_from: a public .* write \[Caller\('everybody', cidr='0.0.0.0/0'\)\] if it is everybody"),
        (lambda: a_port(balancer=PUBLIC, allow_from=[Caller("web", "sg-1")]),
         r"Port.allow_from: web has a security group, which public addresses do not show; name its networks"),
        (lambda: a_port(certificate_arn=CERTIFICATE),
         r"Port.certificate_arn: is of TLS, and the protocol is TCP; take TLS, or leave it out"),
        (lambda: a_port(alpn="HTTP2Only"), r"Port.alpn: is of TLS, and the protocol is TCP"),
        (lambda: a_port(tls_to_tasks=True), r"Port.tls_to_tasks: is of TLS"),
        (lambda: a_port(protocol="TLS"), r"Port.certificate_arn: TLS needs a certificate"),
        (lambda: a_tls_port(certificate_arn="shop.example.org"),
         r"Port.certificate_arn: must be the ARN of a certificate, got 'shop.example.org'"),
        (lambda: a_tls_port(tls_policy="ELBSecurityPolicy-2016-08"),
         r"Port.tls_policy: must be a policy of TLS 1.2 or 1.3 .*, got 'ELBSecurityPolicy-2016-08'"),
        (lambda: a_tls_port(tls_policy="ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06"), r"Port.tls_policy: must be"),
        (lambda: a_tls_port(stickiness=True), r"Port.stickiness: TLS has none"),
        (lambda: a_tls_port(idle_timeout_s=60), r"Port.idle_timeout_s: that of TLS is fixed; leave it out"),
        (lambda: a_port(protocol="TCP_UDP", idle_timeout_s=60), r"Port.idle_timeout_s: that of TCP_UDP is fixed"),
        (lambda: a_port(idle_timeout_s=59), r"Port.idle_timeout_s: must be 60 to 6000 s, got 59"),
        (lambda: a_port(idle_timeout_s="10 min"), r"Port.idle_timeout_s: must be .*, got '10 min'; write 600"),
        (lambda: a_port(protocol="UDP"),
         r"Port.health_check: no check speaks UDP; name a TCP port .* PortHealthCheck\(port=...\)"),
        (lambda: a_port(protocol="TCP_UDP", preserve_client_ip=False),
         r"Port.preserve_client_ip: with TCP_UDP tasks always see the client's address; leave it out"),
        (lambda: a_port(protocol="UDP", proxy_protocol=True, health_check=CHECKED),
         r"Port.proxy_protocol: with UDP tasks see the client's address as it is; leave it out"),
        (lambda: a_port(proxy_protocol="v2"), r"Port.proxy_protocol: must be True or False, got 'v2'"),
        (lambda: a_port(deregistration_delay_s=0), r"Port.deregistration_delay_s: must be 1 to 3600 s, got 0"),
        (lambda: a_port(health_check="/health"), r"Port.health_check: must be a PortHealthCheck, got '/health'"),
        (lambda: Port(5432), r"Port: inputs must be given by names, got a int without one; write port=..."),
        (lambda: a_port(container=8080), r"Port.container: there is no such input; there are port, balancer"),
        (lambda: PortHealthCheck(protocol="UDP"), r"PortHealthCheck.protocol: must be .*, got 'UDP'"),
        (lambda: PortHealthCheck(path="/a"), r"PortHealthCheck.path: TCP asks for nothing; take protocol='HTTP'"),
        (lambda: PortHealthCheck(matcher="200"), r"PortHealthCheck.matcher: TCP asks for nothing"),
        (lambda: PortHealthCheck(protocol="HTTP", path="a"), r"PortHealthCheck.path: must start with '/'"),
        (lambda: PortHealthCheck(protocol="HTTPS", matcher="600"), r"PortHealthCheck.matcher: must be status codes"),
        (lambda: PortHealthCheck(protocol="HTTP", matcher="300-200"), r"PortHealthCheck.matcher: must be status "),
        (lambda: PortHealthCheck(port=65_536), r"PortHealthCheck.port: must be 1 to 65535, got 65536"),
        (lambda: PortHealthCheck(interval_s=4), r"PortHealthCheck.interval_s: must be 5 to 300, got 4"),
        (lambda: PortHealthCheck(timeout_s=10), r"PortHealthCheck.timeout_s: must be 2 to 9 \(less than interval_s\)"),
        (lambda: PortHealthCheck(healthy_count=1), r"PortHealthCheck.healthy_count: must be 2 to 10, got 1"),
        (lambda: PortHealthCheck(unhealthy_count=11), r"PortHealthCheck.unhealthy_count: must be 2 to 10, got 11"),
        (lambda: replace(EDGE, arn="arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/a/1"),
         r"ExistingNetworkLoadBalancer.arn: must be the ARN of a Network Load Balancer, .*got .*app/a/1"),
        (lambda: replace(EDGE, security_group_id="edge"),
         r"ExistingNetworkLoadBalancer.security_group_id: must be an id, sg-0123456789abcdef0, got 'edge'"),
        (lambda: replace(EDGE, name="Edge"), r"ExistingNetworkLoadBalancer.name: must be a DNS name"),
        (lambda: ExistingNetworkLoadBalancer(name="edge", arn=EDGE_ARN),
         r"ExistingNetworkLoadBalancer.security_group_id: is missing"),
        (lambda: Caller("office"), r"give one of security_group_id, prefix_list_id and cidr of office"),
        (lambda: Caller("office", "sg-1", cidr="10.0.0.0/8"), r"give one of security_group_id, prefix_list_id and"),
        (lambda: Caller("office", cidr="10.0.0.1/8"), r"Caller.cidr: must be a network of IPv4 addresses"),
        (lambda: a_service(ports=a_port()), r"ServiceArgs.ports: must be a list of Ports?, got .*"),
        (lambda: a_service(ports=[5432]), r"ServiceArgs.ports: must be .*, got 5432 among them"),
        (lambda: a_service(ports=[a_port(listens_on=one) for one in range(1, 7)]),
         r"ServiceArgs.ports: 6 ports and routes need 6 target groups, and a service has 5 at most"),
        (lambda: a_service(route=Route(), ports=[a_port(listens_on=one) for one in range(1, 6)]),
         r"ServiceArgs.ports: 5 ports and routes need 6 target groups"),
        (lambda: a_service(ports=[a_port()], scaling=TaskScaling(requests_per_minute=60)),
         r"ServiceArgs.scaling: requests_per_minute needs a route, whose requests are counted"),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_a_sentence(make, says):
    with pytest.raises(pulumi.RunError, match=says):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: a_port(port=65_535, listens_on=1, idle_timeout_s=6000, deregistration_delay_s=3600, stickiness=True),
        lambda: a_port(protocol="UDP", health_check=CHECKED, preserve_client_ip=True, stickiness=True),
        lambda: a_port(protocol="TCP_UDP"),
        lambda: a_tls_port(tls_policy="ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09", preserve_client_ip=True),
        lambda: a_tls_port(certificate_arn=pulumi.Output.from_input("known later"), proxy_protocol=True),
        lambda: a_port(balancer=PUBLIC, allow_from=[EVERYBODY, Caller("partners", prefix_list_id="pl-0")]),
        lambda: PortHealthCheck(
            protocol="HTTP", matcher="200-399,599", interval_s=300, timeout_s=120, healthy_count=10
        ),
        lambda: replace(EDGE, arn=pulumi.Output.from_input("known later")),
    ],
)
def test_what_the_load_balancer_takes_is_taken(make):
    make()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (
            lambda: NetworkLoadBalancer("Edge", NetworkLoadBalancerArgs(platform=a_platform())),
            "name: must be a DNS name",
        ),
        (lambda: NetworkLoadBalancer("edge", None), r"edge: args: must be a NetworkLoadBalancerArgs, got None; write"),
        (
            lambda: NetworkLoadBalancerArgs(platform="acme/p/dev"),
            r"NetworkLoadBalancerArgs.platform: must be a Platform",
        ),
        (lambda: NetworkLoadBalancerArgs(platform=a_platform(), internal="no"), r"internal: must be True or False"),
        (lambda: NetworkLoadBalancerArgs(platform=a_platform(), allow=[]), r"allow: there is no such input"),
        (lambda: NetworkLoadBalancerArgs(platform=a_platform(), access_logs_bucket=1), r"access_logs_bucket: must be"),
    ],
)
def test_a_wrong_load_balancer_is_a_sentence(make, says):
    with pytest.raises(pulumi.RunError, match=says):
        graph_from(make)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (
            lambda: a_port(balancer=replace(EDGE, arn=late(None))),
            "edge: arn: must be a text, got an Output of NoneType",
        ),
        (lambda: a_port(balancer=replace(EDGE, arn=late("arn:aws:x"))), "edge: arn: must be the ARN of a Network Load"),
        (lambda: a_tls_port(certificate_arn=late(None)), "ports: certificate_arn: must be a text, got an Output"),
        (lambda: a_tls_port(certificate_arn=late("x")), "ports: certificate_arn: must be the ARN of a certificate"),
    ],
)
def test_an_output_that_turns_out_wrong_is_a_sentence(make, says):
    with pytest.raises(pulumi.RunError, match=says):
        graph_from(lambda: Service("cart", a_service(ports=[make()])))


def late(value: Any) -> Any:
    return pulumi.Output.from_input(value)


@pytest.mark.parametrize("bucket", ["arn:aws:s3:::x", "", "UPPER"])
def test_a_bucket_that_is_no_name_is_refused(bucket):
    with pytest.raises(pulumi.RunError, match="access_logs_bucket: must be the name of a bucket"):
        NetworkLoadBalancerArgs(platform=a_platform(), access_logs_bucket=bucket)


def test_one_network_under_two_names_is_refused():
    with pytest.raises(pulumi.RunError, match="allow_from: a and b are the same; name it once"):
        a_port(allow_from=[Caller("a", cidr="10.0.0.0/8"), Caller("b", cidr="10.0.0.0/8")])
