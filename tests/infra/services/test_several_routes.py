"""A service with several routes: what shares a target group, and what each of them gets."""

import json

import pulumi
import pulumi_aws as aws
import pytest

from infra.services.caller import Caller
from infra.services.container import Container
from infra.services.routing import HealthCheck, Route
from infra.services.service import Service
from infra.services.sidecar import Sidecar
from infra.services.task_scaling import TaskScaling
from tests.program.pack_on_graph import shop_report
from tests.support.application import IMAGE, a_platform, a_service
from tests.support.graph import ACCOUNT, REGION, Graph
from tests.support.service import graph_from, graph_with

PROXY = Sidecar(name="proxy", image=IMAGE, port=9901)
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
RULES = (aws.vpc.SecurityGroupIngressRule, aws.vpc.SecurityGroupEgressRule)


def groups(graph: Graph) -> dict[str, list[str]]:
    """Target group → paths of the listener rules that lead there."""
    found: dict[str, list[str]] = {group.name: [] for group in graph.of(aws.lb.TargetGroup)}
    for rule in graph.of(aws.lb.ListenerRule):
        (urn,) = rule.property_dependencies["actions"]
        found[graph.by_urn(urn).name] += rule["conditions"][0]["pathPattern"]["values"]
    return found


def test_one_of_several_is_what_one_alone_is():
    alone, listed = graph_with(route=Route()), graph_with(routes=[Route()])
    assert alone.triples() == listed.triples()
    assert {node.urn: node.inputs for node in alone.nodes} == {node.urn: node.inputs for node in listed.nodes}


def test_routes_to_one_port_share_a_target_group():
    routes = [Route(path="/a*"), Route(path="/b*", priority=7), Route(host="x.test.example.com", port=8080)]
    graph = graph_with(routes=routes)
    assert {name: set(paths) for name, paths in groups(graph).items()} == {"cart-target-group": {"/a*", "/b*", "/*"}}
    assert len(graph.one(aws.ecs.Service)["loadBalancers"]) == 1
    assert {rule.urn for rule in graph.of(aws.lb.ListenerRule)} <= graph.before(graph.one(aws.ecs.Service))
    for kind in RULES:
        assert len(graph.of(kind, "cart-security-group-from-load-balancer-8080")) == 1


def test_another_port_has_a_target_group_of_its_own():
    routes = [Route(path="/a*"), Route(path="/b*", port=9901), Route(path="/c*", port=9000)]
    graph = graph_with(routes=routes, containers=[PROXY])
    assert groups(graph) == {
        "cart-target-group": ["/a*"],
        "cart-target-group-proxy": ["/b*"],
        "cart-target-group-9000": ["/c*"],
    }
    entries = graph.one(aws.ecs.Service)["loadBalancers"]
    assert [(one["containerName"], one["containerPort"]) for one in entries] == [
        ("cart", 8080), ("proxy", 9901), ("cart", 9000),
    ]  # fmt: skip
    containers = json.loads(graph.one(aws.ecs.TaskDefinition)["containerDefinitions"])
    ports = {one["name"]: [each["containerPort"] for each in one["portMappings"]] for one in containers}
    assert ports == {"cart": [8080, 9000], "proxy": [9901]}
    for kind in RULES:
        opened = {rule["toPort"] for rule in graph.of(kind) if "load-balancer" in rule.name}
        assert opened == {8080, 9901, 9000}


def test_the_port_of_a_container_may_be_the_only_one_that_is_reached():
    graph = graph_with(port=None, routes=[Route(port=9901)], containers=[PROXY])
    assert groups(graph) == {"cart-target-group-proxy": ["/*"]}
    main, _ = json.loads(graph.one(aws.ecs.TaskDefinition)["containerDefinitions"])
    assert main["portMappings"] == []


@pytest.mark.parametrize(
    "differs",
    [
        {"health_check": HealthCheck(path="/health")}, {"deregistration_delay_s": 60}, {"stickiness_s": 60},
        {"slow_start_s": 30}, {"protocol": "HTTP2"},
    ],
    ids=lambda changes: next(iter(changes)),
)  # fmt: skip
def test_what_a_target_group_has_once_makes_another_one(differs):
    graph = graph_with(routes=[Route(path="/a*"), Route(path="/b*", priority=7, **differs)])
    assert groups(graph) == {"cart-target-group": ["/a*"], "cart-target-group-7": ["/b*"]}


