"""A queue of work: what fails is kept and tells somebody; who works and who gives work may do just that."""

import json

import pulumi
import pulumi_aws as aws
import pytest

from infra.services.work_queue import WorkQueue, WorkQueueArgs
from tests.support.application import a_platform
from tests.support.service import graph_from

QUEUE, ALARM = aws.sqs.Queue, aws.cloudwatch.MetricAlarm


def graph_with(**changes):
    made = []
    graph = graph_from(lambda: made.append(WorkQueue("orders", WorkQueueArgs(platform=a_platform(), **changes))))
    return graph, made[0]


def test_work_that_fails_goes_to_another_queue_and_tells_somebody():
    graph, _ = graph_with(attempts=3)
    redrive = json.loads(graph.one(QUEUE, "orders")["redrivePolicy"])
    assert redrive["maxReceiveCount"] == 3
    assert redrive["deadLetterTargetArn"].rpartition(":")[2].startswith("orders-dead-letters")
    alarm = graph.one(ALARM)
    assert alarm["dimensions"]["QueueName"].startswith("orders-dead-letters")
    assert (alarm["threshold"], alarm["comparisonOperator"]) == (1, "GreaterThanOrEqualToThreshold")
    assert len(alarm["alarmActions"]) == 1


@pytest.mark.parametrize("name", ["orders", "orders-dead-letters"])
def test_both_are_encrypted_and_keep_for_as_long_as_is_said(name):
    graph, _ = graph_with(retention_days=3)
    assert graph.one(QUEUE, name)["sqsManagedSseEnabled"] is True
    kept_days = {"orders": 3, "orders-dead-letters": 14}[name]
    assert graph.one(QUEUE, name)["messageRetentionSeconds"] == kept_days * 86_400


def test_the_visibility_timeout_is_what_is_said():
    assert graph_with(visibility_timeout_s=600)[0].one(QUEUE, "orders")["visibilityTimeoutSeconds"] == 600


def test_who_works_may_not_send_and_who_sends_may_not_work():
    _, queue = graph_with()
    assert "sqs:SendMessage" not in queue.receive["Action"]
    assert not {"sqs:ReceiveMessage", "sqs:DeleteMessage"} & set(queue.send["Action"])


def test_the_backlog_is_that_of_the_queue():
    target = graph_with()[1].backlog(acceptable_latency_s=60, message_s=3)
    assert target.messages == 20


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"visibility_timeout_s": 43_201}, "WorkQueueArgs.visibility_timeout_s: must be 1 to 43200 s, got 43201"),
        ({"visibility_timeout_s": "2m"}, "must be a whole number of seconds, got '2m'; write 120"),
        ({"attempts": 0}, "WorkQueueArgs.attempts: must be 1 to 1000, got 0"),
        ({"retention_days": 15}, "WorkQueueArgs.retention_days: must be 1 to 13 days, got 15"),
        ({"retention_days": "2 weeks"}, "must be a whole number of days, got '2 weeks'; write 14"),
    ],
)
def test_what_sqs_does_not_take_is_a_sentence(changes, says):
    with pytest.raises(pulumi.RunError, match=says):
        WorkQueueArgs(platform=a_platform(), **changes)
