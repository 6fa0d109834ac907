"""An alarm as data, and the CloudWatch alarm that it becomes: each tells somebody, and names its runbook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import pulumi
import pulumi_aws as aws

from .measures import Formula, Measure, Metric

RUNBOOKS = "docs/operations.md"
"""The page with a runbook for every alarm, in the repository of the platform: the address where none is set."""

Severity: TypeAlias = Literal["page", "ticket"]
"""`page` wakes somebody: users are harmed, or will be soon, and nothing mends it by itself. A `ticket` is for the next
working day."""

SUPPRESSION_WAIT_S, SUPPRESSION_EXTENSION_S = 120, 300
"""Seconds that an alarm waits for the one of its cause to come first, and that it keeps quiet after that is OK again:
what followed from it needs some minutes to heal."""


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One alarm: it goes to ALARM when `datapoints` of the last `periods` are beyond the threshold."""

    summary: str
    """What is wrong in ALARM, as a sentence."""
    runbook: str
    """The heading of its runbook, as the page's anchor."""
    measure: Measure
    threshold: float
    severity: Severity | None = "ticket"
    """Whom it tells. By default nobody is woken; with None it tells nobody at all, and something else looks at it."""
    comparison: Literal["GreaterThanOrEqualToThreshold", "LessThanThreshold"] = "GreaterThanOrEqualToThreshold"
    """By default too much is wrong."""
    periods: int = 1
    """Periods that are judged together. By default the last one alone."""
    datapoints: int = 1
    """How many of them have to be beyond the threshold. By default one."""
    period_s: int = 60
    """Seconds of a period. By default a minute."""
    missing: Literal["notBreaching", "breaching", "ignore"] = "notBreaching"
    """What no data means. By default nothing is wrong, as for counts of errors; `breaching` is for signs of life."""
    name: str | None = None
    """A physical name, only where something else knows the alarm by it. By default Pulumi names it."""


@dataclass(frozen=True, kw_only=True)
class Notified:
    """Whom alarms tell, and where their runbooks are."""

    page_topic_arn: pulumi.Input[str]
    ticket_topic_arn: pulumi.Input[str]
    runbook_url: pulumi.Input[str | None] = None
    """Address of the page with the runbooks. By default its path in the platform's repository."""

    def topics(self, severity: Severity | None) -> list[pulumi.Input[str]] | None:
        """The topic for a severity."""
        if severity is None:
            return None
        return [self.page_topic_arn if severity == "page" else self.ticket_topic_arn]

    def description(self, alarm: Alarm) -> pulumi.Output[str]:
        """What somebody reads who is told."""
        whom = f"Severity: {alarm.severity}." if alarm.severity else "It tells nobody."
        return pulumi.Output.from_input(self.runbook_url).apply(
            lambda url: f"{alarm.summary} {whom} Runbook: {url or RUNBOOKS}#{alarm.runbook}"
        )


def alarm_to(
    notified: Notified,
    name: str,
    alarm: Alarm,
    parent: pulumi.Resource,
    *,
    after: pulumi.Resource | None = None,
    cause: pulumi.Input[str | None] | None = None,
    worse: aws.cloudwatch.MetricAlarm | None = None,
) -> aws.cloudwatch.MetricAlarm:
    """The alarm in CloudWatch, which tells the topic of its severity when it goes to ALARM and when it is OK again.

    An alarm that takes silence for a sign of death comes `after` what it watches: before, silence would raise it. With
    a `cause`, the ARN or name of another alarm, it tells nobody while that one is in ALARM: one cause, one page. Nor
    does it while a `worse` one tells.
    """
    told_by_another = cause is not None or worse is not None
    actions = None if told_by_another else notified.topics(alarm.severity)
    metric_alarm = aws.cloudwatch.MetricAlarm(
        name,
        name=alarm.name,
        alarm_description=notified.description(alarm),
        comparison_operator=alarm.comparison,
        threshold=alarm.threshold,
        evaluation_periods=alarm.periods,
        datapoints_to_alarm=alarm.datapoints,
        treat_missing_data=alarm.missing,
        alarm_actions=actions,
        ok_actions=actions,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[after] if after else None),
        **_measured(alarm),
    )
    if told_by_another:
        _tell_unless(cause, worse, metric_alarm, alarm, notified, name=name, parent=parent)
    return metric_alarm


def _measured(alarm: Alarm) -> dict[str, Any]:
    if isinstance(alarm.measure, Metric):
        metric = alarm.measure
        return {
            "namespace": metric.namespace,
            "metric_name": metric.name,
            "dimensions": dict(metric.dimensions),
            "period": alarm.period_s,
            **(
                {"extended_statistic": metric.statistic}
                if metric.statistic.startswith("p")
                else {"statistic": metric.statistic}
            ),
        }
    return {"metric_queries": _queries(alarm.measure, alarm.period_s)}


def _queries(formula: Formula, period_s: int) -> list[aws.cloudwatch.MetricAlarmMetricQueryArgs]:
    computed = aws.cloudwatch.MetricAlarmMetricQueryArgs(
        id="result", expression=formula.expression, label="result", return_data=True
    )
    read = [
        aws.cloudwatch.MetricAlarmMetricQueryArgs(
            id=query_id,
            return_data=False,
            metric=aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
                namespace=metric.namespace,
                metric_name=metric.name,
                dimensions=dict(metric.dimensions),
                period=period_s,
                stat=metric.statistic,
            ),
        )
        for query_id, metric in formula.metrics.items()
    ]
    return [computed, *read]


def _suppressor(cause: str | None) -> aws.cloudwatch.CompositeAlarmActionsSuppressorArgs | None:
    """None where the output that names the cause holds nothing."""
    if not cause:
        return None
    return aws.cloudwatch.CompositeAlarmActionsSuppressorArgs(
        alarm=cause, wait_period=SUPPRESSION_WAIT_S, extension_period=SUPPRESSION_EXTENSION_S
    )


def _tell_unless(
    cause: pulumi.Input[str | None] | None,
    worse: aws.cloudwatch.MetricAlarm | None,
    metric_alarm: aws.cloudwatch.MetricAlarm,
    alarm: Alarm,
    notified: Notified,
    *,
    name: str,
    parent: pulumi.Resource,
) -> None:
    """Tell in the place of an alarm, but for the time in which its cause is known, or something worse is told."""
    topics = notified.topics(alarm.severity)
    rule = pulumi.Output.format('ALARM("{0}")', metric_alarm.name)
    if worse is not None:
        rule = pulumi.Output.format('{0} AND NOT ALARM("{1}")', rule, worse.name)
    aws.cloudwatch.CompositeAlarm(
        f"{name}-told",
        alarm_name=pulumi.Output.concat(metric_alarm.name, "-told"),
        alarm_description=notified.description(alarm),
        alarm_rule=rule,
        actions_suppressor=pulumi.Output.from_input(cause).apply(_suppressor),
        alarm_actions=topics,
        ok_actions=topics,
        opts=pulumi.ResourceOptions(parent=parent),
    )
