"""Alarms: what can break has one, and each has an action."""

from __future__ import annotations

import re
from functools import partial

from ecs_operations.engine.registry import Config, Results, Rule, Setting, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph, any_true
from ecs_operations.facts.resource import Resource, refers
from ecs_operations.facts.values import leaves


@Rule(
    id="alarms-have-actions",
    summary="An alarm has an action, and says what missing data means.",
    fix="Set alarm_actions, leave actions_enabled on, and set treat_missing_data.",
    severity=Severity.HIGH,
    source="Amazon CloudWatch user guide, Configuring how CloudWatch alarms treat missing data; Alarm actions",
    anchors=("checkov CKV_319", "cdk-nag CloudWatchAlarmAction"),
    types=(tokens.METRIC_ALARM, tokens.COMPOSITE_ALARM),
    unknown=WhenUnknown.PRESENT,
    guards=("alarmActions", "actionsEnabled", "treatMissingData"),
)
def alarms_have_actions(alarm: Resource, graph: Graph, _config: Config) -> Results:
    """An alarm without an action goes to ALARM in a console, and notifies nobody.

    Alarms that feed a composite alarm or the deployments of a service need no action of their own. A metric that is
    published only when something happens is missing most of the time: without a decision its alarm never leaves
    INSUFFICIENT_DATA, or never enters it.
    """
    if not alarm.has("alarmActions") and not _used(alarm, graph):
        yield "has no action"
    if not alarm.is_unknown("actionsEnabled") and alarm.get("actionsEnabled", default=True) is False:
        yield "has its actions switched off"
    if alarm.type == tokens.METRIC_ALARM and not alarm.has("treatMissingData"):
        yield "does not say what missing data means"


def _used(alarm: Resource, graph: Graph) -> bool:
    users = [(composite, "alarmRule") for composite in graph.of(tokens.COMPOSITE_ALARM)]
    users += [(service, "alarms") for service in graph.of(tokens.SERVICE)]
    names = alarm.known("name", "arn")
    return any(
        refers(user, property_, alarm, "name", "arn")
        or any(name in leaf for name in names for leaf in leaves(user.inputs.get(property_)) if isinstance(leaf, str))
        for user, property_ in users
    )


REQUIRED = {
    **dict.fromkeys(tokens.LOAD_BALANCERS, ("HTTPCode_(ELB|Target)_5XX_Count", "answers with errors (5xx)")),
    **dict.fromkeys(tokens.TARGET_GROUPS, ("(UnH|H)ealthyHostCount", "loses its healthy targets")),
    tokens.SERVICE: (
        "(Running|Desired)Task(s|Count)|(CPU|Memory)Utilization by SampleCount",
        "runs too few tasks",
    ),
    tokens.GROUP: ("", "has no room for another task"),
    tokens.FUNCTION: ("Errors", "fails"),
    tokens.QUEUE: ("ApproximateNumberOfMessagesVisible", "holds messages that could not be delivered"),
}
"""Type → metric (regular expression) of which an alarm is wanted, and what the alarm tells.

A service without Container Insights counts its tasks by the samples of its utilization, one a task and minute, or by
what a controller of ours measures (RunningTasks). Of what tells the room of a group, the setting capacityMetrics says.
"""


ALARM_KEYS = ("name", "arnSuffix", "id", "functionName")
"""By which of its properties a resource is named in the dimensions of a metric."""


@Rule(
    id="alarms-required-set",
    summary="What can break has an alarm: balancers, targets, services, capacity, functions, dead-letter queues.",
    fix="Add a cloudwatch.MetricAlarm on the metric with the resource in its dimensions.",
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
    ),
)
def alarms_required_set(resource: Resource, graph: Graph, config: Config) -> Results:
    """A controller that fails each minute is noticed when the cluster no longer scales; an alarm says it at once."""
    if resource.type in config["exceptTypes"] or not _watched_kind(resource, graph):
        return
    metric, meaning = REQUIRED[resource.type]
    watched = (resource,)
    if resource.type == tokens.GROUP:
        metric = "|".join(map(re.escape, config["capacityMetrics"]))
        watched = (resource, *graph.of(tokens.CLUSTER))
    if not any_true(*(partial(_is_watched, one, metric, graph) for one in watched)):
        yield f"no alarm tells when it {meaning}"


def _watched_kind(resource: Resource, graph: Graph) -> bool:
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


def _is_watched(resource: Resource, metric: str, graph: Graph) -> bool:
    def by(property_: str) -> bool:
        alarms = graph.sources((tokens.METRIC_ALARM,), property_, resource, *ALARM_KEYS)
        return any_true(*(partial(_measures, alarm, metric) for alarm in alarms))

    return any_true(lambda: by("dimensions"), lambda: by("metricQueries"))


def _measures(alarm: Resource, metric: str) -> bool:
    if alarm.has("metricQueries"):
        measured = [query["metric"] for query in alarm.get("metricQueries") if query.get("metric")]
        return any(_is_metric(metric, one["metricName"], one.get("stat")) for one in measured)
    return _is_metric(metric, alarm.get("metricName", default=""), alarm.peek("statistic"))


def _is_metric(wanted: str, name: str, statistic: object) -> bool:
    return bool(re.fullmatch(wanted, name) or re.fullmatch(wanted, f"{name} by {statistic}"))
