import json

import pulumi_aws as aws
import pytest

from infra.environment.cluster.cluster import Cluster, ClusterArgs
from infra.environment.controllers import (
    KillSwitch,
    KillSwitchArgs,
    RebalancingController,
    RebalancingControllerArgs,
)
from infra.services import placement
from lambdas.cluster import metrics as shared
from lambdas.cluster import tags
from lambdas.cluster.disruption import Disruption
from lambdas.rebalancing import metrics
from lambdas.rebalancing.settings import Moves, Settings
from tests.support.builders import alarm_topics, some_conventions
from tests.support.graph import graph_of
from tests.support.watched import told

MOVES = Moves(services=9, cooldown_s=60, timeout_s=300, soak_s=10, look_minutes=2)


def a_moving_graph(**changes):
    """The rebalancing controller of the environment `test`, named `moving`."""

    def program() -> None:
        base, topic = some_conventions(), alarm_topics()
        inputs = {
            "conventions": base,
            "alarm_topics": topic,
            "cluster": Cluster("main", ClusterArgs(conventions=base, alarm_topics=topic)),
            "switch": KillSwitch("switch", KillSwitchArgs(conventions=base)),
            "moves": MOVES,
            "disruption": Disruption(percent=20, quiet=("Mon-Fri 07:00-19:00", "22:00-06:00")),
        }
        controller = RebalancingController("moving", RebalancingControllerArgs(**(inputs | changes)))
        controller.alarm_on_silence(after=inputs["switch"].parameter)

    return graph_of(program)


@pytest.fixture(scope="module")
def graph():
    return a_moving_graph()


def test_the_function_reads_back_the_settings_that_the_program_wrote(graph):
    function = graph.one(aws.lambda_.Function)
    variables = function["environment"]["variables"]
    settings = Settings.from_environment(variables)
    assert settings.environment() == variables
    assert settings.target.switch_parameter == "/ecs-platform/test/controllers"
    assert settings.target.next_look_parameter == "/ecs-platform/test/next-look/rebalancing"
    assert settings.moves == MOVES
    assert settings.disruption == Disruption(percent=20, quiet=("Mon-Fri 07:00-19:00", "22:00-06:00"))
    assert function["handler"] == "lambdas.rebalancing.handler.handle"


def test_the_dry_run_is_a_parameter_that_the_function_finds_and_that_says_how_it_counts(graph):
    parameter = graph.one(aws.ssm.Parameter, "moving-dry-run")
    settings = Settings.from_environment(graph.one(aws.lambda_.Function)["environment"]["variables"])
    assert parameter["name"] == settings.dry_run.parameter == "/ecs-platform/test/rebalancing-dry-run-days"
    assert parameter["insecureValue"] == "7"
    assert "LastModifiedDate" in parameter["description"]
    assert parameter.ignore_changes == ()  # another number begins another dry run


def test_it_looks_by_its_schedule_and_at_no_event(graph):
    assert graph.one(aws.scheduler.Schedule)["scheduleExpression"] == "rate(1 minute)"
    assert not graph.of(aws.cloudwatch.EventTarget, "moving-lifecycle")
    assert [rule.name for rule in graph.of(aws.cloudwatch.EventRule) if rule.name.startswith("moving")] == []


def test_every_alarm_looks_at_a_metric_of_the_controller_and_tells_somebody(graph):
    known = {value for module in (metrics, shared) for value in vars(module).values() if isinstance(value, str)}
    own = [
        alarm
        for alarm in graph.of(aws.cloudwatch.MetricAlarm)
        if alarm.inputs.get("namespace") == "EcsPlatform/ecs-test"
    ]
    assert {alarm.name: (alarm["metricName"], alarm["datapointsToAlarm"]) for alarm in own} == {
        "moving-silent": ("CompletedPasses", 5),
        "moving-moves-do-not-help": ("ServicesGivenUp", 30),
        "moving-failed-actions": ("FailedActions", 3),
        "moving-unread-parts": ("UnreadParts", 15),
    }
    for alarm in own:
        assert alarm["metricName"] in known
        assert alarm["dimensions"] == {"Cluster": "ecs-test", "Controller": "rebalancing"}
        assert told(graph, alarm)[1]
        assert alarm["treatMissingData"] == ("breaching" if alarm.name == "moving-silent" else "notBreaching")
    given_up = graph.one(aws.cloudwatch.MetricAlarm, "moving-moves-do-not-help")
    assert "Severity: ticket" in given_up["alarmDescription"]


def test_it_may_change_how_many_tasks_there_are_and_not_what_they_run(graph):
    statements = json.loads(graph.one(aws.iam.RolePolicy, "moving-role")["policy"])["Statement"]
    (update,) = [each for each in statements if "ecs:UpdateService" in each["Action"]]
    assert update["Condition"]["Null"] == {"ecs:task-definition": "true"}
    (tagging,) = [each for each in statements if "ecs:TagResource" in each["Action"]]
    assert tagging["Condition"]["ForAllValues:StringEquals"] == {"aws:TagKeys": [tags.MOVE]}


def test_services_and_the_controller_mean_the_same_tags():
    assert (placement.MOVE, placement.REBALANCING) == (tags.MOVE, tags.REBALANCING)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"dry_run_days": -1}, "dry_run_days: must be 0 to 365, got -1"),
        ({"dry_run_days": 366}, "dry_run_days: must be 0 to 365, got 366"),
        ({"moves": Moves(soak_s=601)}, "moves soak: must be 0 to 600, got 601"),
        ({"disruption": Disruption(quiet=("at night",))}, "quiet time: write it like"),
    ],
)
def test_what_the_function_would_refuse_ends_the_preview(changes, says):
    with pytest.raises(ValueError, match=says):
        a_moving_graph(**changes)
