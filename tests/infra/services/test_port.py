"""What a service makes of its ports at a Network Load Balancer, and what comes before its deployment."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from infra.contract import PlatformLimits
from infra.services.caller import Caller
from infra.services.container import Container
from infra.services.deployed_service import DeployedService
from infra.services.deployment import Deployment
from infra.services.network_load_balancer import (
    NetworkLoadBalancer,
    NetworkLoadBalancerArgs,
)
from infra.services.port import TLS_POLICY
from infra.services.port_health_check import PortHealthCheck
from infra.services.requirements import platform_problems
from infra.services.routing import Route
from infra.services.service import Service
from infra.services.service_args import ServiceArgs
from infra.services.sidecar import Sidecar
from tests.support.application import IMAGE, a_platform, a_service
from tests.support.graph import Graph
from tests.support.ports import CERTIFICATE, EDGE, EDGE_ARN, EDGE_GROUP, INNER, a_port, a_tls_port
from tests.support.service import graph_from, graph_with

INGRESS, EGRESS = aws.vpc.SecurityGroupIngressRule, aws.vpc.SecurityGroupEgressRule
OFFICE = Caller("office", cidr="10.9.0.0/16")
EVERYBODY = Caller("everybody", cidr="0.0.0.0/0")
CHECKED = PortHealthCheck(port=8080)


def mappings(graph: Graph) -> dict[str, list[tuple[int, str]]]:
    """Container → its ports and their protocols."""
    containers = json.loads(graph.one(aws.ecs.TaskDefinition)["containerDefinitions"])
    return {
        one["name"]: [(each["containerPort"], each["protocol"]) for each in one["portMappings"]] for one in containers
    }


def opened(graph: Graph, kind: type, group: str) -> set[tuple[str, str, int]]:
    """Name of a rule, protocol and port, of the rules of a security group."""
    return {
        (rule.name, rule["ipProtocol"], rule["toPort"])
        for rule in graph.of(kind)
        if rule["securityGroupId"] == group and rule["fromPort"] == rule["toPort"]
    }


def test_a_port_leads_from_the_listener_to_the_tasks():
    graph = graph_with(port=None, ports=[a_port(listens_on=6432, allow_from=[OFFICE])])
    group, listener = graph.one(aws.lb.TargetGroup), graph.one(aws.lb.Listener)
    assert (group["protocol"], group["targetType"], group["preserveClientIp"]) == ("TCP", "ip", "false")
    assert group["connectionTermination"] is True
    assert group["targetHealthStates"] == [{"enableUnhealthyConnectionTermination": True}]
    assert group["healthCheck"] == {
        "protocol": "TCP", "port": "traffic-port", "interval": 10, "timeout": 5, "healthyThreshold": 2,
        "unhealthyThreshold": 3,
    }  # fmt: skip
    assert (listener["port"], listener["protocol"], listener["loadBalancerArn"]) == (6432, "TCP", EDGE_ARN)
    assert "sslPolicy" not in listener.inputs
    service = graph.one(aws.ecs.Service)
    assert [(one["containerName"], one["containerPort"]) for one in service["loadBalancers"]] == [("cart", 5432)]
    assert service["healthCheckGracePeriodSeconds"] == 60
    assert mappings(graph) == {"cart": [(5432, "tcp")]}


def test_nobody_may_connect_who_is_not_allowed():
    graph = graph_with(ports=[a_port()])
    assert opened(graph, INGRESS, EDGE_GROUP) == set()
    assert opened(graph, EGRESS, EDGE_GROUP) == {("cart-security-group-from-edge-5432", "tcp", 5432)}


def test_a_caller_gets_to_the_listener_and_the_load_balancer_to_the_tasks():
    def program():
        web = Service("web", a_service())
        service = Service("cart", a_service(ports=[a_port(listens_on=6432, allow_from=[web.as_caller, OFFICE])]))
        assert service.callers == ["edge"]

    graph = graph_from(program)
    assert opened(graph, INGRESS, EDGE_GROUP) == {
        ("cart-edge-6432-from-web-tcp", "tcp", 6432),
        ("cart-edge-6432-from-office-tcp", "tcp", 6432),
    }
    assert graph.one(INGRESS, "cart-edge-6432-from-office-tcp")["cidrIpv4"] == "10.9.0.0/16"
    way = graph.one(EGRESS, "cart-edge-6432-from-web-tcp")
    assert (way["referencedSecurityGroupId"], way["toPort"]) == (EDGE_GROUP, 6432)
    into = graph.one(INGRESS, "cart-security-group-from-edge-5432")
    assert (into["referencedSecurityGroupId"], into["toPort"]) == (EDGE_GROUP, 5432)
    waited = graph.before(graph.one(aws.ecs.Service, "cart-service"))
    assert {into.urn, graph.one(aws.lb.Listener).urn} <= waited


def test_udp_has_a_mapping_rules_and_a_check_by_tcp():
    port = a_port(
        port=514, protocol="UDP", health_check=PortHealthCheck(port=8080, protocol="HTTP"), allow_from=[OFFICE]
    )
    graph = graph_with(port=None, ports=[port])
    assert mappings(graph) == {"cart": [(514, "udp")]}
    group = graph.one(aws.lb.TargetGroup)
    assert group["protocol"] == "UDP"
    assert not {"preserveClientIp", "targetHealthStates"} & set(group.inputs)
    assert {key: group["healthCheck"][key] for key in ("protocol", "port", "path", "matcher")} == {
        "protocol": "HTTP", "port": "8080", "path": "/", "matcher": "200",
    }  # fmt: skip
    ways = {("cart-security-group-from-edge-514-udp", "udp", 514), ("cart-security-group-from-edge-8080", "tcp", 8080)}
    assert opened(graph, EGRESS, EDGE_GROUP) == ways
    assert {one[1:] for one in opened(graph, INGRESS, EDGE_GROUP)} == {("udp", 514)}


def test_tcp_and_udp_are_one_listener():
    dns = Sidecar(name="dns", image=IMAGE, port=53, container=Container(user=None))
    graph = graph_with(ports=[a_port(port=53, protocol="TCP_UDP", allow_from=[OFFICE])], containers=[dns])
    assert mappings(graph) == {"cart": [(8080, "tcp")], "dns": [(53, "tcp"), (53, "udp")]}
    assert graph.one(aws.ecs.Service)["loadBalancers"][0]["containerName"] == "dns"
    assert {one[1:] for one in opened(graph, INGRESS, EDGE_GROUP)} == {("tcp", 53), ("udp", 53)}
    assert {one[1:] for one in opened(graph, EGRESS, EDGE_GROUP)} == {("tcp", 53), ("udp", 53)}


def test_tls_ends_at_the_load_balancer():
    graph = graph_with(ports=[a_tls_port(alpn="HTTP2Preferred", listens_on=443)])
    listener = graph.one(aws.lb.Listener)
    assert (listener["sslPolicy"], listener["certificateArn"]) == (TLS_POLICY, CERTIFICATE)
    assert graph.one(aws.lb.TargetGroup)["protocol"] == "TCP"


def test_a_route_and_ports_are_target_groups_of_one_service():
    graph = graph_with(route=Route(), ports=[a_port(), a_port(balancer=INNER)])
    entries = graph.one(aws.ecs.Service)["loadBalancers"]
    assert [one["containerPort"] for one in entries] == [8080, 5432, 5432]
    assert len(graph.one(aws.ecs.Service)["alarms"]["alarmNames"]) == 3


def test_a_transform_of_the_routes_target_group_leaves_those_of_ports_alone():
    def change(args: dict[str, Any]) -> None:
        args["slow_start"] = 60

    graph = graph_with(route=Route(), ports=[a_port()], transform={"target_group": change})
    assert graph.one(aws.lb.TargetGroup, "cart-target-group")["slowStart"] == 60
    assert "slowStart" not in graph.one(aws.lb.TargetGroup, "cart-edge-5432").inputs


def test_the_service_shows_what_its_ports_have():
    def program():
        service = Service("cart", a_service(ports=[a_port(), a_port(listens_on=5433)]))
        assert (service.target_group, service.url, service.target_groups) == (None, None, [])
        assert [one._name for one in service.network_target_groups] == ["cart-edge-5432", "cart-edge-5433"]
        assert [one._name for one in service.network_listeners] == [
            "cart-edge-5432-listener", "cart-edge-5433-listener",
        ]  # fmt: skip

    graph_from(program)


@pytest.mark.parametrize(("services", "says"), [(("cart", "web"), "web and cart both want it"), (("cart",), "twice")])
def test_a_listener_has_one_service(services, says):
    def program():
        ports = [a_port(), a_port(protocol="UDP", health_check=CHECKED)]
        if services[1:]:
            for name, port in zip(services, ports, strict=True):
                Service(name, a_service(ports=[port]))
        else:
            Service("cart", a_service(ports=ports))

    with pytest.raises(pulumi.RunError, match=rf"ports: 5432 of edge is one listener, and .*{says}"):
        graph_from(program)


def test_two_load_balancers_have_the_same_port():
    graph = graph_from(lambda: [Service(one.name, a_service(ports=[a_port(balancer=one)])) for one in (EDGE, INNER)])
    assert len(graph.of(aws.lb.Listener)) == 2


@pytest.mark.parametrize("grace_s", [0, 600])
def test_alarms_wait_until_a_slow_task_has_started_and_one_of_them_tells(grace_s):
    graph = graph_with(ports=[a_port()], deployment=Deployment(grace_s=grace_s))
    none, some = (
        graph.one(aws.cloudwatch.MetricAlarm, f"cart-edge-5432-{one}") for one in ("no-healthy-task", "unhealthy")
    )
    assert {one["evaluationPeriods"] for one in (none, some)} == {5 + grace_s // 60}
    assert (none["metricName"], none["statistic"], none["comparisonOperator"]) == (
        "HealthyHostCount", "Maximum", "LessThanThreshold",
    )  # fmt: skip
    assert none["namespace"] == "AWS/NetworkELB"
    assert none["dimensions"]["LoadBalancer"] == "net/edge/0123456789abcdef"
    assert none["alarmActions"]
    assert "alarmActions" not in some.inputs
    rule = graph.one(aws.cloudwatch.CompositeAlarm, "cart-edge-5432-unhealthy-told")["alarmRule"]
    assert "AND NOT ALARM" in rule


def test_the_delay_of_a_port_has_to_fit_into_a_drain():
    platform = PlatformLimits(
        tasks_per_instance=4, instance_cpu_units=2048, instance_memory_mib=8192, task_exit_time_s=600, domain=None
    )
    for delay_s, found in ((570, 0), (571, 1)):
        args = a_service(ports=[a_port(), a_port(listens_on=1, deregistration_delay_s=delay_s)])
        problems = platform_problems(args.requirements("cart"), platform)
        assert len(problems) == found
        assert all(f"deregistration delay {delay_s} s" in one for one in problems)


def deployed(args: ServiceArgs, image: str = IMAGE) -> DeployedService:
    """As it is read back from the state."""
    found = DeployedService.of(args.as_deployed(image).output)
    assert found
    return found


def test_a_listener_is_not_led_to_a_target_group_without_tasks():
    before = deployed(a_service(ports=[a_port()]))
    problem = before.change_problem(a_service(ports=[a_port(protocol="TCP_UDP")]).as_deployed(IMAGE))
    assert problem == (
        "ports: 5432 of edge would lead to a target group without tasks (TCP_UDP, before: TCP) until the deployment "
        "has registered them; add a second port with another listens_on, let the clients use it, then remove this one"
    )
    assert before.change_problem(a_service(ports=[a_tls_port(port=5433, listens_on=5432)]).as_deployed(IMAGE)) is None
    assert before.change_problem(a_service(ports=[]).as_deployed(IMAGE)) is None


def test_another_check_and_another_image_are_two_deployments():
    before = deployed(a_service(ports=[a_port()]))
    after = a_service(ports=[a_port(health_check=PortHealthCheck(protocol="HTTP", path="/up"))])
    assert before.change_problem(after.as_deployed(IMAGE)) is None
    assert "HTTP at the port itself /up (200) would judge the tasks" in str(
        before.change_problem(after.as_deployed(IMAGE.replace("0123", "4567")))
    )


def test_what_an_older_release_left_has_no_ports():
    left = a_service().as_deployed(IMAGE).output
    del left["ports"]
    found = DeployedService.of(left)
    assert found
    assert found.ports == {}


def test_everybody_reaches_a_service_by_a_load_balancer_alone():
    def program():
        Service("cart", a_service()).allow_from(EVERYBODY)

    with pytest.raises(
        pulumi.RunError, match=r"cidr: 0\.0\.0\.0/0 is everybody, who reaches cart by a load balancer alone"
    ):
        graph_from(program)


def made(**changes: Any) -> Graph:
    """A load balancer, and a service of the same program behind it."""

    def program():
        balancer = NetworkLoadBalancer("edge", NetworkLoadBalancerArgs(platform=a_platform(), **changes))
        Service("cart", a_service(ports=[a_port(balancer=balancer, allow_from=[Caller("lan", cidr="192.0.2.0/24")])]))
        aws.route53.Record("alias", zone_id="Z1", name="db.example.org", type="A", aliases=[balancer.alias])

    return graph_from(program)


def test_a_load_balancer_is_internal_protected_and_has_a_security_group_without_a_rule_of_its_own():
    graph = made()
    balancer, group = graph.one(aws.lb.LoadBalancer), graph.one(aws.ec2.SecurityGroup, "edge-security-group")
    assert balancer["loadBalancerType"] == "network"
    assert balancer["internal"] is True
    assert balancer["subnets"] == a_platform().private_subnet_ids
    assert balancer["enableDeletionProtection"] is True
    assert balancer["enableCrossZoneLoadBalancing"] is True
    assert balancer.property_dependencies["securityGroups"] == {group.urn}
    ways = [
        one
        for kind in (INGRESS, EGRESS)
        for one in graph.of(kind)
        if group.urn in one.property_dependencies["securityGroupId"]
    ]
    assert {one.name for one in ways} == {"cart-edge-5432-from-lan-tcp", "cart-security-group-from-edge-5432"}


def test_a_public_one_has_public_addresses():
    assert made(internal=False).one(aws.lb.LoadBalancer)["subnets"] == a_platform().public_subnet_ids
