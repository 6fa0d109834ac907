"""Alarms, and what they watch, for the cases of their rules."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import DROP, a
from tests.policies.cases.controllers import controller
from tests.policies.cases.hooked import GROUP, hook

ACTIONS, SET, RING, DRAIN = "alarms-have-actions", "alarms-required-set", "alarms-can-ring", "alarms-drain-watched"
ELSEWHERE = a(tokens.CLUSTER)


def alarm(depends: Any = None, name: str = "errors", **changes: Any) -> Resource:
    given = {"name": "shop-errors", "alarmActions": [UNKNOWN], "treatMissingData": "notBreaching", **changes}
    return a(tokens.METRIC_ALARM, name, depends=depends, **given)


SILENT = alarm(alarmActions=DROP)
COMPOSITE = a(tokens.COMPOSITE_ALARM, "all", alarmRule="ALARM(shop-errors)", alarmActions=[UNKNOWN])
LINKED = a(tokens.COMPOSITE_ALARM, "all", depends={"alarmRule": [SILENT]}, alarmActions=[UNKNOWN])
TOLD = alarm(name="told")
DEPLOYMENT = a(tokens.SERVICE, alarms={"enable": True, "rollback": True, "alarmNames": ["shop-errors"]})
BALANCER, FUNCTION = a(tokens.LOAD_BALANCER, "door"), a(tokens.FUNCTION, "f", name="f-1")
NETWORK = a(tokens.LOAD_BALANCERS[1], "door", loadBalancerType="network")
TARGETS, QUEUE = a(tokens.TARGET_GROUP, "web"), a(tokens.QUEUE, "dead")
IN_CLUSTER = [{"key": "AmazonECSManaged", "value": "true", "propagateAtLaunch": True}]
MEASURED = ["GroupInServiceInstances", "GroupMaxSize"]
SERVICE, HOSTS = a(tokens.SERVICE, "web"), a(tokens.GROUP, "hosts", enabledMetrics=MEASURED, tags=IN_CLUSTER)
AGENT = a(tokens.SERVICE, "agent", schedulingStrategy="DAEMON")
CLUSTER = a(tokens.CLUSTER, "main", name="main")
OF_TASKS = {"ClusterName": "main", "ServiceName": UNKNOWN}
DEAD_OF = a(tokens.SCHEDULE, depends={"target": [QUEUE]})
HIGH = {"comparisonOperator": "GreaterThanOrEqualToThreshold", "threshold": 1, "evaluationPeriods": 5, "period": 60}
LOW = {**HIGH, "comparisonOperator": "LessThanThreshold"}
PLACES: dict[str, tuple[str, dict[str, Any]]] = {
    tokens.LOAD_BALANCER: ("AWS/ApplicationELB", {"LoadBalancer": UNKNOWN}),
    tokens.LOAD_BALANCERS[1]: ("AWS/NetworkELB", {"LoadBalancer": UNKNOWN}),
    tokens.TARGET_GROUP: ("AWS/ApplicationELB", {"TargetGroup": UNKNOWN, "LoadBalancer": UNKNOWN}),
    tokens.FUNCTION: ("AWS/Lambda", {"FunctionName": UNKNOWN}),
    tokens.QUEUE: ("AWS/SQS", {"QueueName": UNKNOWN}),
    tokens.GROUP: ("AWS/AutoScaling", {"AutoScalingGroupName": UNKNOWN}),
    tokens.SERVICE: ("ECS/ContainerInsights", OF_TASKS),
}
"""Type → where AWS measures it."""


def on(resource: Resource, metric: Any, **changes: Any) -> Resource:
    namespace, dimensions = PLACES[resource.type]
    given = {"namespace": namespace, "dimensions": dimensions, "statistic": "Sum", **HIGH, **changes}
    return alarm({"dimensions": [resource]}, metricName=metric, **given)


def few(metric: str, of: Resource = SERVICE, **changes: Any) -> Resource:
    """An alarm on too few tasks."""
    return on(of, metric, **{"statistic": "Maximum", **LOW, **changes})


def missing(of: Resource = AGENT, **changes: Any) -> Resource:
    """An alarm on instances without a daemon."""
    return on(of, "MissingTasks", **{"namespace": "platform/main", "statistic": "Maximum", **changes})


def failing(**changes: Any) -> Resource:
    """An alarm on errors of a function."""
    return on(FUNCTION, "Errors", **changes)


def by_math(resource: Resource, metric: str, expression: str = "m / 2", **changes: Any) -> Resource:
    namespace, dimensions = PLACES[resource.type]
    measured = {"metricName": metric, "namespace": namespace, "dimensions": dimensions, "period": 60, "stat": "Sum"}
    computed = {"id": "e", "expression": expression, "returnData": True}
    queries = [{"id": "m", "metric": measured}, computed]
    return alarm({"metricQueries": [resource]}, **{**HIGH, "metricQueries": queries, **changes})


def own(namespace: Any = "shop/main", metric: str = "Orders", **changes: Any) -> Resource:
    """An alarm on a metric of the program's own."""
    return alarm(namespace=namespace, metricName=metric, **{"statistic": "Maximum", **HIGH, **changes})


