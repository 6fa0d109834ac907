"""Every alarm looks at something that is measured: by a controller, as its code publishes it, or by AWS."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pulumi_aws as aws
import pytest

from infra.environment.instances.user_data import METRICS_NAMESPACE
from lambdas.capacity.run import run
from lambdas.cluster.metrics import NAMESPACE
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
    ("AWS/ECS", "ClusterName", "ServiceName"): {"CPUUtilization": {"Average", "SampleCount"}},
}

SIGNS_OF_LIFE = {"CompletedPasses", "CPUUtilization"}
"""What must not fall silent; everything else is only there when something is wrong."""


@pytest.fixture(scope="module", params=[*stacks(), "shop"])
def graph(request) -> Graph:
    return shop() if request.param == "shop" else graph_for(request.param)


def alarms(graph: Graph) -> list[Node]:
    found = graph.of(aws.cloudwatch.MetricAlarm)
    assert found
    return found


def published(params: Mapping[str, Any]) -> dict[str, set[str]]:
    """Controller → the metrics of one call, which all have the same dimensions."""
    assert params["Namespace"] == NAMESPACE
    found: dict[str, set[str]] = {}
    for datum in params["MetricData"]:
        dimensions = {each["Name"]: each["Value"] for each in datum["Dimensions"]}
        assert (dimensions.keys(), dimensions["Cluster"]) == ({"Cluster", "Controller"}, "prod")
        found.setdefault(dimensions["Controller"], set()).add(datum["MetricName"])
    return found


@cache
def measured() -> dict[str, set[str]]:
    """Controller → what a pass over a cluster publishes, as its code calls CloudWatch."""
    stage = Stage()
    stage.one()
    capacity = fake_clients(Api(1, 1))
    calls = [*stage.calls]
    asked = record(all_of(capacity))
    run(capacity, some_settings(), NOW, {})
    puts = [each.params for each in (*calls, *asked) if each.operation == "PutMetricData"]
    return {name: metrics for params in puts for name, metrics in published(params).items()}


def test_both_controllers_measure():
    assert measured().keys() == {"instances", "capacity"}
    assert all("CompletedPasses" in metrics for metrics in measured().values())


def test_every_alarm_on_a_controller_looks_at_what_its_code_publishes(graph):
    for alarm in alarms(graph):
        if alarm["namespace"] == NAMESPACE:
            dimensions = alarm["dimensions"]
            assert dimensions.keys() == {"Cluster", "Controller"}, alarm.name
            assert dimensions["Cluster"] == graph.one(aws.ecs.Cluster)["name"], alarm.name
            assert alarm["metricName"] in measured()[dimensions["Controller"]], alarm.name


def test_every_alarm_on_the_instances_looks_at_what_their_agent_sends(graph):
    (template,) = graph.of(aws.ec2.LaunchTemplate) or [None]
    watched = [alarm for alarm in alarms(graph) if alarm["namespace"] == METRICS_NAMESPACE]
    assert bool(template) == bool(watched)
    for alarm in watched:
        sent = StartedInstance.of(template["userData"]).monitoring["metrics"]
        plugin, _, measurement = alarm["metricName"].partition("_")
        assert sent["namespace"] == METRICS_NAMESPACE
        assert list(alarm["dimensions"]) in sent["aggregation_dimensions"], alarm.name
        assert measurement in sent["metrics_collected"][plugin]["measurement"], alarm.name
        assert alarm.property_dependencies["dimensions"] == {graph.one(aws.autoscaling.Group).urn}


def test_every_other_alarm_looks_at_what_aws_measures(graph):
    for alarm in alarms(graph):
        if alarm["namespace"] not in (NAMESPACE, METRICS_NAMESPACE):
            known = MEASURED_BY_AWS[alarm["namespace"], *sorted(alarm["dimensions"])]
            assert alarm["statistic"] in known[alarm["metricName"]], alarm.name


def test_silence_rings_only_where_it_is_a_sign_of_death(graph):
    for alarm in alarms(graph):
        alive = alarm["metricName"] in SIGNS_OF_LIFE
        assert (alarm["treatMissingData"] == "breaching") == alive, alarm.name
        assert (alarm["comparisonOperator"] == "LessThanThreshold") == alive, alarm.name


def test_every_alarm_reaches_the_topic(graph):
    topics = {topic.urn for topic in graph.of(aws.sns.Topic)}
    for alarm in alarms(graph):
        assert alarm["alarmActions"] == alarm["okActions"], alarm.name
        own, (told,) = alarm.property_dependencies["alarmActions"] & topics, alarm["alarmActions"]
        assert len(own) == 1 or told == exported()["alarmTopicArn"], alarm.name
        assert alarm.inputs.get("actionsEnabled", True), alarm.name
