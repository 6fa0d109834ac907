"""Deployments that shift traffic: what they make, what they keep to, and what is refused."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from infra.common.stack_state import MARK
from infra.services.container import Container
from infra.services.deployed_service import OUTPUT, DeployedService
from infra.services.deployment import Deployment
from infra.services.lifecycle_hook import LifecycleHook
from infra.services.login import CognitoLogin
from infra.services.redirect import Redirect
from infra.services.routing import Route
from infra.services.service import Service
from infra.services.sidecar import Sidecar
from infra.services.task_scaling import TaskScaling
from infra.services.traffic_shift import BlueGreen, Canary, Linear
from tests.support.application import IMAGE, a_service
from tests.support.graph import ACCOUNT, OUTPUTS, REGION, STATE, Graph, graph_of
from tests.support.ports import a_port
from tests.support.service import graph_with
from tests.support.service_effects import COGNITO
from tests.support.shop import running_what_was_deployed

ROUTE = Route(path="/cart*")
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:look"
HOOK = LifecycleHook(function_arn=FUNCTION, stages=["POST_SCALE_UP"])
URN = "urn:pulumi:dev::shop::ecs-platform:index:Service::cart"
RULES, GROUPS, ALARMS = aws.lb.ListenerRule, aws.lb.TargetGroup, aws.cloudwatch.MetricAlarm


def shifted(shift: Any = None, **changes: Any) -> Graph:
    deployment = Deployment(shift=shift or Canary())
    return graph_with(**({"route": ROUTE, "deployment": deployment} | changes))


def deployed_as(*, shifts: bool, shift: Any, image: str = IMAGE, **changes: Any) -> Graph:
    """The service in a stack that has it, with or without a shift."""
    found = DeployedService(
        image=IMAGE, port=8080, discoverable=False, health_path="/", health_codes="200",
        rules={"40000": "own port, HTTP1"}, shifts=shifts,
    )  # fmt: skip
    lookups = {
        "aws:ecs/getService:getService": running_what_was_deployed,
        OUTPUTS: {"outputs": {MARK: 1.0}},
        STATE: {"name": "organization/shop/dev", "outputs": {URN: {"outputs": {OUTPUT: found.output}}}},
    }
    given = {"route": Route(path="/cart*", priority=40_000), "deployment": Deployment(shift=shift), "image": image}
    return graph_of(lambda: Service("cart", a_service(**(given | changes))), preview=True, lookups=lookups)


def refusal(run) -> str:
    with pytest.raises(pulumi.RunError) as error:
        run()
    return str(error.value)


def test_a_rule_leads_to_two_target_groups_that_are_alike():
    graph = shifted()
    first, second = graph.of(GROUPS)
    assert {node.name for node in (first, second)} == {"cart-target-group", "cart-target-group-alternate"}
    assert {key: value for key, value in first.inputs.items() if key != "tags"} == {
        key: value for key, value in second.inputs.items() if key != "tags"
    }
    (rule,) = graph.of(RULES)
    (action,) = rule["actions"]
    assert [one["weight"] for one in action["forward"]["targetGroups"]] == [100, 0]
    assert rule.property_dependencies["actions"] == {first.urn, second.urn}
    assert rule.ignore_changes == ("actions",)


def test_ecs_knows_both_and_may_change_the_rule_and_nothing_else_may_be_missing_before():
    graph = shifted(BlueGreen(hooks=[HOOK]))
    service = graph.one(aws.ecs.Service)
    (balancer,) = service["loadBalancers"]
    assert set(balancer["advancedConfiguration"]) == {"alternateTargetGroupArn", "productionListenerRule", "roleArn"}
    before = graph.before(service)
    needed = [*graph.of(RULES), *graph.of(aws.iam.RolePolicyAttachment), *graph.of(aws.iam.RolePolicy, "cart-hooks")]
    assert {node.urn for node in needed} <= before
    (attachment,) = graph.of(aws.iam.RolePolicyAttachment)
    assert attachment["policyArn"] == "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers"
    for name in ("cart-traffic-shift", "cart-hooks"):
        (trust,) = json.loads(graph.one(aws.iam.Role, name)["assumeRolePolicy"])["Statement"]
        assert trust["Principal"] == {"Service": "ecs.amazonaws.com"}
        assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def test_the_role_of_hooks_may_call_these_functions_and_nothing_else():
    later = LifecycleHook(function_arn=pulumi.Output.from_input(f"{FUNCTION}:live"), stages=["PRE_SCALE_UP"])
    policy = shifted(BlueGreen(hooks=[HOOK, later])).one(aws.iam.RolePolicy, "cart-hooks")["policy"]
    found = json.loads(policy)["Statement"]
    assert found == [
        {"Effect": "Allow", "Action": ["lambda:InvokeFunction"], "Resource": [FUNCTION, f"{FUNCTION}:live"]}
    ]


def test_each_target_group_has_its_alarms_and_both_stop_a_deployment():
    graph = shifted()
    names = {node.name for node in graph.of(ALARMS)}
    for group in ("cart-target-group", "cart-target-group-alternate"):
        assert {f"{group}-{alarm}" for alarm in ("errors", "unhealthy", "slow")} <= names
    stopping = graph.one(aws.ecs.Service)["alarms"]
    assert (len(stopping["alarmNames"]), stopping["rollback"]) == (2, True)


def test_test_traffic_has_a_rule_before_that_of_the_route():
    for route in (ROUTE, Route(path="/cart*", priority=2), Route(host="a.test.example.com", methods=["GET"])):
        graph = shifted(BlueGreen(test_header="x-test"), route=route)
        test, production = sorted(graph.of(RULES), key=lambda rule: rule["priority"])
        assert test["conditions"][:-1] == production["conditions"]
        assert test["conditions"][-1] == {"httpHeader": {"httpHeaderName": "x-test", "values": ["cart"]}}
        assert test["actions"] == production["actions"]
        advanced = graph.one(aws.ecs.Service)["loadBalancers"][0]["advancedConfiguration"]
        assert "test-rule" in advanced["testListenerRule"]
        assert "target-group-rule" in advanced["productionListenerRule"]


def test_every_target_group_of_a_service_is_shifted_and_a_redirect_is_not():
    routes = [ROUTE, Route(path="/b*", port=9901), Route(path="/old", redirect=Redirect(path="/cart"))]
    graph = shifted(routes=routes, route=None)
    entries = graph.one(aws.ecs.Service)["loadBalancers"]
    assert [one["containerPort"] for one in entries] == [8080, 9901]
    assert all(one["advancedConfiguration"]["alternateTargetGroupArn"] for one in entries)
    assert len(graph.of(GROUPS)) == 4
    redirects = [rule for rule in graph.of(RULES) if "redirect" in rule.name]
    assert [rule.ignore_changes for rule in redirects] == [()]
    assert len(graph.of(aws.iam.Role, "cart-traffic-shift")) == 1


@pytest.mark.parametrize(
    ("shift", "minutes"),
    [
        (BlueGreen(bake_minutes=7), 7),
        (Canary(canary_bake_minutes=20, bake_minutes=5), 25),
        (Linear(percent=10, step_bake_minutes=6, bake_minutes=10), 64),
        (Linear(percent=33.4, step_bake_minutes=6, bake_minutes=10), 22),
        (Linear(percent=99.9, step_bake_minutes=6, bake_minutes=10), 16),
    ],
)
def test_up_waits_for_the_minutes_of_the_shift_on_top(shift, minutes):
    service = shifted(shift, deployment=Deployment(shift=shift, timeout_s=600)).one(aws.ecs.Service)
    assert service.custom_timeouts == (f"{600 + 60 * minutes}s",) * 3


def test_the_dashboard_shows_both_target_groups():
    (board,) = shifted(dashboard=True).of(aws.cloudwatch.Dashboard)
    titles = [widget["properties"]["title"] for widget in json.loads(board["dashboardBody"])["widgets"]]
    assert {"Requests of cart", "Requests of cart-alternate"} <= set(titles)


def test_a_deployed_service_gets_its_second_target_group_step_by_step_first():
    """ECS wants the rolling deployment first, and no weight has been changed until it is through."""
    preparing, shifting = (deployed_as(shifts=shifts, shift=Canary()) for shifts in (False, True))
    for graph in (preparing, shifting):
        assert graph.one(aws.ecs.Service)["loadBalancers"][0]["advancedConfiguration"]
    assert "deploymentConfiguration" not in preparing.one(aws.ecs.Service).inputs
    assert preparing.one(RULES).ignore_changes == ()
    assert shifting.one(aws.ecs.Service)["deploymentConfiguration"]["strategy"] == "CANARY"
    assert shifting.one(RULES).ignore_changes == ("actions",)


def test_a_service_that_shifts_keeps_to_it_and_may_do_so_in_another_way():
    assert "shift: the requests may be at the second target group" in refusal(
        lambda: deployed_as(shifts=True, shift=None)
    )
    for shift in (BlueGreen(), Linear()):
        assert deployed_as(shifts=True, shift=shift).one(RULES).ignore_changes == ("actions",)
    # Without any route nobody's requests are anywhere.
    assert deployed_as(shifts=True, shift=None, route=None).of(RULES) == []


def test_what_a_release_without_shifts_wrote_means_none():
    output = DeployedService(
        image=IMAGE, port=8080, discoverable=False, health_path="/", health_codes="200", shifts=True
    ).output
    found = DeployedService.of({key: value for key, value in output.items() if key != "shifts"})
    assert found is not None
    assert found.shifts is False


# For what a type checker refuses: not everybody has one.
deployment: Any
blue_green: Any
canary: Any
linear: Any
hook: Any
deployment, blue_green, canary, linear, hook = Deployment, BlueGreen, Canary, Linear, LifecycleHook
WRONG: dict[str, tuple[Any, str]] = {
    "a text": (lambda: deployment(shift="canary"), "Deployment.shift: must be"),
    "a class": (lambda: deployment(shift=canary), "Deployment.shift: must be"),
    "an Output": (
        lambda: deployment(shift=pulumi.Output.from_input(canary())), "that the program knows, got an Output"),
    "no time": (lambda: blue_green(bake_minutes=0), "BlueGreen.bake_minutes: must be 5 to 1440, got 0"),
    "two days": (lambda: canary(bake_minutes=2880), "Canary.bake_minutes: must be 5 to 1440, got 2880"),
    "a text for minutes": (lambda: blue_green(bake_minutes="10m"), "write 10"),
    "a look of a minute": (lambda: canary(canary_bake_minutes=1), "canary_bake_minutes: must be 5 to 1440, got 1"),
    "no step": (lambda: linear(step_bake_minutes=0), "step_bake_minutes: must be 1 to 1440, got 0"),
    "all at once": (lambda: canary(percent=100), "percent: 100 is all at once; write BlueGreen"),
    "nothing": (lambda: canary(percent=0), "Canary.percent: must be 0.1 to 99.9 in tenths, got 0"),
    "a hundredth": (lambda: canary(percent=0.25), "in tenths, got 0.25"),
    "small steps": (lambda: linear(percent=2), "Linear.percent: must be 3 to 99.9 in tenths, got 2"),
    "a share as text": (lambda: linear(percent="10 %"), "Linear.percent: must be a number"),
    "no number": (lambda: canary(percent=float("nan")), "in tenths, got nan"),
    "a header with a blank": (lambda: blue_green(test_header="x test"), "test_header: must be up to 40 letters"),
    "the host": (lambda: blue_green(test_header="Host"), "the host is a condition of its own"),
    "a hook as text": (lambda: blue_green(hooks=FUNCTION), "BlueGreen.hooks: must be a list"),
    "a hook's name": (
        lambda: hook(function_arn="look", stages=["POST_SCALE_UP"]), "must be the ARN of a Lambda function"),
    "no stage": (lambda: hook(function_arn=FUNCTION, stages=[]), "stages: must be one or more, got none"),
    "a stage twice": (
        lambda: hook(function_arn=FUNCTION, stages=["PRE_SCALE_UP"] * 2), "PRE_SCALE_UP stands there twice"),
    "a stage of nobody": (
        lambda: hook(function_arn=FUNCTION, stages=["AFTER"]), "LifecycleHook.stages: must be"),
    "no stages at all": (lambda: hook(function_arn=FUNCTION), "LifecycleHook.stages: is missing"),
    "details of numbers": (
        lambda: hook(function_arn=FUNCTION, stages=["PRE_SCALE_UP"], details={"a": 1}), "details: a must be"),
    "no test traffic": (
        lambda: blue_green(hooks=[hook(function_arn=FUNCTION, stages=["TEST_TRAFFIC_SHIFT"])]),
        "TEST_TRAFFIC_SHIFT needs test traffic"),
    "no room": (lambda: deployment(shift=canary(), maximum_percent=150), "maximum_percent is 150"),
    "no route": (lambda: shifted(route=None), "deployment: shift: needs a route"),
    "a private name": (lambda: shifted(discoverable=True), "callers by the private name reach new tasks"),
    "scaling by requests": (
        lambda: shifted(scaling=TaskScaling(requests_per_minute=60)), "requests_per_minute counts the requests of one"),
    "a port": (lambda: shifted(ports=[a_port()]), "connections at a port of a Network Load Balancer would follow"),
    "several routes": (
        lambda: shifted(route=None, routes=[ROUTE, Route(path="/b*")]), "2 routes lead to that of port 8080"),
    "a login": (lambda: shifted(route=Route(login=CognitoLogin(**COGNITO))), "and the route has a login"),
    "a cookie": (lambda: shifted(route=Route(stickiness_s=60)), "at the old tasks; leave stickiness_s out"),
    "a cookie of all at once": (
        lambda: shifted(BlueGreen(), route=Route(stickiness_s=60)), "at the old tasks; leave stickiness_s out"),
    "a taken name": (
        lambda: shifted(containers=[Sidecar(name="alternate", image=IMAGE, container=Container(user=None))]),
        "second target groups are called alternate"),
    "a header of the route": (
        lambda: shifted(canary(test_header="X-Beta"), route=Route(headers={"x-beta": "yes"})),
        "test_header X-Beta is a condition of the route itself"),
    "a full rule": (
        lambda: shifted(canary(test_header="x-test"), route=Route(host="a.example.com", methods=["A", "B", "C"])),
        "which has 5 at most"),
    "no priority before it": (
        lambda: shifted(canary(test_header="x-test"), route=Route(priority=1)), "no priority is left before"),
    "an Output that is no ARN": (
        lambda: shifted(blue_green(hooks=[
            hook(function_arn=pulumi.Output.from_input("look"), stages=["PRE_SCALE_UP"])])),
        "LifecycleHook.function_arn: must be the ARN"),
    "an Output of a number": (
        lambda: shifted(blue_green(hooks=[
            hook(function_arn=pulumi.Output.from_input(7), stages=["PRE_SCALE_UP"])])),
        "function_arn: must be a text, got an Output of int"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_one_sentence(name):
    run, says = WRONG[name]
    text = refusal(run)
    assert says in text
    assert "\n" not in text


def test_a_new_rule_could_lead_where_no_task_is():
    def moved(priority: int) -> Graph:
        return deployed_as(shifts=True, shift=Canary(), route=Route(path="/other*", priority=priority))

    assert (
        "a new rule (priority 40001) would lead to the first target group, and the tasks may be at the second one; "
        "give the route priority=40000, so that its rule changes in place" in refusal(lambda: moved(40_001))
    )
    assert moved(40_000).one(RULES).name == "cart-target-group-rule-40000"


def test_no_other_target_group_is_advised_that_the_next_preview_would_refuse():
    said = refusal(
        lambda: deployed_as(
            shifts=True, shift=Canary(), route=Route(path="/cart*", priority=40_000, port=9090, protocol="HTTP2")
        )
    )
    assert "would lead to a target group without tasks" in said
    assert "let a second service have the route" in said
    assert "40001" not in said


@pytest.mark.parametrize(
    ("actions", "ignored"),
    [
        ([{"type": "forward", "targetGroupArn": "arn"}], ()),
        ([{"type": "forward", "forward": {"targetGroups": [{"arn": "blue"}, {"arn": "green"}]}}], ("actions",)),
        ([{"type": "forward", "forward": {"targetGroups": [{"arn": "blue"}]}}], ()),
    ],
)
def test_after_a_first_deployment_that_failed_its_rule_learns_the_second_group_first(actions, ignored):
    rule = "urn:pulumi:dev::shop::ecs-platform:index:Service$aws:lb/listenerRule:ListenerRule::cart-target-group-rule-1"
    lookups = {
        "aws:ecs/getService:getService": running_what_was_deployed,
        OUTPUTS: {"outputs": {MARK: 1.0}},
        STATE: {"name": "organization/shop/dev", "outputs": {rule: {"outputs": {"actions": actions}}}},
    }
    args = a_service(route=ROUTE, deployment=Deployment(shift=Canary()))
    graph = graph_of(lambda: Service("cart", args), preview=True, lookups=lookups)
    assert graph.one(RULES).ignore_changes == ignored
