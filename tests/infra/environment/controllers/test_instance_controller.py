import json
from datetime import UTC, datetime

import pulumi_aws as aws
import pytest

from infra.common.names import Names
from infra.environment.controllers.instance_controller import lifecycle_events, rollback_alarms, rollout_hours
from lambdas.cluster import lifecycle_hooks
from lambdas.instances import actions, passes
from lambdas.instances.act import act
from lambdas.instances.settings import Drain, Pace, Rollout, Settings
from tests.lambdas.instances.action_examples import REFRESH, answered
from tests.lambdas.instances.builders import settings as controller_settings
from tests.lambdas.transport import all_of, fake_clients
from tests.support.builders import a_controller_graph
from tests.support.calls import record
from tests.support.event_patterns import a_launch_success, a_lifecycle_event, matches
from tests.support.graph import token
from tests.support.program import graph_for

NAMES = Names("test")


@pytest.fixture(scope="module")
def graph():
    return a_controller_graph()


@pytest.fixture(scope="module")
def program():
    return graph_for("prod")


def pattern(graph):
    return json.loads(graph.one(aws.cloudwatch.EventRule, "ctl-lifecycle")["eventPattern"])


@pytest.mark.parametrize("kind", ["launch", "terminate"])
def test_both_lifecycle_actions_of_its_groups_wake_it(graph, kind):
    assert matches(pattern(graph), a_lifecycle_event(kind))
    assert pattern(graph) == lifecycle_events(NAMES)


@pytest.mark.parametrize(
    "event",
    [
        a_lifecycle_event(AutoScalingGroupName="ecs-other-instances-0a1b2c3"),
        a_lifecycle_event(AutoScalingGroupName="my-ecs-test-instances-0a1b2c3"),
        a_lifecycle_event(LifecycleHookName="somebody-elses"),
        a_lifecycle_event() | {"source": "aws.ec2"},
        a_launch_success(),
        {"source": "aws.autoscaling", "detail-type": "EC2 Instance-terminate Lifecycle Action", "detail": {}},
    ],
)
def test_no_other_event_does(graph, event):
    assert not matches(pattern(graph), event)


def test_the_function_reads_back_the_settings_that_the_program_wrote(graph):
    variables = graph.one(aws.lambda_.Function)["environment"]["variables"]
    settings = Settings.from_environment(variables)
    assert settings.environment() == variables
    assert (settings.target.cluster, settings.target.switch_parameter) == (
        "ecs-test", "/ecs-platform/test/controllers",
    )  # fmt: skip
    assert settings.rollout.alarms == rollback_alarms(NAMES)


def test_the_hooks_that_it_completes_are_those_that_the_group_has(program):
    settings = Settings.from_environment(
        program.one(aws.lambda_.Function, "ecs-prod-instance-controller-function")["environment"]["variables"]
    )
    wanted = {(settings.ready.hook, lifecycle_hooks.LAUNCHING), (settings.drain.hook, lifecycle_hooks.TERMINATING)}
    hooks = {(hook["name"], hook["lifecycleTransition"]) for hook in program.of(aws.autoscaling.LifecycleHook)}
    group = program.one(aws.autoscaling.Group)
    first = {(hook["name"], hook["lifecycleTransition"]) for hook in group["initialLifecycleHooks"]}
    rule = program.one(aws.cloudwatch.EventRule, "ecs-prod-instance-controller-lifecycle")
    assert hooks == first == wanted
    assert set(json.loads(rule["eventPattern"])["detail"]["LifecycleHookName"]) == {name for name, _ in wanted}


def test_a_refresh_of_the_program_watches_the_alarms_that_the_program_makes(program):
    settings = Settings.from_environment(
        program.one(aws.lambda_.Function, "ecs-prod-instance-controller-function")["environment"]["variables"]
    )
    aws_clients = fake_clients(lambda service, operation, params: answered(operation))
    calls = record(all_of(aws_clients))
    act(aws_clients, settings, [REFRESH], datetime(2026, 5, 4, tzinfo=UTC))
    watched = calls[0].params["Preferences"]["AlarmSpecification"]["Alarms"]
    names = ("readiness-abandoned", "drain-deadline", "load-balancer-errors", "no-targets")
    assert watched == [f"ecs-prod-{each}" for each in names]
    assert set(watched) <= {alarm["name"] for alarm in program.of(aws.cloudwatch.MetricAlarm) if "name" in alarm.inputs}


