"""What alarms and dashboards of a graph look at, whether by one metric or by a formula of several."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi_aws as aws

from tests.support.graph import Graph, Node


@dataclass(frozen=True)
class Watched:
    """One metric, by one statistic."""

    by: str
    """The alarm or the widget."""
    namespace: str
    name: str
    statistic: str
    dimensions: Mapping[str, str]


def of_alarm(alarm: Node) -> list[Watched]:
    if "metricQueries" not in alarm.inputs:
        statistic = alarm.inputs.get("statistic") or alarm["extendedStatistic"]
        return [
            Watched(alarm.name, alarm["namespace"], alarm["metricName"], statistic, alarm.inputs.get("dimensions", {}))
        ]
    metrics = [query["metric"] for query in alarm["metricQueries"] if "metric" in query]
    return [
        Watched(alarm.name, one["namespace"], one["metricName"], one["stat"], one.get("dimensions", {}))
        for one in metrics
    ]


def of_dashboards(graph: Graph) -> Iterator[Watched]:
    for dashboard in graph.of(aws.cloudwatch.Dashboard):
        for widget in widgets(dashboard):
            for entry in widget["properties"].get("metrics", []):
                if "expression" not in entry[-1]:
                    yield _of_entry(widget["properties"]["title"], entry)


def widgets(dashboard: Node) -> list[dict[str, Any]]:
    return json.loads(dashboard["dashboardBody"])["widgets"]


def _of_entry(title: str, entry: list[Any]) -> Watched:
    namespace, name, *dimensions, options = entry
    return Watched(title, namespace, name, options["stat"], dict(zip(dimensions[::2], dimensions[1::2], strict=True)))


def told(graph: Graph, alarm: Node) -> tuple[Node, list[str]]:
    """Who speaks for an alarm (itself, or the one of its cause's suppression), and whom it tells."""
    if "alarmActions" in alarm.inputs:
        return alarm, alarm["alarmActions"]
    (speaker,) = [
        each for each in graph.of(aws.cloudwatch.CompositeAlarm) if alarm.urn in each.property_dependencies["alarmRule"]
    ]
    return speaker, speaker["alarmActions"]


def scales(graph: Graph, alarm: Node) -> bool:
    """Whether an alarm calls a scaling policy, and tells nobody."""
    policies = {policy.urn for policy in graph.of(aws.appautoscaling.Policy)}
    return bool(policies & {*alarm.property_dependencies.get("alarmActions", ())})
