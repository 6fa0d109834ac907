"""The alarms that have to be there: what can break has one that tells in time."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial

from ecs_operations.engine.registry import Config, Results, Rule, Setting, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.alarms import Measure, by_math, direction, faults, measures, seconds_to_alarm
from ecs_operations.facts.ecs_groups import in_cluster
from ecs_operations.facts.graph import Graph, any_true
from ecs_operations.facts.resource import Resource, refers
from ecs_operations.facts.services import is_daemon
from ecs_operations.facts.shapes import number


@dataclass(frozen=True)
class Wanted:
    """The alarm that a resource should have."""

    metrics: str
    """Metric, or `metric by statistic`: a regular expression."""
    tells: str
    worse: str = ""
    """The direction, where both exist."""
    namespaces: tuple[str, ...] = ()
    """In which the metric counts, beside those that are no one's but AWS's; empty where any does."""


TOO_FEW_TASKS = Wanted(
    "(Running|Desired)Task(s|Count)|(CPU|Memory)Utilization by SampleCount", "runs too few tasks", "low"
)
"""A service without Container Insights counts its tasks by the samples of its utilization, one a task and minute, or by
what a controller of ours measures (RunningTasks)."""
OF_DAEMONS = "|MissingTasks"
"""What a controller of ours measures of one: instances without its task."""
ERRORS = Wanted("HTTPCode_(ELB|Target)_5XX_Count", "answers with errors (5xx)", "high", ("AWS/ApplicationELB",))
NETWORK = Wanted(
    "(UnH|H)ealthyHostCount|TCP_(Target|ELB)_Reset_Count|RejectedFlowCount|PortAllocationErrorCount",
    "reaches no healthy target or refuses connections", "", ("AWS/NetworkELB", "AWS/GatewayELB"),
)  # fmt: skip
UNHEALTHY = Wanted(
    "(UnH|H)ealthyHostCount",
    "loses its healthy targets",
    "",
    ("AWS/ApplicationELB", "AWS/NetworkELB", "AWS/GatewayELB"),
)
REQUIRED = {
    **dict.fromkeys(tokens.LOAD_BALANCERS, ERRORS),
    **dict.fromkeys(tokens.TARGET_GROUPS, UNHEALTHY),
    tokens.SERVICE: TOO_FEW_TASKS,
    tokens.GROUP: Wanted("", "has no room for another task"),
    tokens.FUNCTION: Wanted("Errors", "fails", "high", ("AWS/Lambda",)),
    tokens.QUEUE: Wanted(
        "ApproximateNumberOfMessagesVisible", "holds messages that could not be delivered", "high", ("AWS/SQS",)
    ),
}
"""Type → the alarm that is wanted. Of what tells the room of a group, the setting capacityMetrics says."""
OWN = {"SchedulableTasks": "low", "UnmetTasks": "high", "MissingTasks": "high"}
"""Which way the metrics of our own capacity controller are worse; those of AWS may have either bound."""


ALARM_KEYS = ("name", "arnSuffix", "id", "functionName")
"""By which of its properties a resource is named in the dimensions of a metric."""


@Rule(
    id="alarms-required-set",
    summary="What can break has an alarm: balancers, targets, services, capacity, functions, dead-letter queues.",
    fix="Add a cloudwatch.MetricAlarm on the metric with the resource in its dimensions, or correct the one that is "
    "there: alarms-can-ring says what is wrong with it.",
    severity=Severity.MEDIUM,
    source="Amazon CloudWatch user guide, Best practice alarm recommendations for AWS services",
    types=tuple(sorted(REQUIRED)),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="exceptTypes",
            default=[],
            description="Type tokens that are watched by other means.",
        ),
        Setting(
            name="capacityMetrics",
            default=[
                "CapacityProviderReservation",
                "CPUReservation",
                "MemoryReservation",
                "SchedulableTasks",
                "UnmetTasks",
                "GroupInServiceInstances",
                "GroupInServiceCapacity",
            ],
            description="Metrics of a group, or of a cluster of the stack, that tell that there is no room.",
        ),
        Setting(
            name="longestMinutes",
            default=60,
            minimum=1,
            maximum=1440,
            description="Minutes after which these alarms have to tell.",
        ),
        Setting(
            name="largestThreshold",
            default=100,
            minimum=1,
            maximum=1_000_000,
            description="Errors, messages or hosts in a period that are too many for the threshold of such an alarm; "
            "of tasks and other things that should be there, ten times as many.",
        ),
    ),
)
def alarms_required_set(resource: Resource, graph: Graph, config: Config) -> Results:
    """A controller that fails each minute is noticed when the cluster no longer scales; an alarm says it at once.

    An alarm counts that can go to ALARM for this resource, within the hour.
    """
    if resource.type in config["exceptTypes"] or not _watched_kind(resource, graph):
        return
    wanted = _wanted(resource, config)
    watched = (resource, *graph.of(tokens.CLUSTER)) if resource.type == tokens.GROUP else (resource,)
    if not any_true(*(partial(_is_watched, one, wanted, graph, config) for one in watched)):
        yield f"no alarm tells when it {wanted.tells}"


def _wanted(resource: Resource, config: Config) -> Wanted:
    wanted = REQUIRED[resource.type]
    if resource.type == tokens.GROUP:
        return replace(wanted, metrics="|".join(map(re.escape, config["capacityMetrics"])))
    if resource.type == tokens.SERVICE and is_daemon(resource):
        return replace(wanted, metrics=wanted.metrics + OF_DAEMONS)
    balancer = resource.type in tokens.LOAD_BALANCERS
    if balancer and resource.get("loadBalancerType", default="application") != "application":
        return NETWORK
    return wanted


def _watched_kind(resource: Resource, graph: Graph) -> bool:
    if resource.type == tokens.GROUP:
        return in_cluster(graph, resource)
    if resource.type in tokens.TARGET_GROUPS:
        return resource.get("targetType", default="instance") != "lambda"
    if resource.type != tokens.QUEUE:
        return True
    holders = (
        (tokens.EVENT_TARGET, "deadLetterConfig"),
        (tokens.SCHEDULE, "target"),
        (tokens.FUNCTION, "deadLetterConfig"),
        (tokens.INVOKE_CONFIG, "destinationConfig"),
        (tokens.SUBSCRIPTION, "redrivePolicy"),
        (tokens.QUEUE, "redrivePolicy"),
    )
    return any(refers(holder, property_, resource, "arn") for token, property_ in holders for holder in graph.of(token))


def _is_watched(resource: Resource, wanted: Wanted, graph: Graph, config: Config) -> bool:
    def by(property_: str) -> bool:
        alarms = graph.sources((tokens.METRIC_ALARM,), property_, resource, *ALARM_KEYS)
        return any_true(*(partial(_tells, alarm, wanted, graph, config) for alarm in alarms))

    return any_true(lambda: by("dimensions"), lambda: by("metricQueries"))


def _tells(alarm: Resource, wanted: Wanted, graph: Graph, config: Config) -> bool:
    """Whether an alarm is the wanted one, in time."""
    found = [one for one in measures(alarm) if _is_metric(one, wanted)]
    if not found or any(faults(alarm, graph, frozenset(), 0)):
        return False
    if seconds_to_alarm(alarm) > config["longestMinutes"] * 60:
        return False
    towards, metric = direction(alarm), str(found[0].metric)
    if by_math(alarm) or not towards:
        return True
    threshold = number(alarm.get("threshold", default=1)) or 0
    largest = config["largestThreshold"]
    reached = threshold <= largest if towards == "high" else 0 < threshold <= 10 * largest
    return reached and towards in (OWN.get(metric) or wanted.worse or towards)


def _is_metric(measure: Measure, wanted: Wanted) -> bool:
    name = str(measure.metric)
    if not any(re.fullmatch(wanted.metrics, text) for text in (name, f"{name} by {measure.statistic}")):
        return False
    return not wanted.namespaces or measure.namespace in (None, *wanted.namespaces)
