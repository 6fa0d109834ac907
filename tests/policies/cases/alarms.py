from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import DROP, a, bad, good, other, unknown
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


def few(metric: str, **changes: Any) -> Resource:
    """An alarm on too few tasks."""
    return on(SERVICE, metric, **{"statistic": "Maximum", **LOW, **changes})


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


CASES = (
    good(RING, "the unit of AWS", on(FUNCTION, "Errors", unit="Count"), FUNCTION),
    bad(RING, "another unit", "in Percent (unit), which AWS publishes in Count", on(FUNCTION, "Errors", unit="Percent"),
        FUNCTION),
    bad(RING, "another unit of time", "in Seconds (unit), which AWS publishes in Milliseconds",
        on(FUNCTION, "Duration", unit="Seconds", statistic="Maximum", threshold=100), FUNCTION),
    good(RING, "as a filter publishes it", own(unit="Count", dimensions={"Shop": "a"}), WITH_UNIT),
    bad(RING, "the unit that a filter leaves out", "in Count (unit), which its filter publishes in None",
        own(unit="Count"), FILTER),
    bad(RING, "without the dimension of a filter", "by no dimensions, published by Shop", own(), WITH_UNIT),
    bad(RING, "by a dimension that a filter does not have", "by Shop, published by no dimensions",
        own(dimensions={"Shop": "a"}), FILTER),
    good(RING, "custom metrics by dimensions", *(of_shop(name, Shop="a") for name in "abc")),
    good(RING, "custom metrics without dimensions", *(of_shop(name) for name in "abc")),
    bad(RING, "one custom metric without dimensions", "by no dimensions, and all other alarms on shop/main by Shop",
        of_shop("a"), *(of_shop(name, Shop="a") for name in "bc")),
    good(RING, "what agents add up", of_agent({"AutoScalingGroupName": "web"}), *agents('["AutoScalingGroupName"]')),
    good(RING, "what agents add up without dimensions", of_agent({}), *agents('["AutoScalingGroupName"], []')),
    bad(RING, "not as agents add it up", "which the CloudWatch agent publishes by AutoScalingGroupName", of_agent({}),
        *agents('["AutoScalingGroupName"]')),
    good(RING, "a rule that may hold", paged('(ALARM(a) OR ALARM("b")) AND NOT OK(c)')),
    good(RING, "a rule of another kind", paged("AT_LEAST(2, ALARM, (a, b, c))")),
    bad(RING, "a rule against itself", "never goes to ALARM", paged("ALARM(a) AND OK(a)")),
    bad(RING, "a rule against itself in brackets", "never goes to ALARM", paged(
        "ALARM(b) AND (NOT (ALARM(b) OR OK(c)))")),
    bad(RING, "a rule that excludes nothing", "is always in ALARM", paged("ALARM(a) OR NOT ALARM(a)")),
    bad(RING, "a rule of all states", "is always in ALARM", paged("ALARM(a) OR OK(a) OR INSUFFICIENT_DATA(a)")),
    good(ACTIONS, "an action", alarm()),
    good(ACTIONS, "a part of a composite alarm", SILENT, COMPOSITE),
    good(ACTIONS, "a part of a composite alarm by link", SILENT, LINKED),
    good(ACTIONS, "an alarm of deployments", SILENT, DEPLOYMENT),
    good(ACTIONS, "an alarm of a group's refreshes", SILENT, a(tokens.GROUP, instanceRefresh={
         "strategy": "Rolling", "preferences": {"alarmSpecification": {"alarms": ["shop-errors"]}}})),
    good(ACTIONS, "an alarm that a function is told, beside one with an action", SILENT, TOLD, rolls("shop-errors")),
    bad(ACTIONS, "an alarm that a function is told, alone", "has no action", SILENT, rolls("shop-errors")),
    bad(ACTIONS, "an alarm that a function is not told", "has no action", SILENT, TOLD, rolls("shop-late")),
    bad(ACTIONS, "none", "has no action", SILENT),
    bad(ACTIONS, "an empty list", "has no action", alarm(alarmActions=[])),
    bad(ACTIONS, "switched off", "switched off", alarm(actionsEnabled=False)),
    bad(ACTIONS, "missing data is undecided", "missing data means", alarm(treatMissingData=DROP)),
    bad(ACTIONS, "a composite alarm without", "has no action", a(tokens.COMPOSITE_ALARM, alarmRule="TRUE")),
    unknown(ACTIONS, "the actions", alarm(alarmActions=UNKNOWN, actionsEnabled=UNKNOWN)),
    other(ACTIONS, "no alarm", ELSEWHERE),
    good(ACTIONS, "a sign of life", heartbeat()),
    good(ACTIONS, "too few, of what is measured in any case", few("RunningTaskCount")),
    good(ACTIONS, "an alarm that scales in", a(tokens.METRIC_ALARM, depends={"alarmActions": [SCALE]}, **LOW,
         metricName="RequestCount", statistic="Sum", treatMissingData="missing")),
    bad(ACTIONS, "switched off as text", "switched off", alarm(actionsEnabled="false")),
    bad(ACTIONS, "silence that is enough", "takes silence for enough (treatMissingData ignore)",
        heartbeat(treatMissingData="ignore")),
    bad(ACTIONS, "no task is silent", "takes silence for enough", on(SERVICE, "CPUUtilization", namespace="AWS/ECS",
        statistic="SampleCount", **LOW)),
    bad(ACTIONS, "errors that are missing", "is in ALARM while nothing fails",
        on(BALANCER, "HTTPCode_ELB_5XX_Count", treatMissingData="breaching")),
    good(RING, "errors", failing()),
    good(RING, "the rate of errors", failing(statistic="Average", threshold=0.5)),
    good(RING, "numbers as text", failing(threshold="1", period="60", evaluationPeriods="5")),
    good(RING, "a band", failing(comparisonOperator="LessThanLowerOrGreaterThanUpperThreshold", threshold=DROP,
         thresholdMetricId="e")),
    good(RING, "scaling in", on(QUEUE, "ApproximateNumberOfMessagesVisible", **{**LOW, "threshold": 10})),
    good(RING, "a percentile of times", on(BALANCER, "TargetResponseTime", statistic=DROP, extendedStatistic="p99")),
    good(RING, "a service that bursts", on(SERVICE, "CPUUtilization", namespace="AWS/ECS", statistic="Average",
         threshold=150)),
    good(RING, "tasks by their samples", on(SERVICE, "CPUUtilization", namespace="AWS/ECS", statistic="SampleCount",
         **{**LOW, "treatMissingData": "breaching"})),
    good(RING, "a namespace of AWS that the pack does not read", own("AWS/RDS", "FreeStorageSpace")),
    good(RING, "a new one, by configuration", own("AWS/Newest", "Errors"), namespaces=["AWS/Newest"]),
    good(RING, "metrics of another stack", own()),
    good(RING, "metrics of a role", own(), writer(**OWN)),
    good(RING, "metrics of a role that may publish anywhere", own(), writer()),
    good(RING, "metrics of a filter", own(), FILTER),
    good(RING, "the CloudWatch agent", own("CWAgent", "disk_used_percent", threshold=85), writer(**OWN)),
    good(RING, "math", by_math(BALANCER, "HTTPCode_Target_5XX_Count", 'IF(m > 5, 1, FILL(m, 0)) + SUM(METRICS("m"))')),
    good(RING, "a sign of life", heartbeat()),
    good(RING, "a composite alarm", COMPOSITE),
    bad(RING, "a namespace that does not exist", "in which AWS publishes nothing", failing(namespace="AWS/Lamda")),
    bad(RING, "a namespace that nothing writes", "in which nothing of this stack publishes", own("shop/mian"),
        writer(**OWN)),
    bad(RING, "a metric that does not exist", "looks at Error, which AWS does not publish", on(FUNCTION, "Error")),
    bad(RING, "a metric that no filter publishes", "no metric filter publishes", own(metric="Order"), FILTER),
    bad(RING, "a dimension that does not exist", "by Function, by which AWS",
        failing(dimensions={"Function": "f-1"})),
    bad(RING, "no dimension", "by no dimensions", on(QUEUE, "ApproximateNumberOfMessagesVisible", dimensions={})),
    bad(RING, "an ARN where a name is", "has arn:x in the dimension", failing(dimensions={"FunctionName": "arn:x"})),
    bad(RING, "a name where a suffix is", "the suffix of the ARN",
        on(BALANCER, "HTTPCode_ELB_5XX_Count", dimensions={"LoadBalancer": "door"})),
    bad(RING, "a metric that the group does not publish", "which hosts does not publish",
        HOSTS, on(HOSTS, "GroupTotalInstances")),
    bad(RING, "few errors", "when there is too little of Errors", failing(**LOW)),
    bad(RING, "many healthy hosts", "too much of HealthyHostCount",
        on(TARGETS, "HealthyHostCount", statistic="Average")),
    bad(RING, "few failures of one's own", "too little of FailedActions", own(metric="FailedActions", **LOW)),
    bad(RING, "the average of what is always 1", "is 1 in every sample",
        on(BALANCER, "HTTPCode_ELB_5XX_Count", statistic="Average")),
    bad(RING, "a percentile of a count", "is 1 in every sample",
        on(BALANCER, "HTTPCode_ELB_5XX_Count", statistic=DROP, extendedStatistic="p90")),
    bad(RING, "samples of errors", "counts how often it was measured", failing(statistic="SampleCount")),
    bad(RING, "the sum of percents", "the Sum of CPUReservation", on(SERVICE, "CPUReservation", namespace="AWS/ECS",
        dimensions={"ClusterName": "main"}, threshold=90)),
    bad(RING, "more than 100 percent", "is never beyond 101", on(SERVICE, "CPUUtilization", namespace="AWS/ECS",
        dimensions={"ClusterName": "main"}, statistic="Average", threshold=101)),
    bad(RING, "more than 100 percent of a disk", "never beyond 850",
        own("CWAgent", "disk_used_percent", threshold=850)),
    bad(RING, "a rate above 1", "never beyond 10", failing(statistic="Average", threshold=10)),
    bad(RING, "more than anybody counts", "never beyond",
        on(BALANCER, "HTTPCode_ELB_5XX_Count", threshold=1_000_000)),
    bad(RING, "fewer than none", "never beyond 0", few("RunningTaskCount", threshold=0)),
    bad(RING, "none is too many", "always beyond 0", failing(threshold=0)),
    bad(RING, "more points than periods", "wants 6 datapoints of 5 periods", failing(datapointsToAlarm=6)),
    bad(RING, "silence of hours", "after 720 minutes, must be at most 60",
        heartbeat(period=3600, evaluationPeriods=12)),
    bad(RING, "days", "after 2880 minutes", failing(statistic="Average", period=86_400, evaluationPeriods=2)),
    bad(RING, "two results", "returns the data of 2 metric queries", by_math(BALANCER, "RequestCount", metricQueries=[
        {"id": "a", "expression": "1", "returnData": True}, {"id": "b", "expression": "2", "returnData": True}])),
    bad(RING, "a name of nothing", "computes with n", by_math(BALANCER, "RequestCount", "m / n")),
    bad(RING, "math of a metric that does not exist", "does not publish", by_math(BALANCER, "Requests")),
    bad(RING, "a composite alarm of nothing", "a rule that no alarm changes", a(
        tokens.COMPOSITE_ALARM, alarmRule="FALSE")),
    bad(RING, "a composite alarm that is never", "never goes to ALARM", a(
        tokens.COMPOSITE_ALARM, alarmRule="ALARM(a) AND FALSE")),
    bad(RING, "a composite alarm that is always", "always in ALARM", a(
        tokens.COMPOSITE_ALARM, alarmRule='TRUE OR ALARM("a")')),
    unknown(RING, "the threshold", failing(threshold=UNKNOWN)),
    unknown(RING, "the namespace", failing(namespace=UNKNOWN)),
    unknown(RING, "all dimensions", failing(dimensions=UNKNOWN)),
    unknown(RING, "who publishes", own(), writer(**OWN), FILTER, own("shop/mian", "Orders", name="other"),
            a(tokens.ROLE_POLICY, policy=UNKNOWN)),
    unknown(RING, "whether anybody publishes", own(), a(tokens.ROLE_POLICY, policy=UNKNOWN)),
    other(RING, "no alarm", ELSEWHERE),
    good(SET, "a load balancer", BALANCER, on(BALANCER, "HTTPCode_ELB_5XX_Count")),
    good(SET, "a load balancer by metric math", BALANCER, by_math(BALANCER, "HTTPCode_Target_5XX_Count")),
    good(SET, "a Network Load Balancer", NETWORK, on(NETWORK, "UnHealthyHostCount", statistic="Maximum",
         dimensions={"LoadBalancer": UNKNOWN, "TargetGroup": UNKNOWN})),
    good(SET, "resets of a Network Load Balancer", NETWORK, on(NETWORK, "TCP_Target_Reset_Count")),
    good(SET, "a target group", TARGETS, on(TARGETS, "UnHealthyHostCount", statistic="Maximum")),
    good(SET, "a function by its name", FUNCTION, alarm(
        namespace="AWS/Lambda", metricName="Errors", dimensions={"FunctionName": "f-1"}, statistic="Sum", **HIGH)),
    good(SET, "a dead-letter queue", QUEUE, DEAD_OF, on(QUEUE, "ApproximateNumberOfMessagesVisible")),
    good(SET, "watched by other means", FUNCTION, exceptTypes=[tokens.FUNCTION]),
    good(SET, "a service by its tasks", SERVICE, few("RunningTaskCount")),
    good(SET, "a service by what a controller measures", SERVICE, few("RunningTasks", namespace="platform/main")),
    good(SET, "a service by its samples", SERVICE,
         few("CPUUtilization", namespace="AWS/ECS", statistic="SampleCount", treatMissingData="breaching")),
    good(SET, "instances in service", HOSTS, on(HOSTS, "GroupInServiceInstances", statistic="Maximum")),
    good(SET, "room in the cluster", HOSTS, CLUSTER,
         own(metric="SchedulableTasks", dimensions={"ClusterName": "main"}, **LOW)),
    good(SET, "a metric of your own", HOSTS, on(HOSTS, "Room", namespace="x"), capacityMetrics=["Room"]),
    bad(SET, "an alarm that cannot ring", "no alarm tells when it fails", FUNCTION, failing(namespace="AWS/Lamda")),
    bad(SET, "an alarm on few errors", "no alarm tells", BALANCER, on(BALANCER, "HTTPCode_ELB_5XX_Count", **LOW)),
    bad(SET, "an alarm on the average", "no alarm tells", BALANCER,
        on(BALANCER, "HTTPCode_ELB_5XX_Count", statistic="Average")),
    bad(SET, "an alarm in another namespace", "no alarm tells", FUNCTION, failing(namespace="shop/main")),
    bad(SET, "an alarm that waits", "no alarm tells", FUNCTION, failing(period=3600, evaluationPeriods=4)),
    bad(SET, "an alarm on thousands", "no alarm tells", QUEUE, DEAD_OF,
        on(QUEUE, "ApproximateNumberOfMessagesVisible", threshold=100_000)),
    bad(SET, "an alarm on an empty dead-letter queue", "no alarm tells", QUEUE, DEAD_OF,
        on(QUEUE, "ApproximateNumberOfMessagesVisible", **LOW)),
    bad(SET, "an alarm on fewer than no tasks", "too few", SERVICE, few("RunningTasks", namespace="x", threshold=0)),
    bad(SET, "an alarm on much room", "has no room", HOSTS, CLUSTER,
        own(metric="SchedulableTasks", dimensions={"ClusterName": "main"})),
    bad(SET, "a Network Load Balancer by errors of HTTP", "reaches no healthy target", NETWORK,
        on(NETWORK, "HTTPCode_ELB_5XX_Count", namespace="AWS/ApplicationELB")),
    bad(SET, "a service that nobody watches", "runs too few tasks", SERVICE),
    bad(SET, "a service by its load", "too few", SERVICE,
        few("CPUUtilization", namespace="AWS/ECS", statistic="Average")),
    bad(SET, "capacity that nobody watches", "has no room for another task", HOSTS, CLUSTER, on(HOSTS, "GroupMaxSize")),
    bad(SET, "room in another cluster", "has no room", HOSTS, CLUSTER,
        own(metric="SchedulableTasks", dimensions={"ClusterName": "other"}, **LOW)),
    bad(SET, "a load balancer that nobody watches", "answers with errors", BALANCER),
    bad(SET, "a target group that nobody watches", "loses its healthy targets", TARGETS),
    bad(SET, "another metric", "no alarm tells when it fails", FUNCTION, on(FUNCTION, "Duration")),
    bad(SET, "another function", "no alarm tells when it fails", FUNCTION, on(BALANCER, "Errors")),
    bad(SET, "a dead-letter queue that nobody watches", "could not be delivered", QUEUE, DEAD_OF),
    unknown(SET, "the metric", FUNCTION, on(FUNCTION, UNKNOWN)),
    bad(SET, "a group whose instances join a cluster", "has no room", *joining("#!/bin/sh\necho ECS_CLUSTER=main")),
    bad(SET, "a group that drains", "has no room", *HOOKED),
    other(SET, "a plain web group", *joining("#!/bin/sh\nyum install -y httpd")),
    unknown(SET, "what instances do", a(tokens.GROUP, depends={"launchTemplate": [LATER]}), LATER),
    other(SET, "functions as targets", a(tokens.TARGET_GROUP, targetType="lambda")),
    other(SET, "a queue that holds work", QUEUE),
    good(DRAIN, "both", *DRAINED, deadline(), heartbeat()),
    good(DRAIN, "by names of one's own", *DRAINED, deadline("Late"), heartbeat(), deadlineMetrics=["Late"]),
    bad(DRAIN, "none on the deadline", "a drain reaches its deadline", *DRAINED, heartbeat()),
    bad(DRAIN, "one on no deadline", "a drain reaches its deadline", *DRAINED, heartbeat(), deadline(**LOW)),
    bad(DRAIN, "one on a hundred deadlines", "reaches its deadline", *DRAINED, heartbeat(), deadline(threshold=100)),
    bad(DRAIN, "none on silence", "is silent", *DRAINED, deadline()),
    bad(DRAIN, "one that takes silence for life", "is silent", *DRAINED, deadline(),
        heartbeat(treatMissingData="notBreaching")),
    unknown(DRAIN, "what is watched", *DRAINED, heartbeat(), deadline(UNKNOWN)),
    other(DRAIN, "no hook", HOSTS),
    other(DRAIN, "a hook that nothing completes", *HOOKED),
)  # fmt: skip