ROLLBACK_AND_TOLD = "readiness-abandoned", "launches-abandoned"


@pytest.mark.parametrize(("at_deadline", "result"), [("terminate", "CONTINUE"), ("keep", "ABANDON")])
def test_controller_hook_and_group_agree_on_what_happens_at_the_deadline(at_deadline, result):
    graph = graph_for("prod", {"ecs-platform:draining": json.dumps({"atDeadline": at_deadline})})
    variables = graph.one(aws.lambda_.Function, "ecs-prod-instance-controller-function")["environment"]["variables"]
    drain = Settings.from_environment(variables).drain
    hooks = {hook["name"]: hook["defaultResult"] for hook in graph.of(aws.autoscaling.LifecycleHook)}
    retains = graph.one(aws.autoscaling.Group).inputs.get("instanceLifecyclePolicy") is not None
    assert (drain.result, hooks[drain.hook], retains) == (result, result, result == "ABANDON")


def test_the_alarms_that_roll_back_are_made_under_the_names_that_it_watches(graph):
    named = {alarm["name"] for alarm in graph.of(aws.cloudwatch.MetricAlarm) if "name" in alarm.inputs}
    assert named | {NAMES.load_balancer_alarm, NAMES.no_targets_alarm} == set(rollback_alarms(NAMES))


def test_one_instance_that_is_replaced_raises_no_alarm(graph):
    alarm = graph.one(aws.cloudwatch.MetricAlarm, "ctl-agent-lost")
    assert (alarm["statistic"], alarm["threshold"], alarm["period"], alarm["evaluationPeriods"]) == ("Sum", 3, 3600, 1)


def test_one_launch_that_is_abandoned_fails_a_rollout_and_notifies_nobody_and_two_within_an_hour_do(graph):
    guard, told = (graph.one(aws.cloudwatch.MetricAlarm, f"ctl-{each}") for each in ROLLBACK_AND_TOLD)
    assert guard.inputs.get("alarmActions") is guard.inputs.get("okActions") is None
    assert (guard["name"] in rollback_alarms(NAMES), guard["threshold"], guard["period"]) == (True, 1, 60)
    assert (told["metricName"], told["statistic"]) == (guard["metricName"], "Sum")
    assert (told["threshold"], told["period"], bool(told["alarmActions"])) == (2, 3600, True)


