import json

import pulumi_aws as aws
import pytest

from infra.environment.controllers import function
from tests.support.builders import LOCATION, a_controller_graph
from tests.support.graph import ACCOUNT

RULE, FUNCTION = "ctl-lifecycle", "ctl-function"


@pytest.fixture(scope="module")
def graph():
    return a_controller_graph()


def test_it_looks_every_minute_whatever_events_say(graph):
    schedule = graph.one(aws.scheduler.Schedule)
    assert schedule["scheduleExpression"] == "rate(1 minute)"
    assert schedule["flexibleTimeWindow"] == {"mode": "OFF"}
    assert "state" not in schedule.inputs
    assert graph.one(aws.lambda_.Function, FUNCTION).urn in schedule.property_dependencies["target"]


def test_the_scheduler_may_call_this_function_and_send_dead_letter_messages_and_nothing_else(graph):
    schedule = graph.one(aws.scheduler.Schedule)
    role, policy = graph.one(aws.iam.Role, "ctl-schedule"), graph.one(aws.iam.RolePolicy, "ctl-schedule")
    assert {role.urn, policy.urn} <= graph.before(schedule)
    allowed = {
        (action, resource)
        for each in json.loads(policy["policy"])["Statement"]
        for action in each["Action"]
        for resource in each["Resource"]
    }
    assert allowed == {
        ("lambda:InvokeFunction", LOCATION.arn("lambda", "function:ecs-test-instances")),
        ("sqs:SendMessage", LOCATION.arn("sqs", "ctl-dead-letter-queue-0a1b2c3")),
    }
    (trust,) = json.loads(role["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


@pytest.mark.parametrize("token", [aws.scheduler.Schedule, aws.cloudwatch.EventTarget])
def test_what_wakes_it_gives_up_before_the_next_turn_and_sends_a_dead_letter_message(graph, token):
    (node,) = [each for each in graph.of(token) if each.name.startswith("ctl-")]
    settings = node["target"] if token is aws.scheduler.Schedule else node.inputs
    assert settings["retryPolicy"] == {"maximumEventAgeInSeconds": function.EVENT_AGE_S, "maximumRetryAttempts": 1}
    key = "target" if token is aws.scheduler.Schedule else "deadLetterConfig"
    assert graph.one(aws.sqs.Queue, "ctl-dead-letter-queue").urn in node.property_dependencies[key]


def test_a_hint_may_call_the_function_before_it_is_told_to(graph):
    permission, rule = graph.one(aws.lambda_.Permission), graph.one(aws.cloudwatch.EventRule, RULE)
    target = graph.one(aws.cloudwatch.EventTarget, RULE)
    assert (permission["action"], permission["principal"]) == ("lambda:InvokeFunction", "events.amazonaws.com")
    assert permission.property_dependencies["sourceArn"] == {rule.urn}
    assert permission.property_dependencies["function"] == {graph.one(aws.lambda_.Function, FUNCTION).urn}
    assert target.property_dependencies["rule"] == {rule.urn}
    assert target.property_dependencies["arn"] == {graph.one(aws.lambda_.Function, FUNCTION).urn}
    assert {permission.urn, graph.one(aws.sqs.QueuePolicy, "ctl-dead-letter-queue-policy").urn} <= graph.before(target)


def test_only_rules_of_this_controller_may_send_dead_letter_messages(graph):
    (statement,) = json.loads(graph.one(aws.sqs.QueuePolicy, "ctl-dead-letter-queue-policy")["policy"])["Statement"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Condition"] == {"ArnLike": {"aws:SourceArn": LOCATION.arn("events", "rule/ctl-*")}}


def test_silence_of_five_minutes_is_an_alarm(graph):
    alarm = graph.one(aws.cloudwatch.MetricAlarm, "ctl-silent")
    assert alarm["treatMissingData"] == "breaching"
    assert (alarm["comparisonOperator"], alarm["threshold"], alarm["statistic"]) == ("LessThanThreshold", 1, "Sum")
    assert (alarm["period"], alarm["evaluationPeriods"], alarm["datapointsToAlarm"]) == (60, 5, 5)
    assert alarm["dimensions"] == {"Cluster": "ecs-test", "Controller": "instances"}
    assert graph.one(aws.ssm.Parameter, "switch-kill-switch").urn in alarm.depends_on


def test_it_may_read_its_switch_and_publish_in_its_own_namespace_only(graph):
    statements = json.loads(graph.one(aws.iam.RolePolicy, "ctl-role")["policy"])["Statement"]
    switch, next_look = [each for each in statements if "ssm:GetParameter" in each["Action"]]
    (metrics,) = [each for each in statements if "cloudwatch:PutMetricData" in each["Action"]]
    assert switch["Resource"] == [LOCATION.arn("ssm", "parameter/ecs-platform/test/controllers")]
    assert switch["Action"] == ["ssm:GetParameter"]
    assert next_look["Resource"] == [LOCATION.arn("ssm", "parameter/ecs-platform/test/next-look/instances")]
    assert next_look["Action"] == ["ssm:GetParameter", "ssm:PutParameter"]
    assert metrics["Condition"] == {"StringEquals": {"cloudwatch:namespace": "EcsPlatform/ecs-test"}}
    assert graph.one(aws.cloudwatch.MetricAlarm, "ctl-silent")["namespace"] == "EcsPlatform/ecs-test"
