import json
from typing import Any

import pulumi_aws as aws
import pytest

from infra.common.alarms import Alarm
from infra.common.measures import Metric, error_rate
from infra.environment.monitoring.alarm_topics import AlarmTopics, AlarmTopicsArgs, Subscribers
from tests.support.builders import some_conventions
from tests.support.graph import ACCOUNT, REGION, Graph, graph_of

KEY = "arn:aws:kms:eu-central-1:123456789012:key/1"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:chat"
M = Metric(namespace="Ns", name="M", dimensions={"D": "1"})


def an_alarm(**changes: Any) -> Alarm:
    return Alarm(**({"summary": "It broke.", "runbook": "it-broke", "measure": M, "threshold": 1} | changes))


def graph_with(alarm: Alarm | None = None, conventions=None, cause=None, **changes) -> Graph:
    def program() -> None:
        made = AlarmTopics("main", AlarmTopicsArgs(conventions=some_conventions(**(conventions or {})), **changes))
        made.alarm("main-broken", alarm or an_alarm(), made, cause=cause)

    return graph_of(program)


def broken(graph: Graph):
    return graph.one(aws.cloudwatch.MetricAlarm, "main-broken")


@pytest.mark.parametrize("severity", ["page", "ticket"])
def test_an_alarm_tells_the_topic_of_its_severity_when_it_goes_to_alarm_and_when_it_is_ok(severity):
    graph = graph_with(an_alarm(severity=severity))
    alarm, topic = broken(graph), graph.one(aws.sns.Topic, f"main-{severity}-topic")
    assert alarm.property_dependencies["alarmActions"] == alarm.property_dependencies["okActions"] == {topic.urn}


def test_an_alarm_says_what_is_wrong_how_bad_it_is_and_where_its_runbook_is():
    assert broken(graph_with())["alarmDescription"] == (
        "It broke. Severity: ticket. Runbook: docs/operations.md#it-broke"
    )
    linked = broken(graph_with(an_alarm(severity="page"), runbook_url="https://example.com/runbooks"))
    assert linked["alarmDescription"] == ("It broke. Severity: page. Runbook: https://example.com/runbooks#it-broke")


def test_silence_is_fine_unless_it_is_a_sign_of_life_that_is_missing():
    assert broken(graph_with())["treatMissingData"] == "notBreaching"
    assert broken(graph_with(an_alarm(missing="breaching")))["treatMissingData"] == "breaching"


def test_pulumi_names_an_alarm_unless_somebody_watches_it_by_name():
    assert "name" not in broken(graph_with()).inputs
    assert broken(graph_with(an_alarm(name="known")))["name"] == "known"


def test_a_percentile_is_an_extended_statistic():
    alarm = broken(graph_with(an_alarm(measure=M.by("p95"))))
    assert (alarm["extendedStatistic"], "statistic" in alarm.inputs) == ("p95", False)


def test_a_formula_is_computed_of_metrics_that_are_not_judged_themselves():
    alarm = broken(graph_with(an_alarm(measure=error_rate(M, M), period_s=300)))
    computed, *read = alarm["metricQueries"]
    assert (computed["id"], computed["returnData"]) == ("result", True)
    assert {one["id"]: (one["returnData"], one["metric"]["period"]) for one in read} == {
        "errors": (False, 300), "requests": (False, 300),
    }  # fmt: skip
    assert not {"namespace", "metricName", "statistic", "period", "dimensions"} & alarm.inputs.keys()


def test_while_its_cause_is_known_an_alarm_tells_nobody():
    graph = graph_with(cause="arn:cause")
    speaker = graph.one(aws.cloudwatch.CompositeAlarm)
    assert not {"alarmActions", "okActions"} & broken(graph).inputs.keys()
    assert speaker["alarmRule"] == 'ALARM("main-broken-0a1b2c3")'
    assert speaker["alarmName"] == "main-broken-0a1b2c3-told"
    assert speaker["actionsSuppressor"] == {"alarm": "arn:cause", "waitPeriod": 120, "extensionPeriod": 300}
    assert speaker["alarmDescription"] == broken(graph)["alarmDescription"]
    topic = graph.one(aws.sns.Topic, "main-ticket-topic")
    assert speaker.property_dependencies["alarmActions"] == speaker.property_dependencies["okActions"] == {topic.urn}


