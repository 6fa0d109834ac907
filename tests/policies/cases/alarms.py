from __future__ import annotations

from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import DROP, a, bad, good, other, unknown

ACTIONS, SET = "alarms-have-actions", "alarms-required-set"
ELSEWHERE = a(tokens.CLUSTER)


def alarm(depends: Any = None, **changes: Any) -> Resource:
    given = {"name": "shop-errors", "alarmActions": [UNKNOWN], "treatMissingData": "notBreaching", **changes}
    return a(tokens.METRIC_ALARM, "errors", depends=depends, **given)


SILENT = alarm(alarmActions=DROP)
COMPOSITE = a(tokens.COMPOSITE_ALARM, "all", alarmRule="ALARM(shop-errors)", alarmActions=[UNKNOWN])
LINKED = a(tokens.COMPOSITE_ALARM, "all", depends={"alarmRule": [SILENT]}, alarmActions=[UNKNOWN])
DEPLOYMENT = a(tokens.SERVICE, alarms={"enable": True, "rollback": True, "alarmNames": ["shop-errors"]})
BALANCER, FUNCTION = a(tokens.LOAD_BALANCER, "door"), a(tokens.FUNCTION, "f", name="f-1")
TARGETS, QUEUE = a(tokens.TARGET_GROUP, "web"), a(tokens.QUEUE, "dead")
SERVICE, HOSTS, CLUSTER = a(tokens.SERVICE, "web"), a(tokens.GROUP, "hosts"), a(tokens.CLUSTER, "main", name="main")
UTILIZED = {"metricName": "CPUUtilization", "dimensions": {"ServiceName": UNKNOWN}}
DEAD_OF = a(tokens.SCHEDULE, depends={"target": [QUEUE]})


def on(resource: Resource, metric: Any) -> Resource:
    return alarm({"dimensions": [resource]}, metricName=metric)


def by_math(resource: Resource, metric: str) -> Resource:
    query = {"id": "m", "metric": {"metricName": metric, "period": 60, "stat": "Sum"}}
    return alarm({"metricQueries": [resource]}, metricQueries=[query, {"id": "e", "expression": "m / 2"}])


CASES = (
    good(ACTIONS, "an action", alarm()),
    good(ACTIONS, "a part of a composite alarm", SILENT, COMPOSITE),
    good(ACTIONS, "a part of a composite alarm by link", SILENT, LINKED),
    good(ACTIONS, "an alarm of deployments", SILENT, DEPLOYMENT),
    bad(ACTIONS, "none", "has no action", SILENT),
    bad(ACTIONS, "an empty list", "has no action", alarm(alarmActions=[])),
    bad(ACTIONS, "switched off", "switched off", alarm(actionsEnabled=False)),
    bad(ACTIONS, "missing data is undecided", "missing data means", alarm(treatMissingData=DROP)),
    bad(ACTIONS, "a composite alarm without", "has no action", a(tokens.COMPOSITE_ALARM, alarmRule="TRUE")),
    unknown(ACTIONS, "the actions", alarm(alarmActions=UNKNOWN, actionsEnabled=UNKNOWN)),
    other(ACTIONS, "no alarm", ELSEWHERE),
    good(SET, "a load balancer", BALANCER, on(BALANCER, "HTTPCode_ELB_5XX_Count")),
    good(SET, "a load balancer by metric math", BALANCER, by_math(BALANCER, "HTTPCode_Target_5XX_Count")),
    good(SET, "a target group", TARGETS, on(TARGETS, "UnHealthyHostCount")),
    good(SET, "a function by its name", FUNCTION, alarm(metricName="Errors", dimensions={"FunctionName": "f-1"})),
    good(SET, "a dead-letter queue", QUEUE, DEAD_OF, on(QUEUE, "ApproximateNumberOfMessagesVisible")),
    good(SET, "watched by other means", FUNCTION, exceptTypes=[tokens.FUNCTION]),
    good(SET, "a service by its tasks", SERVICE, on(SERVICE, "RunningTaskCount")),
    good(SET, "a service by what a controller measures", SERVICE, on(SERVICE, "RunningTasks")),
    good(SET, "a service by its samples", SERVICE,
         alarm({"dimensions": [SERVICE]}, statistic="SampleCount", **UTILIZED)),
    good(SET, "instances in service", HOSTS, on(HOSTS, "GroupInServiceInstances")),
    good(SET, "room in the cluster", HOSTS, CLUSTER,
         alarm(metricName="SchedulableTasks", dimensions={"ClusterName": "main"})),
    good(SET, "a metric of your own", HOSTS, on(HOSTS, "Room"), capacityMetrics=["Room"]),
    bad(SET, "a service that nobody watches", "runs too few tasks", SERVICE),
    bad(SET, "a service by its load", "too few", SERVICE,
        alarm({"dimensions": [SERVICE]}, statistic="Average", **UTILIZED)),
    bad(SET, "capacity that nobody watches", "has no room for another task", HOSTS, CLUSTER, on(HOSTS, "GroupMaxSize")),
    bad(SET, "room in another cluster", "has no room", HOSTS, CLUSTER,
        alarm(metricName="SchedulableTasks", dimensions={"ClusterName": "other"})),
    bad(SET, "a load balancer that nobody watches", "answers with errors", BALANCER),
    bad(SET, "a target group that nobody watches", "loses its healthy targets", TARGETS),
    bad(SET, "another metric", "no alarm tells when it fails", FUNCTION, on(FUNCTION, "Duration")),
    bad(SET, "another function", "no alarm tells when it fails", FUNCTION, on(BALANCER, "Errors")),
    bad(SET, "a dead-letter queue that nobody watches", "could not be delivered", QUEUE, DEAD_OF),
    unknown(SET, "the metric", FUNCTION, on(FUNCTION, UNKNOWN)),
    other(SET, "a queue that holds work", QUEUE),
)  # fmt: skip
