import json

import pulumi_aws as aws

from infra.environment.monitoring.dead_letter_queue import LONGEST_RETENTION_S
from tests.support.builders import LOCATION, a_dead_letter_queue
from tests.support.graph import Graph, graph_of


def graph_with(*, preview: bool = False, **changes) -> Graph:
    return graph_of(lambda: a_dead_letter_queue(**changes), preview=preview)


def test_a_message_is_encrypted_and_kept_as_long_as_sqs_can():
    queue = graph_with().one(aws.sqs.Queue)
    assert (queue["sqsManagedSseEnabled"], queue["messageRetentionSeconds"]) == (True, 14 * 24 * 3600)
    assert LONGEST_RETENTION_S == 1_209_600  # SQS, MessageRetentionPeriod
    assert graph_with(retention_s=3600).one(aws.sqs.Queue)["messageRetentionSeconds"] == 3600


def test_one_service_may_send_and_only_for_its_source():
    (statement,) = json.loads(graph_with().one(aws.sqs.QueuePolicy)["policy"])["Statement"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Action"] == ["sqs:SendMessage"]
    assert statement["Condition"] == {"ArnLike": {"aws:SourceArn": LOCATION.arn("events", "rule/x-*")}}


def test_its_policy_is_known_in_a_preview():
    graph = graph_with(preview=True)
    (statement,) = json.loads(graph.one(aws.sqs.QueuePolicy)["policy"])["Statement"]
    assert statement["Resource"] == [LOCATION.arn("sqs", graph.one(aws.sqs.Queue).name + "-0a1b2c3")]


def test_the_first_message_raises_an_alarm_that_lasts_while_nothing_measures_the_queue():
    alarm = graph_with().one(aws.cloudwatch.MetricAlarm)
    assert alarm["metricName"] == "ApproximateNumberOfMessagesVisible"
    assert (alarm["threshold"], alarm["treatMissingData"]) == (1, "ignore")


def test_as_many_messages_as_are_tolerated_raise_no_alarm():
    assert graph_with(tolerated=2).one(aws.cloudwatch.MetricAlarm)["threshold"] == 3
