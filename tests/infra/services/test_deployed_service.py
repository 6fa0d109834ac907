"""Changes of a service that runs: what stays open until the new tasks are healthy, and what is refused."""

from dataclasses import replace

import pulumi
import pulumi_aws as aws
import pytest

from infra.common.stack_state import MARK
from infra.services.caller import Caller
from infra.services.container import Container
from infra.services.deployed_service import OUTPUT, DeployedService
from infra.services.routing import HealthCheck, Route
from infra.services.service import Service
from tests.support.application import IMAGE, a_service
from tests.support.graph import OUTPUTS, STATE, Graph, graph_of
from tests.support.shop import running_what_was_deployed

OTHER_IMAGE = IMAGE.replace("0123", "4567")
URN = "urn:pulumi:dev::shop::ecs-platform:index:Service::cart"
RUNS = DeployedService(image=IMAGE, port=8080, discoverable=True, health_path="/", health_codes="200")


def graph_with(*, deployed: DeployedService | None = None, callers=(), preview: bool = True, **changes) -> Graph:
    def program():
        cart = Service("cart", a_service(**changes))
        for caller in callers:
            cart.allow_from(caller)
        pulumi.export("callers", cart.callers)

    state = {URN: {"outputs": {OUTPUT: deployed.output}}} if deployed else {URN: {"outputs": {}}}
    lookups = {
        "aws:ecs/getService:getService": running_what_was_deployed,
        OUTPUTS: {"outputs": {MARK: 1.0}},
        STATE: {"name": "organization/shop/dev", "outputs": state},
    }
    return graph_of(program, preview=preview, lookups=lookups)


def names_of(graph: Graph, *kinds: type) -> set[str]:
    return {node.name for kind in kinds for node in graph.of(kind)}


def test_another_port_makes_rules_of_its_own_and_keeps_the_target_group():
    """A rule of another name is made before the service, and the engine deletes the old one after it."""
    rules = (aws.vpc.SecurityGroupIngressRule, aws.vpc.SecurityGroupEgressRule)
    callers = [Caller("frontend", "sg-frontend")]
    before, after = (graph_with(port=port, route=Route(), callers=callers) for port in (8080, 9090))
    common = names_of(before, *rules) & names_of(after, *rules)
    assert common == {"cart-security-group-https"}
    assert names_of(before, aws.lb.TargetGroup) == names_of(after, aws.lb.TargetGroup)
    assert names_of(before, aws.lb.ListenerRule) == names_of(after, aws.lb.ListenerRule)
    assert after.one(aws.lb.TargetGroup).ignore_changes == ("port",)
    (balancer,) = after.one(aws.ecs.Service)["loadBalancers"]
    assert balancer["containerPort"] == 9090


def test_another_route_is_another_rule():
    before, after = (graph_with(route=Route(path=path)) for path in ("/cart*", "/basket*"))
    assert not names_of(before, aws.lb.ListenerRule) & names_of(after, aws.lb.ListenerRule)
    assert names_of(before, aws.lb.TargetGroup) == names_of(after, aws.lb.TargetGroup)


def test_a_changed_document_stands_beside_the_old_one():
    policies = graph_with(container=Container(exec=True)).of(aws.iam.RolePolicy)
    assert {policy.replace_on_changes for policy in policies} == {("policy",)}
    assert not any("name" in policy.inputs or policy.delete_before_replace for policy in policies)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"port": 9090, "discoverable": True}, "cart: port: callers know the private name with port 8080, .* on 9090"),
        (
            {"image": OTHER_IMAGE, "route": Route(health_check=HealthCheck(path="/health"))},
            r"cart: health_check: /health \(200\) would judge the tasks that still run, .* made for / \(200\)",
        ),
        ({"port": 9090, "route": Route(health_check=HealthCheck(matcher="204"))}, r"health_check: / \(204\)"),
    ],
)
@pytest.mark.parametrize("preview", [True, False])
def test_a_change_that_takes_a_service_off_the_air_is_refused_before_anything_changes(changes, says, preview):
    with pytest.raises(pulumi.RunError, match=says) as error:
        graph_with(deployed=RUNS, preview=preview, **changes)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("deployed", "changes"),
    [
        (None, {"port": 9090, "discoverable": True}),
        (RUNS, {"discoverable": True, "image": OTHER_IMAGE}),
        (RUNS, {"port": 9090}),
        (replace(RUNS, discoverable=False), {"port": 9090, "discoverable": True}),
        (RUNS, {"route": Route(health_check=HealthCheck(path="/health"))}),
        (replace(RUNS, health_path=None, health_codes=None), {"image": OTHER_IMAGE, "route": Route()}),
        (RUNS, {"image": OTHER_IMAGE, "route": Route(path="/cart*")}),
    ],
    ids=["never deployed", "image", "no longer discoverable", "newly discoverable", "check alone", "new route", "path"],
)
def test_other_changes_are_not_refused(deployed, changes):
    assert graph_with(deployed=deployed, **changes).one(aws.ecs.Service)


