import json
from typing import Any

import pulumi_aws as aws
import pytest

from infra.common.alarms import Alarm
from infra.environment.monitoring.alarm_topic import AlarmTopic, AlarmTopicArgs
from tests.support.builders import some_conventions
from tests.support.graph import ACCOUNT, Graph, graph_of

KEY = "arn:aws:kms:eu-central-1:123456789012:key/1"


def an_alarm(**changes: Any) -> Alarm:
    what: dict[str, Any] = {"summary": "It broke.", "runbook": "it-broke"}
    watched = {"namespace": "Ns", "metric": "M", "dimensions": {"D": "1"}, "threshold": 1}
    return Alarm(**(what | watched | changes))


def graph_with(alarm: Alarm | None = None, conventions=None, **changes) -> Graph:
    def program() -> None:
        made = AlarmTopic("main", AlarmTopicArgs(conventions=some_conventions(**(conventions or {})), **changes))
        made.alarm("main-broken", alarm or an_alarm(), made)

    return graph_of(program)


def test_an_alarm_tells_the_topic_when_it_goes_to_alarm_and_when_it_is_ok():
    graph = graph_with()
    alarm, topic = graph.one(aws.cloudwatch.MetricAlarm), graph.one(aws.sns.Topic)
    assert alarm.property_dependencies["alarmActions"] == alarm.property_dependencies["okActions"] == {topic.urn}


def test_an_alarm_says_what_is_wrong_and_where_its_runbook_is():
    alarm = graph_with().one(aws.cloudwatch.MetricAlarm)
    assert alarm["alarmDescription"] == "It broke. Runbook: docs/operations.md#it-broke"


def test_silence_is_fine_unless_it_is_a_sign_of_life_that_is_missing():
    assert graph_with().one(aws.cloudwatch.MetricAlarm)["treatMissingData"] == "notBreaching"
    alarm = graph_with(an_alarm(missing="breaching")).one(aws.cloudwatch.MetricAlarm)
    assert alarm["treatMissingData"] == "breaching"


def test_pulumi_names_an_alarm_unless_somebody_watches_it_by_name():
    assert "name" not in graph_with().one(aws.cloudwatch.MetricAlarm).inputs
    assert graph_with(an_alarm(name="known")).one(aws.cloudwatch.MetricAlarm)["name"] == "known"


def test_only_alarms_of_this_account_may_publish():
    graph = graph_with()
    (statement,) = json.loads(graph.one(aws.sns.TopicPolicy)["policy"])["Statement"]
    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statement["Action"] == ["sns:Publish"]
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    assert graph.one(aws.sns.TopicPolicy).property_dependencies["arn"] == {graph.one(aws.sns.Topic).urn}


@pytest.mark.parametrize("key", [None, KEY])
def test_the_topic_is_under_the_key_of_the_environment(key):
    assert graph_with(conventions={"key_arn": key}).one(aws.sns.Topic).inputs.get("kmsMasterKeyId") == key


def test_every_address_is_subscribed():
    found = graph_with(emails=("a@example.com", "b@example.com")).of(aws.sns.TopicSubscription)
    assert {(each["protocol"], each["endpoint"]) for each in found} == {
        ("email", "a@example.com"), ("email", "b@example.com"),
    }  # fmt: skip
    assert graph_with().of(aws.sns.TopicSubscription) == []
