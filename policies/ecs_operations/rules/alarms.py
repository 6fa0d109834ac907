"""Alarms: what can break has one, and each has an action."""

from __future__ import annotations

import re
from functools import partial

from ecs_operations.engine.registry import Config, Results, Rule, Setting, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.alarm_actions import only_scales
from ecs_operations.facts.alarm_rules import UnreadRuleError, holds_in
from ecs_operations.facts.alarms import (
    COUNTS,
    by_math,
    counts_lines,
    direction,
    faults,
    measures,
    seconds_to_alarm,
)
from ecs_operations.facts.controllers import COMPLETE, actors
from ecs_operations.facts.graph import Graph, any_true
from ecs_operations.facts.hooks import SOURCE, custom_hooks
from ecs_operations.facts.metrics import Kind
from ecs_operations.facts.resource import Resource, refers
from ecs_operations.facts.shapes import known, number
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

    Alarms that feed a composite alarm, the deployments of a service or the refreshes of a group need no action. Nor
    does one that a function knows by name while another one tells of the same metric. A metric that is published only
    when something happens is missing most of the time: without a decision its alarm never leaves INSUFFICIENT_DATA,
    or never enters it; and a sign of life that is gone is missing.
    """
    if not alarm.has("alarmActions") and not _used(alarm, graph):
        yield "has no action"
    if not alarm.is_unknown("actionsEnabled") and str(alarm.get("actionsEnabled", default=True)).lower() == "false":
        yield "has its actions switched off"
    if alarm.type != tokens.METRIC_ALARM:
        return
    if not alarm.has("treatMissingData"):
        yield "does not say what missing data means"
    elif not only_scales(alarm):
        yield from _silence(alarm, str(alarm.get("treatMissingData")))


def _silence(alarm: Resource, missing: str) -> Results:
    """What is counted is not there when nothing happens."""
    found, low = measures(alarm), direction(alarm) == "low"
    for measure in found:
        few = low and measure.statistic in COUNTS and measure.meaning().worse != "high"
        if few and missing != "breaching" and not by_math(alarm):
            yield (
                f"goes to ALARM when there is too little of {measure.metric}, but takes silence for enough "
                f"(treatMissingData {missing})"
            )
        elif not low and missing == "breaching" and measure.meaning().kind is Kind.COUNT:
            yield f"is in ALARM while nothing fails: {measure.metric} is missing then, and missing data is breaching"


def _used(alarm: Resource, graph: Graph) -> bool:
    users = [(composite, "alarmRule") for composite in graph.of(tokens.COMPOSITE_ALARM)]
    users += [(service, "alarms") for service in graph.of(tokens.SERVICE)]
    users += [(group, "instanceRefresh") for group in graph.of(tokens.GROUP)]
    if any(_names(user, property_, alarm) for user, property_ in users):
        return True
    by_functions = any(_names(function, "environment", alarm) for function in graph.of(tokens.FUNCTION))
    return by_functions and _told_otherwise(alarm, graph)


def _names(user: Resource, property_: str, alarm: Resource) -> bool:
    texts = (leaf for leaf in leaves(user.inputs.get(property_)) if isinstance(leaf, str))
    names = alarm.known("name", "arn")
    return refers(user, property_, alarm, "name", "arn") or any(name in text for text in texts for name in names)


def _told_otherwise(alarm: Resource, graph: Graph) -> bool:
    measured = ("namespace", "metricName", "dimensions")
    same = (each for each in graph.of(tokens.METRIC_ALARM) if all(each.get(key) == alarm.get(key) for key in measured))
    return any(each.has("alarmActions") for each in same)


NAMESPACES = Setting(
    name="namespaces",
    default=[],
    description="Namespaces in which something outside of the stack publishes metrics, and those of AWS that are newer "
    "than the pack.",
)


@Rule(
    id="alarms-can-ring",
    summary="An alarm goes to ALARM when something is wrong, and only then.",
    fix="Correct namespace, metric_name, dimensions, unit, statistic, comparison_operator, threshold, alarm_rule or "
    "the periods.",
    severity=Severity.HIGH,
    source="Amazon CloudWatch user guide, Using Amazon CloudWatch alarms; AWS services that publish CloudWatch metrics",
    types=(tokens.METRIC_ALARM, tokens.COMPOSITE_ALARM),
    unknown=WhenUnknown.SKIP,
    settings=(
        NAMESPACES,
        Setting(
            name="largestCount",
            default=1_000,
            minimum=1,
            maximum=1_000_000_000,
            description="Failures in one period that are never reached: an alarm on more is none.",
        ),
        Setting(
            name="longestSilenceMinutes",
            default=60,
            minimum=1,
            maximum=10_080,
            description="Minutes after which an alarm on a sign of life has to tell that it is gone; what a metric "
            "filter counts may come as seldom as it does.",
        ),
        Setting(
            name="longestHours",
            default=24,
            minimum=1,
            maximum=168,
            description="Hours after which any alarm has to tell.",
        ),
    ),
    guards=(
        "namespace",
        "metricName",
        "dimensions",
        "statistic",
        "comparisonOperator",
        "threshold",
        "evaluationPeriods",
        "unit",
        "alarmRule",
    ),
)
def alarms_can_ring(alarm: Resource, graph: Graph, config: Config) -> Results:
    """CloudWatch takes an alarm on a metric that nobody publishes, and it stays green for ever.

    Judged are whether the metric exists, whether its statistic and threshold can be beyond what is normal, in which
    direction, and how soon. Custom metrics have to be published by a role or a metric filter of the stack, if any does.
    """
    if alarm.type == tokens.COMPOSITE_ALARM:
        yield from _composite(alarm)
        return
    yield from faults(alarm, graph, frozenset(config["namespaces"]), config["largestCount"])
    seconds = seconds_to_alarm(alarm)
    longest = config["longestHours"] * 3600
    if direction(alarm) == "low" and counts_lines(alarm, graph):
        return  # what happens once a week, as the run of a job, is missed after a week
    if direction(alarm) == "low" and alarm.get("treatMissingData", default="") == "breaching":
        longest = min(longest, config["longestSilenceMinutes"] * 60)
    if seconds > longest:
        yield f"tells after {seconds / 60:g} minutes, must be at most {longest / 60:g}"


STATES = re.compile(r"\b(ALARM|OK|INSUFFICIENT_DATA|AT_LEAST)\s*\(")


def _composite(alarm: Resource) -> Results:
    """Whether its rule depends on another alarm, and holds for some of their states, not for all."""
    rule = str(alarm.get("alarmRule", default=""))
    if not STATES.search(rule):
        yield f"has a rule that no alarm changes: {rule}"
        return
    try:
        answers = holds_in(rule)
    except UnreadRuleError:
        return
    if True not in answers:
        yield f"never goes to ALARM: its rule is {rule}"
    elif False not in answers:
        yield f"is always in ALARM: its rule is {rule}"


@Rule(
    id="alarms-drain-watched",
    summary="A drain of your own has an alarm on its deadline, and one on the silence of what drains.",
    fix="Add a cloudwatch.MetricAlarm on what the handler publishes when a drain reaches its deadline, and one with "
    'treat_missing_data "breaching" on what it publishes in every pass.',
    severity=Severity.MEDIUM,
    source=SOURCE,
    types=(tokens.GROUP,),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="deadlineMetrics",
            default=["DrainDeadlines", "DrainTimeouts", "DrainsFailed", "DrainDeadlineExceeded"],
            description="Metrics of the handler that tell of drains that did not end in time.",
        ),
        Setting(
            name="largestThreshold",
            default=10,
            minimum=1,
            maximum=1_000_000,
            description="Drains that are too many for the threshold of the alarm on the deadline.",
        ),
        NAMESPACES,
    ),
)
def alarms_drain_watched(group: Resource, graph: Graph, config: Config) -> Results:
    """A drain that reaches its deadline kills tasks with their requests; to AWS it looks like success.

    Groups that ECS drains itself (managed draining) have no handler that could tell.
    """
    if not custom_hooks(graph, group) or not actors(graph, COMPLETE, group):
        return
    alarms = graph.of(tokens.METRIC_ALARM)
    for tells, what in (
        (partial(_on_deadline, graph=graph, config=config), "a drain reaches its deadline"),
        (partial(_on_silence, graph=graph, config=config), "its drain handler is silent"),
    ):
        if not any_true(*(partial(tells, alarm) for alarm in alarms)):
            yield f"no alarm tells when {what}"


HOUR_S = 3600


def _on_deadline(alarm: Resource, graph: Graph, config: Config) -> bool:
    named = any(str(known(one.metric)) in config["deadlineMetrics"] for one in measures(alarm))
    if not named or direction(alarm) == "low" or seconds_to_alarm(alarm) > HOUR_S:
        return False
    few = (number(alarm.get("threshold", default=1)) or 0) <= config["largestThreshold"]
    return few and not any(faults(alarm, graph, frozenset(config["namespaces"]), 0))


def _on_silence(alarm: Resource, graph: Graph, config: Config) -> bool:
    if direction(alarm) != "low" or alarm.get("treatMissingData", default="") != "breaching":
        return False
    return not any(faults(alarm, graph, frozenset(config["namespaces"]), 0))