def test_while_something_worse_is_told_an_alarm_tells_nobody():
    def program() -> None:
        made = AlarmTopics("main", AlarmTopicsArgs(conventions=some_conventions()))
        worse = made.alarm("main-worse", an_alarm(severity="page"), made)
        made.alarm("main-broken", an_alarm(), made, worse=worse)

    graph = graph_of(program)
    speaker = graph.one(aws.cloudwatch.CompositeAlarm)
    assert speaker["alarmRule"] == 'ALARM("main-broken-0a1b2c3") AND NOT ALARM("main-worse-0a1b2c3")'
    assert "alarmActions" not in broken(graph).inputs
    assert graph.one(aws.cloudwatch.MetricAlarm, "main-worse")["alarmActions"]


def test_only_alarms_of_this_account_may_publish():
    graph = graph_with(fallback_emails=("c@example.com",))
    assert len(graph.of(aws.sns.TopicPolicy)) == 3
    for policy in graph.of(aws.sns.TopicPolicy):
        (statement,) = json.loads(policy["policy"])["Statement"]
        assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
        assert statement["Action"] == ["sns:Publish"]
        assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
        topic = graph.one(aws.sns.Topic, policy.name.removesuffix("-policy"))
        assert policy.property_dependencies["arn"] == {topic.urn}


@pytest.mark.parametrize("key", [None, KEY])
def test_the_topics_are_under_the_key_of_the_environment(key):
    topics = graph_with(conventions={"key_arn": key}).of(aws.sns.Topic)
    assert [topic.inputs.get("kmsMasterKeyId") for topic in topics] == [key, key]


def test_subscribers_of_a_severity_hear_of_nothing_else():
    page = Subscribers(emails=("a@example.com",), urls=("https://pager.example.com/1",), function_arns=(FUNCTION,))
    graph = graph_with(subscribers={"page": page})
    found = graph.of(aws.sns.TopicSubscription)
    assert {(each["protocol"], each["endpoint"]) for each in found} == {
        ("email", "a@example.com"), ("https", "https://pager.example.com/1"), ("lambda", FUNCTION),
    }  # fmt: skip
    topic = graph.one(aws.sns.Topic, "main-page-topic")
    assert all(each.property_dependencies["topic"] == {topic.urn} for each in found)
    assert graph_with().of(aws.sns.TopicSubscription) == []


def test_the_topic_may_call_the_function_before_it_is_subscribed():
    graph = graph_with(subscribers={"ticket": Subscribers(function_arns=(FUNCTION,))})
    permission, subscription = graph.one(aws.lambda_.Permission), graph.one(aws.sns.TopicSubscription)
    assert (permission["principal"], permission["function"]) == ("sns.amazonaws.com", FUNCTION)
    assert permission.property_dependencies["sourceArn"] == {graph.one(aws.sns.Topic, "main-ticket-topic").urn}
    assert permission.urn in subscription.depends_on


def test_no_name_holds_an_address_and_an_address_that_stands_twice_is_subscribed_once():
    url = "https://pager.example.com/sns/KEY"
    both = Subscribers(urls=(url, url), function_arns=(f"{FUNCTION}:blue", f"{FUNCTION}:green"))
    graph = graph_with(subscribers={"page": both})
    found = graph.of(aws.sns.TopicSubscription)
    assert sorted(each["endpoint"] for each in found) == sorted([url, f"{FUNCTION}:blue", f"{FUNCTION}:green"])
    assert not [each.name for each in graph.nodes if "KEY" in each.name or "pager" in each.name]
    (https,) = [each for each in found if each["protocol"] == "https"]
    assert (https["endpointAutoConfirms"], https["confirmationTimeoutInMinutes"]) == (True, 5)
    assert len({each.name for each in graph.of(aws.lambda_.Permission)}) == 2


def test_others_are_told_when_a_topic_could_not_tell_somebody():
    graph = graph_with(fallback_emails=("c@example.com",))
    fallback = graph.one(aws.sns.Topic, "main-fallback-topic")
    assert graph.one(aws.sns.TopicSubscription).property_dependencies["topic"] == {fallback.urn}
    for severity in ("page", "ticket"):
        alarm = graph.one(aws.cloudwatch.MetricAlarm, f"main-{severity}-undelivered")
        assert alarm["metricName"] == "NumberOfNotificationsFailed"
        assert alarm.property_dependencies["dimensions"] == {graph.one(aws.sns.Topic, f"main-{severity}-topic").urn}
        assert alarm.property_dependencies["alarmActions"] == {fallback.urn}
    assert len(graph_with().of(aws.sns.Topic)) == 2