def test_a_route_that_changes_its_target_group_keeps_its_rule():
    """AWS refuses a second rule of one priority, so the engine may not make the new one beside the old one."""

    def rules(*routes: Route) -> set[str]:
        return {rule.urn for rule in graph_with(routes=routes, containers=[PROXY]).of(aws.lb.ListenerRule)}

    assert rules(Route(path="/a"), Route(path="/b")) == rules(Route(path="/a"), Route(path="/b", port=9901))


def test_another_port_of_a_container_keeps_its_target_group():
    before, after = (
        groups(graph_with(routes=[Route(port=port)], containers=[Sidecar(name="proxy", image=IMAGE, port=port)]))
        for port in (9901, 9902)
    )
    assert before == after


def test_every_target_group_is_watched_and_stops_a_deployment():
    graph = graph_with(routes=[Route(path="/a*"), Route(path="/b*", port=9901)], containers=[PROXY])
    alarms = {alarm.name for alarm in graph.of(aws.cloudwatch.MetricAlarm)}
    for group in groups(graph):
        assert {f"{group}-errors", f"{group}-unhealthy", f"{group}-slow"} <= alarms
    stopping = graph.one(aws.ecs.Service)["alarms"]["alarmNames"]
    assert stopping == ["cart-target-group-errors-0a1b2c3", "cart-target-group-proxy-errors-0a1b2c3"]
    of_proxy = graph.one(aws.cloudwatch.MetricAlarm, "cart-target-group-proxy-errors")
    assert "Tasks of cart-proxy answer" in of_proxy["alarmDescription"]


def test_a_service_shows_all_of_them():
    def program():
        routes = [Route(path="/a*"), Route(host="b.test.example.com", port=9901), Route(path="/c")]
        cart = Service("cart", a_service(routes=routes, containers=[PROXY]))
        cart.allow_from(Caller("web", "sg-web"))
        pulumi.export("urls", cart.urls)
        pulumi.export("first", cart.url)
        pulumi.export("callers", cart.callers)
        pulumi.export("urns", [one.urn for one in [*cart.target_groups, *cart.listener_rules]])

    graph = graph_from(program)
    assert graph.outputs["urls"] == [
        "https://test.example.com/a", "https://test.example.com/c", "https://b.test.example.com/",
    ]  # fmt: skip
    assert graph.outputs["first"] == "https://test.example.com/a"
    assert graph.outputs["callers"] == ["load-balancer", "web"]
    made = [graph.by_urn(urn) for urn in graph.outputs["urns"]]
    assert [one.name for one in made[:2]] == ["cart-target-group", "cart-target-group-proxy"]
    assert {one.urn for one in made[2:]} == {rule.urn for rule in graph.of(aws.lb.ListenerRule)}


def test_scaling_counts_the_requests_of_the_first_route():
    routes = [Route(path="/b*", port=9901), Route(path="/a*")]
    scaling = TaskScaling(cpu_percent=None, requests_per_minute=100)
    graph = graph_with(routes=routes, containers=[PROXY], scaling=scaling)
    (policy,) = graph.of(aws.appautoscaling.Policy)
    urns = policy.property_dependencies["targetTrackingScalingPolicyConfiguration"]
    assert {node.name for node in graph.of(aws.lb.TargetGroup) if node.urn in urns} == {"cart-target-group-proxy"}


def test_the_dashboard_has_a_row_for_each():
    routes = [Route(path="/a*"), Route(path="/b*", port=9000)]
    graph = graph_with(routes=routes, dashboard=True)
    widgets = json.loads(graph.one(aws.cloudwatch.Dashboard)["dashboardBody"])["widgets"]
    titles = [one["properties"].get("title") for one in widgets]
    assert [title for title in titles if "Requests" in title] == ["Requests of cart", "Requests of cart-9000"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"route": Route(), "routes": [Route()]}, "ServiceArgs.routes: give route or routes, not both"),
        ({"port": None, "routes": [Route()]}, "ServiceArgs.port: a service that is called listens on a port"),
        ({"routes": [Route(path="/a"), Route(path="/a", port=9000)]}, r"routes: two want \(every host\)/a"),
        ({"routes": Route()}, r"routes: must be a list of Routes, got Route\(.*; write \[Route\(...\)\]"),
        (
            {"routes": [Route(path=f"/{number}", port=9000 + number) for number in range(6)]},
            "routes: need 6 target groups, and a service has 5 at most",
        ),
    ],
)
def test_wrong_routes_are_refused(changes, says):
    with pytest.raises(pulumi.RunError, match=says):
        a_service(**changes)


