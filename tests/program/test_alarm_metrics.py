"""Every alarm looks at something that is measured: by a controller, as its code publishes it, or by AWS."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import pulumi_aws as aws
import pytest

from infra.environment.instances.user_data import metric_namespace
from infra.services.service import RUNNING_TASKS
from lambdas.capacity import metrics as capacity_metrics
from lambdas.capacity.run import run
from lambdas.cluster.metrics import namespace
from tests.lambdas.capacity.capacity_api import NOW, Api
from tests.lambdas.capacity.clusters import some_settings
from tests.lambdas.instances.stage import Stage
from tests.lambdas.transport import all_of, fake_clients
from tests.support.calls import record
from tests.support.graph import Graph, Node
from tests.support.program import graph_for
from tests.support.shop import exported, shop
from tests.support.stack_files import stacks
from tests.support.started_instance import StartedInstance

MEASURED_BY_AWS = {
    # Namespace and dimensions → metrics with the statistics that mean something, as each service's guide lists them.
    ("AWS/Lambda", "FunctionName"): {"Errors": {"Sum"}, "Throttles": {"Sum"}},
    ("AWS/SQS", "QueueName"): {"ApproximateNumberOfMessagesVisible": {"Maximum", "Average"}},
    ("AWS/ApplicationELB", "LoadBalancer"): {"HTTPCode_ELB_5XX_Count": {"Sum"}},
    ("AWS/ApplicationELB", "LoadBalancer", "TargetGroup"): {
        "HTTPCode_Target_5XX_Count": {"Sum"},
        "UnHealthyHostCount": {"Average", "Minimum", "Maximum"},
    },
}

SIGNS_OF_LIFE = {"CompletedPasses"}
"""What must not fall silent; everything else is only there when something is wrong."""

TOO_LITTLE = {*SIGNS_OF_LIFE, RUNNING_TASKS}
"""Where less is worse."""


@pytest.fixture(scope="module", params=[*stacks(), "shop"])
def graph(request) -> Graph:
    return shop() if request.param == "shop" else graph_for(request.param)


def alarms(graph: Graph) -> list[Node]:
    found = graph.of(aws.cloudwatch.MetricAlarm)
    assert found
    return found


def published(params: Mapping[str, Any]) -> dict[str, set[str]]:
    """Controller, or "a service" → the metrics of one call."""
    assert params["Namespace"] == namespace("prod")
    found: dict[str, set[str]] = {}
    for datum in params["MetricData"]:
        dimensions = {each["Name"]: each["Value"] for each in datum["Dimensions"]}
        assert (dimensions.keys(), dimensions["Cluster"]) in (
            ({"Cluster", "Controller"}, "prod"),
            ({"Cluster", "Service"}, "prod"),
        )
        found.setdefault(dimensions.get("Controller", "a service"), set()).add(datum["MetricName"])
    return found


@cache
def measured() -> dict[str, set[str]]:
    """Controller → what a pass over a cluster publishes, as its code calls CloudWatch."""
    stage = Stage()
    stage.one()
    capacity = fake_clients(Api(1, 1, desired=2))
    calls = [*stage.calls]
    asked = record(all_of(capacity))
    run(capacity, some_settings(), NOW, {})
    puts = [each.params for each in (*calls, *asked) if each.operation == "PutMetricData"]
    return {name: metrics for params in puts for name, metrics in published(params).items()}


def test_both_controllers_measure():
    assert measured().keys() == {"instances", "capacity", "a service"}
    assert all("CompletedPasses" in measured()[name] for name in ("instances", "capacity"))


def test_the_alarm_of_a_service_and_the_controller_mean_the_same_metric():
    assert measured()["a service"] == {RUNNING_TASKS, capacity_metrics.PLACED_TASKS}
    assert capacity_metrics.RUNNING_TASKS == RUNNING_TASKS


def test_every_alarm_on_a_controller_looks_at_what_its_code_publishes(graph):
    for alarm in alarms(graph):
        dimensions = alarm["dimensions"]
        if alarm["namespace"] == namespace(dimensions.get("Cluster", "")):
            assert dimensions.keys() in ({"Cluster", "Controller"}, {"Cluster", "Service"}), alarm.name
            assert alarm["metricName"] in measured()[dimensions.get("Controller", "a service")], alarm.name


def test_an_environment_writes_and_watches_its_own_namespace_alone():
    graph = graph_for("prod")
    cluster = graph.one(aws.ecs.Cluster)["name"]
    own = {namespace(cluster), metric_namespace(cluster)}
    watched = {alarm["namespace"] for alarm in alarms(graph) if not alarm["namespace"].startswith("AWS/")}
    documents = [json.loads(node["policy"]) for node in graph.of(aws.iam.RolePolicy)]
    written = {
        statement["Condition"]["StringEquals"]["cloudwatch:namespace"]
        for document in documents
        for statement in document["Statement"]
        if "cloudwatch:PutMetricData" in statement["Action"]
    }
    assert watched == written == own


def test_every_alarm_on_the_instances_looks_at_what_their_agent_sends(graph):
    (template,) = graph.of(aws.ec2.LaunchTemplate) or [None]
    watched = [alarm for alarm in alarms(graph) if alarm["namespace"].endswith("/instances")]
    assert bool(template) == bool(watched)
    for alarm in watched:
        sent = StartedInstance.of(template["userData"]).monitoring["metrics"]
        plugin, _, measurement = alarm["metricName"].partition("_")
        assert sent["namespace"] == alarm["namespace"] == metric_namespace(graph.one(aws.ecs.Cluster)["name"])
        assert list(alarm["dimensions"]) in sent["aggregation_dimensions"], alarm.name
        assert measurement in sent["metrics_collected"][plugin]["measurement"], alarm.name
        assert alarm.property_dependencies["dimensions"] == {graph.one(aws.autoscaling.Group).urn}


def test_every_other_alarm_looks_at_what_aws_measures(graph):
    for alarm in alarms(graph):
        if alarm["namespace"].startswith("AWS/"):
            known = MEASURED_BY_AWS[alarm["namespace"], *sorted(alarm["dimensions"])]
            assert alarm["statistic"] in known[alarm["metricName"]], alarm.name


def test_silence_rings_only_where_it_is_a_sign_of_death(graph):
    for alarm in alarms(graph):
        alive = alarm["metricName"] in SIGNS_OF_LIFE
        assert (alarm["treatMissingData"] == "breaching") == alive, alarm.name
        assert (alarm["comparisonOperator"] == "LessThanThreshold") == (alarm["metricName"] in TOO_LITTLE), alarm.name


def test_an_alarm_on_silence_comes_after_what_it_listens_to(graph):
    for alarm in alarms(graph):
        if alarm["treatMissingData"] == "breaching":
            assert graph.one(aws.autoscaling.Group).urn in alarm.depends_on, alarm.name


def test_every_alarm_reaches_the_topic(graph):
    topics = {topic.urn for topic in graph.of(aws.sns.Topic)}
    for alarm in alarms(graph):
        if alarm.name.endswith("-readiness-abandoned"):
            continue  # a rollout looks at it: one launch that is abandoned is replaced by itself
        assert alarm["alarmActions"] == alarm["okActions"], alarm.name
        own, (told,) = alarm.property_dependencies["alarmActions"] & topics, alarm["alarmActions"]
        assert len(own) == 1 or told == exported()["alarmTopicArn"], alarm.name
        assert alarm.inputs.get("actionsEnabled", True), alarm.name