def heartbeat(**changes: Any) -> Resource:
    given = {"statistic": "Sum", "treatMissingData": "breaching", "name": "silent", **LOW, **changes}
    return own(metric="CompletedPasses", **given)


def writer(**condition: Any) -> Resource:
    """A policy that lets a role publish metrics."""
    statement = {"Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*", **condition}
    return a(tokens.ROLE_POLICY, "publish", policy=json.dumps({"Statement": [statement]}))


OWN = {"Condition": {"StringEquals": {"cloudwatch:namespace": "shop/main"}}}
FILTER = a(tokens.LOG_METRIC_FILTER, metricTransformation={"name": "Orders", "namespace": "shop/main", "value": "1"})
HOOKED = (GROUP, hook())
DRAINED = (*HOOKED, *controller("autoscaling:CompleteLifecycleAction"))


LATER = a(tokens.LAUNCH_TEMPLATE, userData=UNKNOWN)


def joining(user_data: str) -> tuple[Resource, ...]:
    template = a(tokens.LAUNCH_TEMPLATE, userData=b64encode(user_data.encode()).decode())
    return template, a(tokens.GROUP, depends={"launchTemplate": [template]})


def deadline(metric: Any = "DrainDeadlines", **changes: Any) -> Resource:
    return own(metric=metric, name="deadline", **changes)


def rolls(name: str) -> Resource:
    return a(tokens.FUNCTION, "rolls", environment={"variables": {"ROLLOUT_ALARMS": json.dumps([name])}})


SCALE = a(tokens.GROUP_POLICY, "in")

WITH_UNIT = a(tokens.LOG_METRIC_FILTER, metricTransformation={
    "name": "Orders", "namespace": "shop/main", "value": "1", "unit": "Count",
    "dimensions": {"Shop": "$.shop"}})  # fmt: skip


def agents(dimensions: str) -> tuple[Resource, ...]:
    """A template whose instances add up their metrics by these dimensions."""
    text = f'{{"metrics": {{"namespace": "shop/hosts", "aggregation_dimensions": [{dimensions}]}}}}'
    return (a(tokens.LAUNCH_TEMPLATE, "hosts", userData=b64encode(text.encode()).decode()),)


def of_agent(dimensions: dict[str, str]) -> Resource:
    return alarm(namespace="shop/hosts", metricName="disk_used_percent", dimensions=dimensions, statistic="Maximum",
                 **{**HIGH, "threshold": 85})  # fmt: skip


def paged(rule: str) -> Resource:
    return a(tokens.COMPOSITE_ALARM, "page", alarmRule=rule, alarmActions=[UNKNOWN])


def of_shop(name: str, **dimensions: str) -> Resource:
    return alarm(name=name, namespace="shop/main", metricName=name, dimensions=dimensions, statistic="Sum", **HIGH)
