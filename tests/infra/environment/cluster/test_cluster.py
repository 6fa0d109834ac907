import json
from typing import Any

import pulumi_aws as aws

from infra.environment.cluster.cluster import Cluster, ClusterArgs
from tests.support.builders import alarm_topics, some_conventions
from tests.support.graph import ACCOUNT, REGION, Graph, graph_of


def graph_with(*, preview: bool = False, **changes) -> Graph:
    inputs: dict[str, Any] = {"conventions": some_conventions()} | changes
    return graph_of(lambda: Cluster("main", ClusterArgs(alarm_topics=alarm_topics(), **inputs)), preview=preview)


def test_instances_find_the_cluster_by_its_name():
    assert graph_with().one(aws.ecs.Cluster)["name"] == "ecs-test"


def test_container_insights_are_enhanced_unless_told_otherwise():
    for graph, expected in ((graph_with(), "enhanced"), (graph_with(container_insights="disabled"), "disabled")):
        assert graph.one(aws.ecs.Cluster)["settings"] == [{"name": "containerInsights", "value": expected}]


def test_what_container_insights_writes_is_kept_as_long_as_other_logs():
    graph = graph_with()
    group = graph.one(aws.cloudwatch.LogGroup, "main-insights-logs")
    assert group["name"] == "/aws/ecs/containerinsights/ecs-test/performance"
    assert group["retentionInDays"] == some_conventions().log_retention_days
    assert group.urn in graph.one(aws.ecs.Cluster).depends_on  # or AWS makes one, without retention and key
    assert not graph_with(container_insights="disabled").of(aws.cloudwatch.LogGroup, "main-insights-logs")


def test_commands_run_in_tasks_are_recorded():
    graph = graph_with()
    command = graph.one(aws.ecs.Cluster)["configuration"]["executeCommandConfiguration"]
    group = graph.one(aws.cloudwatch.LogGroup, "main-exec-logs")
    assert command["logging"] == "OVERRIDE"
    assert command["logConfiguration"] == {
        "cloudWatchLogGroupName": group["name"],
        "cloudWatchEncryptionEnabled": False,
    }


def test_recordings_of_commands_are_encrypted_with_the_key_of_the_environment():
    graph = graph_with(conventions=some_conventions(key_arn="arn:aws:kms:eu-central-1:123456789012:key/1"))
    configuration = graph.one(aws.ecs.Cluster)["configuration"]["executeCommandConfiguration"]["logConfiguration"]
    assert configuration["cloudWatchEncryptionEnabled"]
    assert {group["kmsKeyId"][-5:] for group in graph.of(aws.cloudwatch.LogGroup)} == {"key/1"}


def test_every_ecs_event_of_this_cluster_and_no_other_reaches_the_log_group():
    graph = graph_with(preview=True)
    pattern = json.loads(graph.one(aws.cloudwatch.EventRule)["eventPattern"])
    assert pattern == {
        "source": ["aws.ecs"],
        "$or": [
            {"detail": {"clusterArn": [f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/ecs-test"]}},
            {"resources": [{"prefix": f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/ecs-test/"}]},
        ],
    }
    target, group = graph.one(aws.cloudwatch.EventTarget), graph.one(aws.cloudwatch.LogGroup, "main-event-logs")
    assert target.property_dependencies["arn"] == {group.urn}
    assert group["name"].startswith("/aws/events/")


def test_eventbridge_may_write_to_the_log_group_before_it_is_asked_to():
    graph = graph_with()
    policy, target = graph.one(aws.cloudwatch.LogResourcePolicy), graph.one(aws.cloudwatch.EventTarget)
    (statement,) = json.loads(policy["policyDocument"])["Statement"]
    assert statement["Principal"] == {"Service": ["events.amazonaws.com", "delivery.logs.amazonaws.com"]}
    assert statement["Resource"] == [f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/events/ecs-test:*"]
    assert policy.urn in graph.before(target)


def test_an_event_that_cannot_be_delivered_is_kept_and_encrypted():
    graph = graph_with()
    target, queue = graph.one(aws.cloudwatch.EventTarget), graph.one(aws.sqs.Queue)
    assert target.property_dependencies["deadLetterConfig"] == {queue.urn}
    assert (queue["sqsManagedSseEnabled"], queue["messageRetentionSeconds"]) == (True, 14 * 24 * 3600)
    (statement,) = json.loads(graph.one(aws.sqs.QueuePolicy)["policy"])["Statement"]
    assert statement["Condition"]["ArnLike"]["aws:SourceArn"].endswith(":rule/main-events-*")


def test_every_log_group_ends_after_the_days_that_are_set():
    assert {
        group["retentionInDays"]
        for group in graph_with(conventions=some_conventions(log_retention_days=14)).of(aws.cloudwatch.LogGroup)
    } == {14}
