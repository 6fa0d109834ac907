"""A dashboard as data, and the body that CloudWatch draws (CloudWatch API reference, "Dashboard body structure")."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import pulumi

from .measures import Formula, Measure, Metric

COLUMNS = 24
"""Width of a dashboard (same source)."""

PERIOD_S = 60
"""Seconds that a point of a graph stands for, as in the alarms."""


@dataclass(frozen=True, kw_only=True)
class Graph:
    """Measures over time, with a legend."""

    title: str
    lines: Mapping[str, Measure]
    """Words in the legend → measure."""
    unit: str
    """What the axis counts, for example "tasks"."""
    limits: Mapping[str, float] | None = None
    """Words → value of a horizontal line, where an alarm begins. By default none."""
    most: float | None = None
    """Upper end of the axis. By default what the measures need."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """The answer of a query of CloudWatch Logs Insights."""

    title: str
    log_groups: Sequence[pulumi.Input[str]]
    query: str


@dataclass(frozen=True, kw_only=True)
class States:
    """Alarms and their states."""

    title: str
    alarm_arns: Sequence[pulumi.Input[str]]


@dataclass(frozen=True, kw_only=True)
class Words:
    """Text in Markdown."""

    markdown: pulumi.Input[str]


Widget: TypeAlias = Graph | Table | States | Words


@dataclass(frozen=True, kw_only=True)
class Row:
    """Widgets side by side, equally wide."""

    height: int
    widgets: Sequence[Widget]


def body(rows: Sequence[Row], region: pulumi.Input[str]) -> dict[str, Any]:
    """The body of a dashboard; what is an Output in the rows is one in it."""
    widgets: list[dict[str, Any]] = []
    y = 0
    for row in rows:
        width = COLUMNS // len(row.widgets)
        for number, widget in enumerate(row.widgets):
            place = {"x": number * width, "y": y, "width": width, "height": row.height}
            widgets.append(place | _drawn(widget, region))
        y += row.height
    return {"periodOverride": "inherit", "start": "-PT3H", "widgets": widgets}


def _drawn(widget: Widget, region: pulumi.Input[str]) -> dict[str, Any]:
    if isinstance(widget, Graph):
        return {"type": "metric", "properties": _graph(widget, region)}
    if isinstance(widget, Table):
        sources = [pulumi.Output.concat("SOURCE '", name, "'") for name in widget.log_groups]
        query = pulumi.Output.all(*sources).apply(lambda known: " | ".join([*known, widget.query]))
        return {
            "type": "log",
            "properties": {"title": widget.title, "region": region, "view": "table", "query": query},
        }
    if isinstance(widget, States):
        return {"type": "alarm", "properties": {"title": widget.title, "alarms": list(widget.alarm_arns)}}
    return {"type": "text", "properties": {"markdown": widget.markdown}}


def _graph(graph: Graph, region: pulumi.Input[str]) -> dict[str, Any]:
    metrics: list[Any] = []
    for number, (label, measure) in enumerate(graph.lines.items()):
        metrics += _lines(label, measure, prefix=f"m{number}")
    axis = {"label": graph.unit, "min": 0, "showUnits": False} | ({"max": graph.most} if graph.most else {})
    properties: dict[str, Any] = {
        "title": graph.title,
        "region": region,
        "view": "timeSeries",
        "period": PERIOD_S,
        "metrics": metrics,
        "yAxis": {"left": axis},
    }
    if graph.limits:
        limits = [{"label": label, "value": value} for label, value in graph.limits.items()]
        properties["annotations"] = {"horizontal": limits}
    return properties


def _lines(label: str, measure: Measure, prefix: str) -> list[Any]:
    """A measure as CloudWatch names it. Names within a formula are those of its widget, so each gets a prefix."""
    if isinstance(measure, Metric):
        return [_named(measure, {"label": label, "stat": measure.statistic})]
    names = {name: f"{prefix}{name}" for name in measure.metrics}
    hidden = [
        _named(metric, {"id": names[name], "stat": metric.statistic, "visible": False})
        for name, metric in measure.metrics.items()
    ]
    shown = {"id": f"{prefix}result", "expression": _renamed(measure, names)} | ({"label": label} if label else {})
    return [*hidden, [shown]]


def _named(metric: Metric, options: Mapping[str, Any]) -> list[Any]:
    dimensions = [part for pair in metric.dimensions.items() for part in pair]
    return [metric.namespace, metric.name, *dimensions, dict(options)]


def _renamed(formula: Formula, names: Mapping[str, str]) -> pulumi.Output[str]:
    def renamed(expression: str) -> str:
        for name, longer in names.items():
            expression = re.sub(rf"\b{name}\b", longer, expression)
        return expression

    return pulumi.Output.from_input(formula.expression).apply(renamed)