def test_two_routes_of_one_service_cannot_have_one_priority():
    with pytest.raises(pulumi.RunError, match=r"/b of cart has priority 7, and so has .*/a of cart"):
        graph_with(routes=[Route(path="/a", priority=7), Route(path="/b", priority=7)])


@pytest.mark.parametrize("protocol", ["HTTP2", "GRPC"])
def test_without_a_domain_the_tasks_speak_http_1(protocol):
    platform = a_platform(domain=None, https_listener_arn=None)
    with pytest.raises(
        pulumi.RunError, match=f"route.protocol: {protocol} needs HTTPS, and the platform has no domain"
    ):
        graph_with(platform=platform, route=Route(protocol=protocol))
    assert graph_with(route=Route(protocol=protocol)).one(aws.lb.TargetGroup)["protocolVersion"] == protocol


@pytest.mark.parametrize(
    ("route", "asked"),
    [
        (Route(), ("/", "200")),
        (Route(protocol="HTTP2"), ("/", "200")),
        (Route(protocol="GRPC"), ("/AWS.ALB/healthcheck", "12")),
        (Route(protocol="GRPC", health_check=HealthCheck(path="/grpc.health.v1.Health/Check")), (
            "/grpc.health.v1.Health/Check", "0")),
        (Route(protocol="GRPC", health_check=HealthCheck(matcher="0,12")), ("/AWS.ALB/healthcheck", "0,12")),
    ],
)  # fmt: skip
def test_a_health_check_asks_in_the_protocol_of_the_tasks(route, asked):
    check = graph_with(route=route).one(aws.lb.TargetGroup)["healthCheck"]
    assert (check["path"], check["matcher"]) == asked


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"protocol": "GRPC", "health_check": HealthCheck(matcher="200")},
            "matcher of GRPC must be codes from 0 to 99",
        ),
        ({"health_check": HealthCheck(matcher="0")}, "health_check: matcher of HTTP1 must be status codes from 200"),
        ({"protocol": "HTTP2", "health_check": HealthCheck(matcher="0-99")}, "matcher of HTTP2 must be status codes"),
        ({"protocol": "grpc"}, r"protocol: must be HTTP1 or HTTP2 or GRPC, got 'grpc'; did you mean 'GRPC'\?"),
        ({"slow_start_s": 29}, "slow_start_s: must be 30 to 900 s, or 0 for none, got 29"),
        ({"slow_start_s": 901}, "slow_start_s: must be 30 to 900 s"),
        ({"port": 65_536}, "port: must be 1 to 65535, got 65536"),
    ],
)
def test_what_a_target_group_does_not_take_is_refused(changes, says):
    with pytest.raises(pulumi.RunError, match=says):
        Route(**changes)


def test_a_slow_start_takes_turns():
    usual, slow = (graph_with(route=route).one(aws.lb.TargetGroup) for route in (Route(), Route(slow_start_s=60)))
    assert (usual["loadBalancingAlgorithmType"], "slowStart" in usual.inputs) == ("least_outstanding_requests", False)
    assert (slow["loadBalancingAlgorithmType"], slow["slowStart"]) == ("round_robin", 60)


@pytest.mark.parametrize("preview", [True, False])
def test_the_pack_finds_nothing_wrong_with_them(preview):
    routes = [
        Route(path="/a*", slow_start_s=60),
        Route(path="/a*", slow_start_s=60, methods=["GET"], headers={"X-A": "b"}, source_cidrs=["192.0.2.0/24"]),
        Route(path="/b*", port=9901, health_check=HealthCheck(path="/health")),
        Route(path="/c*", port=9000, protocol="GRPC"),
        Route(path="/d*", port=9000, protocol="HTTP2"),
    ]
    container = Container(writable_paths=["/tmp"])

    def program():
        args = a_service(routes=routes, containers=[PROXY], container=container, platform=a_platform(key_arn=KEY))
        Service("cart", args)

    report = shop_report(graph_from(program, preview=preview))
    assert [f"{finding.rule}: {finding.message}" for finding in report.findings] == []


@pytest.mark.parametrize(("one", "other", "threshold"), [(1.0, 3.0, 3.0), (2.0, 0.5, 2.0), (1.0, None, None)])
def test_the_slowest_of_the_routes_to_a_target_group_says_when_it_is_slow(one, other, threshold):
    graph = graph_with(routes=[Route(path="/a*", latency_p95_s=one), Route(path="/b*", latency_p95_s=other)])
    slow = graph.of(aws.cloudwatch.MetricAlarm, "cart-target-group-slow")
    assert [alarm["threshold"] for alarm in slow] == ([] if threshold is None else [threshold])