def test_a_rollout_that_takes_longer_than_all_its_deadlines_raises_an_alarm(graph):
    alarm = graph.one(aws.cloudwatch.MetricAlarm, "ctl-rollout-waits")
    hours = rollout_hours(controller_settings())
    assert hours == -(-(10 * (600 + 900) + 300) // 3600)
    assert (alarm["statistic"], alarm["period"], alarm["evaluationPeriods"]) == ("Minimum", 3600, hours)


def test_the_alarm_on_a_rollout_waits_for_its_canary():
    patient = controller_settings(rollout=Rollout(canary_minutes=90))
    assert rollout_hours(patient) == -(-(10 * (600 + 900) + 90 * 60 + 300) // 3600)
    alarm = a_controller_graph(rollout={"canary_minutes": 90}).one(aws.cloudwatch.MetricAlarm, "ctl-rollout-waits")
    assert alarm["evaluationPeriods"] == rollout_hours(patient) > rollout_hours(controller_settings())


def test_the_alarm_on_a_rollout_looks_back_as_far_as_cloudwatch_does():
    longest = controller_settings(
        rollout=Rollout(max_healthy_percent=101, bake_s=172_800), drain=Drain(deadline_s=86_400)
    )
    assert rollout_hours(longest) == 168


def test_its_alarms_look_at_its_own_metrics(graph):
    own = [
        alarm
        for alarm in graph.of(aws.cloudwatch.MetricAlarm)
        if alarm.inputs.get("namespace") == "EcsPlatform/ecs-test"
    ]
    assert {alarm.name: json.dumps(alarm["dimensions"], sort_keys=True) for alarm in own} == {
        f"ctl-{name}": '{"Cluster": "ecs-test", "Controller": "instances"}'
        for name in (
            "silent", "readiness-abandoned", "drain-deadline", "launches-abandoned", "agent-lost", "failed-actions",
            "rollout-blocked",
            "instances-retained", "useless-instances", "unregistered-instances", "paused", "instances-unplanned",
            "rollout-waits", "switch-unknown", "unread-parts", "image-old",
        )
    }  # fmt: skip


@pytest.mark.parametrize(
    ("alarm", "minutes"), [("ctl-useless-instances", 15), ("ctl-unregistered-instances", 15), ("ctl-paused", 30)]
)
def test_what_may_pass_by_itself_must_last(graph, alarm, minutes):
    node = graph.one(aws.cloudwatch.MetricAlarm, alarm)
    assert (node["period"], node["evaluationPeriods"], node["datapointsToAlarm"]) == (60, minutes, minutes)


@pytest.mark.parametrize(
    ("action", "ending", "alarm"),
    [
        (actions.Complete, "deadline", "ctl-drain-deadline"),
        (actions.Complete, "not ready", "ctl-readiness-abandoned"),
    ],
)
def test_one_such_ending_raises_an_alarm(graph, action, ending, alarm):
    done = action(group="g", hook="h", instance_id="i", result="CONTINUE", ending=ending, reason="r")
    counts = passes.tally([passes.Result(action=done, outcome="done")])
    node = graph.one(aws.cloudwatch.MetricAlarm, alarm)
    assert counts[node["metricName"]] >= node["threshold"]
    assert (node["evaluationPeriods"], node["datapointsToAlarm"]) == (1, 1)


def test_the_group_is_destroyed_before_all_that_drains_it(program):
    before = program.before(program.one(aws.autoscaling.Group))
    needed = [
        program.one(aws.lambda_.Function, "ecs-prod-instance-controller-function"),
        program.one(aws.iam.RolePolicy, "ecs-prod-instance-controller-role"),
        program.one(aws.cloudwatch.LogGroup, "ecs-prod-instance-controller-logs"),
        program.one(aws.scheduler.Schedule, "ecs-prod-instance-controller-schedule"),
        program.one(aws.iam.RolePolicy, "ecs-prod-instance-controller-schedule"),
        program.one(aws.cloudwatch.EventRule, "ecs-prod-instance-controller-lifecycle"),
        program.one(aws.cloudwatch.EventTarget, "ecs-prod-instance-controller-lifecycle"),
        program.one(aws.lambda_.Permission, "ecs-prod-instance-controller-lifecycle"),
        program.one(aws.ssm.Parameter, "ecs-prod-kill-switch"),
        program.one(aws.ssm.Parameter, "ecs-prod-instance-controller-next-look"),
        program.one(aws.ecs.Cluster),
        program.one(aws.iam.RolePolicy, "ecs-prod-instances-role"),
    ]
    assert [node.name for node in needed if node.urn not in before] == []


def test_nothing_that_drains_waits_for_the_group(program):
    group = program.one(aws.autoscaling.Group).urn
    assert {node.type for node in program.nodes if group in program.before(node) and node.custom} == {
        token(aws.autoscaling.LifecycleHook),
        token(aws.cloudwatch.MetricAlarm),  # looks at the group, and has no part in its end
        token(aws.cloudwatch.Dashboard),  # likewise
    }


def test_an_invocation_has_to_end_before_its_function_is_cut_off():
    a_controller_graph(pace=Pace(observe_for_s=59, pass_s=31))
    with pytest.raises(ValueError, match=r"function timeout: 90 s is less than 59 s of observing \+ 32 s"):
        a_controller_graph(pace=Pace(observe_for_s=59, pass_s=32))
