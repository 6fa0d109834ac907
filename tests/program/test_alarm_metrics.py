"""Alarms and dashboards look at what is measured: by a controller, as its code publishes it, or by AWS."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import pulumi_aws as aws
import pytest

from infra.environment.instances.user_data import metric_namespace
from infra.services.service_alarms import MISSING_TASKS, RUNNING_TASKS
from lambdas.capacity import metrics as capacity_metrics
from lambdas.capacity.run import run
from lambdas.cluster.group_sizes import GROUP_METRICS
from lambdas.cluster.metrics import namespace
from lambdas.rebalancing import metrics as rebalancing_metrics
from tests.lambdas.capacity.capacity_api import NOW, Api
from tests.lambdas.capacity.clusters import some_settings
from tests.lambdas.instances.stage import Stage
from tests.lambdas.rebalancing.scene import SMALL, Scene
from tests.lambdas.transport import all_of, fake_clients
from tests.support.calls import record
from tests.support.graph import Graph, Node
from tests.support.program import graph_for
from tests.support.shop import exported, shop
from tests.support.stack_files import stacks
from tests.support.started_instance import StartedInstance
from tests.support.watched import Watched, of_alarm, of_dashboards, scales, told

PERCENTILES = {"p50", "p95", "p99"}
MEASURED_BY_AWS = {
    # Namespace and dimensions → metrics with the statistics that mean something, as each service's guide lists them.
    ("AWS/Lambda", "FunctionName"): {"Errors": {"Sum"}, "Throttles": {"Sum"}},
    ("AWS/SQS", "QueueName"): {
        "ApproximateNumberOfMessagesVisible": {"Maximum", "Average"},
        "ApproximateNumberOfMessagesNotVisible": {"Maximum", "Average"},
    },
    ("ECS/ContainerInsights", "ClusterName", "ServiceName"): {"RunningTaskCount": {"Average", "Maximum"}},
    ("AWS/SNS", "TopicName"): {"NumberOfNotificationsFailed": {"Sum"}},
    ("AWS/NATGateway", "NatGatewayId"): {"ErrorPortAllocation": {"Sum"}},
    ("AWS/CertificateManager", "CertificateArn"): {"DaysToExpiry": {"Minimum"}},
    ("AWS/EC2", "AutoScalingGroupName"): {
        "CPUUtilization": {"Average", "Maximum"},
        "NetworkIn": {"Sum"},
        "NetworkOut": {"Sum"},
    },
    ("AWS/ECS", "ClusterName", "ServiceName"): {
        "CPUUtilization": {"SampleCount", "Average", "Maximum"},
        "MemoryUtilization": {"Average", "Maximum"},
    },
    ("AWS/ApplicationELB", "LoadBalancer"): {
        "HTTPCode_ELB_5XX_Count": {"Sum"},
        "HTTPCode_ELB_503_Count": {"Sum"},
        "HTTPCode_Target_5XX_Count": {"Sum"},
        "RequestCount": {"Sum"},
        "TargetResponseTime": PERCENTILES,
    },
    ("AWS/ApplicationELB", "LoadBalancer", "TargetGroup"): {
        "HTTPCode_Target_5XX_Count": {"Sum"},
        "RequestCount": {"Sum"},
        "TargetResponseTime": PERCENTILES,
        "HealthyHostCount": {"Average", "Minimum", "Maximum"},
        "UnHealthyHostCount": {"Average", "Minimum", "Maximum"},
    },
    ("AWS/Usage", "Class", "Resource", "Service", "Type"): {"ResourceCount": {"Maximum"}},
    ("AWS/AutoScaling", "AutoScalingGroupName"): {name: {"Maximum"} for name in GROUP_METRICS},
}

SIGNS_OF_LIFE = {"CompletedPasses", "StartedRuns"}
"""What must not fall silent; everything else is only there when something is wrong."""

TOO_LITTLE = {*SIGNS_OF_LIFE, RUNNING_TASKS, "DaysToExpiry", "FreeAddressesPercent"}
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


def moved() -> list[Mapping[str, Any]]:
    """What the rebalancing controller publishes while a service is uneven."""
    scene = Scene({"web": SMALL}, 4)
    scene.stack("web", 4, 4, 0, 0)
    asked = record([scene.aws.cloudwatch])
    scene.run()
    return [each.params for each in asked if each.operation == "PutMetricData"]


@cache
def measured() -> dict[str, set[str]]:
    """Controller → what a pass over a cluster publishes, as its code calls CloudWatch."""
    stage = Stage()
    stage.one()
    api = Api(1, 2, desired=2)
    api.daemons = frozenset({"s1"})
    capacity = fake_clients(api)
    calls = [*stage.calls]
    asked = record(all_of(capacity))
    run(capacity, some_settings(), NOW, {})
    puts = [each.params for each in (*calls, *asked) if each.operation == "PutMetricData"] + moved()
    found: dict[str, set[str]] = {}
    for params in puts:
        for name, metrics in published(params).items():
            found.setdefault(name, set()).update(metrics)
    return found


def test_the_controllers_measure():
    assert measured().keys() == {"instances", "capacity", "rebalancing", "a service"}
    assert all("CompletedPasses" in measured()[name] for name in ("instances", "capacity", "rebalancing"))


def test_the_alarm_of_a_service_and_the_controller_mean_the_same_metric():
    assert measured()["a service"] == {
        RUNNING_TASKS, MISSING_TASKS, capacity_metrics.PLACED_TASKS, rebalancing_metrics.MISPLACED_TASKS
    }  # fmt: skip
    assert (capacity_metrics.RUNNING_TASKS, capacity_metrics.MISSING_TASKS) == (RUNNING_TASKS, MISSING_TASKS)


def watched(graph: Graph) -> list[Watched]:
    """All metrics that an alarm or a dashboard looks at."""
    return [*(one for alarm in alarms(graph) for one in of_alarm(alarm)), *of_dashboards(graph)]


def test_what_is_watched_of_a_controller_is_what_its_code_publishes(graph):
    for one in watched(graph):
        if one.namespace == namespace(one.dimensions.get("Cluster", "")):
            assert one.dimensions.keys() in ({"Cluster", "Controller"}, {"Cluster", "Service"}), one
            assert one.name in measured()[one.dimensions.get("Controller", "a service")], one


def test_an_environment_writes_and_watches_its_own_namespaces_alone():
    graph = graph_for("prod")
    cluster = graph.one(aws.ecs.Cluster)["name"]
    counted = {node["metricTransformation"]["namespace"] for node in graph.of(aws.cloudwatch.LogMetricFilter)}
    own = {namespace(cluster), metric_namespace(cluster)}
    seen = {one.namespace for one in watched(graph) if not one.namespace.startswith("AWS/")}
    documents = [json.loads(node["policy"]) for node in graph.of(aws.iam.RolePolicy)]
    written = {
        statement["Condition"]["StringEquals"]["cloudwatch:namespace"]
        for document in documents
        for statement in document["Statement"]
        if "cloudwatch:PutMetricData" in statement["Action"]
    }
    assert written == own
    assert seen == own | counted
    assert counted == {f"{namespace(cluster)}/events"}


def test_what_is_watched_of_the_instances_is_what_their_agent_sends(graph):
    (template,) = graph.of(aws.ec2.LaunchTemplate) or [None]
    of_hosts = [one for one in watched(graph) if one.namespace.endswith("/instances")]
    assert bool(template) == bool(of_hosts)
    for one in of_hosts:
        sent = StartedInstance.of(template["userData"]).monitoring["metrics"]
        plugin, _, measurement = one.name.partition("_")
        assert sent["namespace"] == one.namespace == metric_namespace(graph.one(aws.ecs.Cluster)["name"])
        assert list(one.dimensions) in sent["aggregation_dimensions"], one
        collected = sent["metrics_collected"][plugin]
        names = collected.get("measurement") or collected["metrics_include"]
        assert {measurement, one.name} & {*names}, one  # with or without the plugin's name before it


def test_everything_else_that_is_watched_is_measured_by_aws(graph):
    for one in watched(graph):
        if one.namespace.startswith("AWS/"):
            assert one.statistic in MEASURED_BY_AWS[one.namespace, *sorted(one.dimensions)][one.name], one


def test_failed_deployments_are_counted_by_the_filter_that_the_alarm_looks_at():
    graph = graph_for("prod")
    found = graph.one(aws.cloudwatch.LogMetricFilter)
    (one,) = of_alarm(graph.one(aws.cloudwatch.MetricAlarm, "ecs-prod-failed-deployments"))
    made = found["metricTransformation"]
    assert (one.namespace, one.name, one.dimensions) == (made["namespace"], made["name"], {})
    assert found["pattern"] == '{ $.detail.eventName = "SERVICE_DEPLOYMENT_FAILED" }'
    assert found["logGroupName"] == "/aws/events/ecs-prod"


def test_silence_rings_only_where_it_is_a_sign_of_death(graph):
    for alarm in alarms(graph):
        names = {one.name for one in of_alarm(alarm)}
        assert (alarm["treatMissingData"] == "breaching") == bool(names & SIGNS_OF_LIFE), alarm.name
        assert (alarm["comparisonOperator"] == "LessThanThreshold") == bool(names & TOO_LITTLE), alarm.name


def test_an_alarm_on_silence_comes_after_what_it_listens_to(graph):
    for alarm in alarms(graph):
        if alarm["treatMissingData"] == "breaching" and not is_of_a_schedule(alarm):
            assert graph.one(aws.autoscaling.Group).urn in alarm.depends_on, alarm.name


def is_of_a_schedule(alarm: Node) -> bool:
    """Whether it expects nothing before the schedule stood: its own expression says so."""
    return "EPOCH(" in json.dumps(alarm["metricQueries"]) if "metricQueries" in alarm.inputs else False


WAKES = {
    "a-controller-is-silent",
    "at-maximum-size",
    "demand-unmet",
    "several-groups",
    "drain-deadline",
    "a-nat-gateway-refuses-connections",
    "the-load-balancer-answers-with-errors",
    "a-service-answers-with-errors",
    "a-service-runs-too-few-tasks",
    "alarms-are-not-delivered",
}
"""Runbooks of what harms users, or will soon, and mends itself by nothing."""


def test_an_alarm_tells_the_topic_of_its_severity(graph):
    outputs = exported()
    for alarm in alarms(graph):
        if alarm.name.endswith("-readiness-abandoned"):
            continue  # a rollout looks at it: one launch that is abandoned is replaced by itself
        if scales(graph, alarm):
            continue
        speaker, actions = told(graph, alarm)
        assert actions == speaker["okActions"], alarm.name
        assert speaker.inputs.get("actionsEnabled", True), alarm.name
        severity = "page" if "Severity: page." in alarm["alarmDescription"] else "ticket"
        wakes = alarm["alarmDescription"].rpartition("#")[2] in WAKES
        assert wakes == (severity == "page") or "undelivered" in alarm.name, alarm.name
        topics = {
            topic.name.removesuffix("-topic").rpartition("-")[2]
            for topic in graph.of(aws.sns.Topic)
            if topic.urn in speaker.property_dependencies["alarmActions"]
        }
        if graph.of(aws.sns.Topic):
            assert topics == {"fallback" if "undelivered" in alarm.name else severity}, alarm.name
        else:
            names = {"page": "alarmTopicArn", "ticket": "ticketTopicArn"}
            assert actions == [outputs[names[severity]]], alarm.name


def test_what_follows_from_a_cluster_that_may_not_grow_says_nothing_besides(graph):
    found = graph.of(aws.cloudwatch.CompositeAlarm)
    quiet = {each.name: each["actionsSuppressor"] for each in found if "actionsSuppressor" in each.inputs}
    suffix = "-demand-unmet-told" if graph.of(aws.sns.Topic) else "-too-few-tasks-told"
    assert quiet
    assert all(name.endswith(suffix) for name in quiet)
    for suppressor in quiet.values():
        assert suppressor["alarm"].endswith("-at-maximum-size-0a1b2c3") or suppressor["alarm"].endswith(
            "-at-maximum-size"
        )
        assert suppressor["waitPeriod"] == 120


def test_a_service_without_any_task_is_told_whatever_else_is():
    graph = shop()
    none = [each for each in graph.of(aws.cloudwatch.MetricAlarm) if each.name.endswith("-no-tasks")]
    assert len(none) == len(graph.of(aws.ecs.Service))
    for alarm in none:
        assert (alarm["threshold"], alarm["comparisonOperator"]) == (1, "LessThanThreshold")
        assert alarm["alarmActions"] == [exported()["alarmTopicArn"]]
        service = alarm.name.removesuffix("-no-tasks")
        speaker = graph.one(aws.cloudwatch.CompositeAlarm, f"{service}-too-few-tasks-told")
        assert speaker["alarmRule"].endswith(f'AND NOT ALARM("{alarm.name}-0a1b2c3")')