def test_what_runs_is_written_when_the_deployment_has_succeeded():
    graph = graph_with(preview=False, route=Route(), discoverable=True)
    written = graph.component_outputs[graph.one("ecs-platform:index:Service").urn][OUTPUT]
    runs = replace(RUNS, rules={str(Route().chosen_priority): "own port, HTTP1"})
    assert DeployedService.of(written) == runs
    as_the_engine_keeps_it = {key: value for key, value in runs.output.items() if value is not None}
    assert DeployedService.of(as_the_engine_keeps_it | {"port": 8080.0}) == runs


def test_a_caller_is_allowed_once_however_often_it_is_said():
    web = Caller("web", "sg-web")
    assert graph_with(callers=[web, web]).outputs["callers"] == ["web"]
    with pytest.raises(pulumi.RunError, match="two callers of cart are called web; rename one"):
        graph_with(callers=[web, Caller("web", "sg-other")])
    with pytest.raises(pulumi.RunError, match="allow_from: must be a Service or a Caller, got 'web'"):
        graph_with(callers=["web"])


@pytest.mark.parametrize("owner", ["service", "parent"])
def test_protection_keeps_the_ecs_service_and_nothing_that_a_deployment_replaces(owner):
    def program():
        opts = pulumi.ResourceOptions(protect=True)
        if owner == "parent":
            opts = pulumi.ResourceOptions(parent=pulumi.ComponentResource("test:index:Team", "team", None, opts))
        cart = Service("cart", a_service(route=Route(), discoverable=True), opts)
        cart.allow_from(Caller("web", "sg-web"))

    graph = graph_of(program, lookups={"aws:ecs/getService:getService": running_what_was_deployed})
    assert {node.name for node in graph.nodes if node.custom and node.protect} == {"cart-service"}
    assert graph.one("ecs-platform:index:Service").protect
    assert not any(node.protect for node in graph_with().nodes)


def test_the_check_of_each_target_group_is_compared_with_what_it_was():
    health = HealthCheck(path="/health")
    routes = [Route(path="/a"), Route(path="/b", port=9000, health_check=health)]
    written = graph_with(preview=False, routes=routes, discoverable=True)
    deployed = DeployedService.of(written.component_outputs[written.one("ecs-platform:index:Service").urn][OUTPUT])
    assert deployed is not None
    assert deployed == replace(RUNS, more_checks={"-9000": "/health (200)"}, rules=deployed.rules)
    assert sorted(deployed.rules.values()) == ["-9000, HTTP1", "own port, HTTP1"]
    assert graph_with(deployed=deployed, image=OTHER_IMAGE, routes=[*routes, Route(path="/c", port=9001)])
    with pytest.raises(pulumi.RunError, match=r"health_check: / \(200\) would judge .* were made for /health \(200\)"):
        graph_with(deployed=deployed, image=OTHER_IMAGE, routes=[routes[0], Route(path="/b", port=9000)])


MOVES = {
    "to another port": Route(path="/a", port=9000),
    "to another protocol": Route(path="/a", protocol="HTTP2"),
    "to a group of its own": Route(path="/a", stickiness_s=60),
}


@pytest.mark.parametrize("moved", MOVES)
def test_a_route_that_would_lead_to_a_group_without_tasks_is_refused_and_told_the_way(moved):
    before, other = Route(path="/a"), Route(path="/b")
    written = graph_with(preview=False, routes=[other, before], discoverable=True)
    deployed = DeployedService.of(written.component_outputs[written.one("ecs-platform:index:Service").urn][OUTPUT])
    later = before.chosen_priority + 1
    with pytest.raises(
        pulumi.RunError, match=f"routes: the rule of priority {later - 1} .* priority={later}: a second"
    ):
        graph_with(deployed=deployed, routes=[other, MOVES[moved]])
    behind = replace(MOVES[moved], priority=later)
    assert graph_with(deployed=deployed, routes=[other, behind])
    assert graph_with(deployed=deployed, routes=[other, replace(before, latency_p95_s=3.0)])
