"""Whether an alarm can go to ALARM, and only when something is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.alarm_actions import only_scales
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.metric_writers import metric_writers
from ecs_operations.facts.metrics import NAMESPACES, NEEDED, OTHER_NAMESPACES, Kind, Meaning, meaning_of
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import blocks, known, listed, number
from ecs_operations.facts.user_data import user_data
from ecs_operations.facts.values import Unknown

AGENT = "CWAgent"
"""Namespace of the CloudWatch agent, unless its configuration names another."""
COUNTS = ("Sum", "SampleCount")
ARN_SUFFIXES = {"LoadBalancer": ("app/", "net/", "gwy/"), "TargetGroup": ("targetgroup/",)}
"""Dimension → how its values begin: with the suffix of an ARN."""
TASK_SHARES = ("CPUUtilization", "MemoryUtilization")
"""Of a service, with one sample a task and minute: their number is the number of tasks."""


@dataclass(frozen=True)
class Measure:
    """One metric that an alarm looks at. Values may be unknown."""

    namespace: Any
    metric: Any
    statistic: Any
    dimensions: Mapping[str, Any]
    unit: Any = None

    def meaning(self) -> Meaning:
        """What the metric means."""
        return meaning_of(str(self.namespace), str(self.metric), self.dimensions)

    def counts_tasks(self) -> bool:
        """Whether it counts the tasks of a service by their samples."""
        return self.statistic == "SampleCount" and self.namespace == "AWS/ECS" and self.metric in TASK_SHARES


def by_math(alarm: Resource) -> bool:
    """Return whether an alarm computes what it looks at."""
    return alarm.has("metricQueries")


def measures(alarm: Resource) -> list[Measure]:
    """Return what an alarm looks at. Raises UnknownInputError when it is not known at all."""
    if by_math(alarm):
        found = [block for query in blocks(alarm.get("metricQueries")) for block in blocks(known(query).get("metric"))]
        return [
            Measure(
                one.get("namespace"),
                one.get("metricName"),
                one.get("stat"),
                _dimensions(one.get("dimensions")),
                one.get("unit"),
            )
            for one in map(known, found)
        ]
    given = alarm.inputs
    statistic = given.get("statistic")
    if statistic is None:
        statistic = given.get("extendedStatistic")
    dimensions = _dimensions(given.get("dimensions"))
    return [Measure(given.get("namespace"), given.get("metricName"), statistic, dimensions, given.get("unit"))]


def _dimensions(given: Any) -> Mapping[str, Any]:
    return known(given) if isinstance(known(given), dict) else {}


def direction(alarm: Resource) -> str:
    """Return `high` when too much raises the alarm, `low` when too little does; empty for bands of anomalies."""
    operator = str(alarm.get("comparisonOperator", default=""))
    if not operator.endswith("Threshold") or "Lower" in operator or "Upper" in operator:
        return ""
    return "high" if operator.startswith("Greater") else "low"


def seconds_to_alarm(alarm: Resource) -> float:
    """Return how long something is wrong before the alarm tells.

    Sums and maxima are above a threshold before their period is over.
    """
    queries = [
        block for query in blocks(alarm.get("metricQueries", default=[])) for block in blocks(query.get("metric"))
    ]
    period = max([number(alarm.get("period", default=60)) or 60, *(number(one.get("period")) or 0 for one in queries)])
    evaluated = number(alarm.get("evaluationPeriods", default=1)) or 1
    needed = number(alarm.get("datapointsToAlarm")) or evaluated
    early = direction(alarm) == "high" and alarm.get("statistic", default="") in ("Sum", "Maximum", "SampleCount")
    return (needed - 1 if early else needed) * period


def faults(alarm: Resource, graph: Graph, published: frozenset[str], largest: float) -> Iterator[str]:
    """Yield why an alarm cannot go to ALARM, or is there whatever happens.

    `published` are namespaces that something outside of the stack writes; `largest` is what no count of failures
    reaches. Raises UnknownInputError when it meets a value that is not known.
    """
    for measure in measures(alarm):
        yield from _where(alarm, measure, graph, published)
        yield from _unit(measure, graph)
    if by_math(alarm):
        yield from _math(alarm)
    else:
        for measure in measures(alarm):
            yield from _what(alarm, measure, largest)
    evaluated, needed = (number(alarm.get(name)) for name in ("evaluationPeriods", "datapointsToAlarm"))
    if evaluated and needed and needed > evaluated:
        yield f"wants {needed:g} datapoints of {evaluated:g} periods"


def _where(alarm: Resource, measure: Measure, graph: Graph, published: frozenset[str]) -> Iterator[str]:
    """Whether the metric exists."""
    namespace, metric = str(known(measure.namespace)), str(known(measure.metric))
    if namespace in published:
        return
    if not namespace.startswith("AWS/") and namespace not in NAMESPACES:
        yield from _custom(alarm, namespace, metric, graph)
        return
    space = NAMESPACES.get(namespace)
    if space is None:
        if namespace not in OTHER_NAMESPACES:
            yield f"looks at the namespace {namespace}, in which AWS publishes nothing"
        return
    if space.complete and metric not in space.metrics:
        yield f"looks at {metric}, which AWS does not publish in {namespace}"
    names = frozenset(measure.dimensions)
    needed = NEEDED.get(metric) if "TargetGroup" in space.dimensions else None
    lacking = not needed <= names if needed else bool(space.needed) and not names & space.needed
    if names - space.dimensions or lacking:
        given = " and ".join(sorted(names)) or "no dimensions"
        yield f"looks at {metric} by {given}, by which AWS does not publish it in {namespace}"
    for name, value in measure.dimensions.items():
        yield from _value(name, value)
    yield from _collected(alarm, namespace, metric, graph)


UNITS = {Kind.COUNT: "Count", Kind.FLAG: "Count", Kind.LEVEL: "Count", Kind.SHARE: "Percent"}
WITH_UNITS = frozenset({"AWS/ApplicationELB", "AWS/NetworkELB", "AWS/ECS", "AWS/Lambda", "AWS/SQS", "AWS/SNS"})
"""Namespaces whose metrics have the unit of their kind (source: the CloudWatch pages of each service's guide)."""
OWN_UNITS = {
    "Duration": "Milliseconds",
    "TargetResponseTime": "Seconds",
    "ApproximateAgeOfOldestMessage": "Seconds",
    "RequestCount": "Count",
    "Invocations": "Count",
}


def _unit(measure: Measure, graph: Graph) -> Iterator[str]:
    """An alarm with a unit looks only at what is published with it."""
    given = str(known(measure.unit) or "")
    metric, namespace = str(known(measure.metric)), str(known(measure.namespace))
    wanted = OWN_UNITS.get(metric) or UNITS.get(measure.meaning().kind) if namespace in WITH_UNITS else None
    filters = metric_writers(graph).units(namespace, metric) if given else set[str]()
    if given and wanted and given != wanted:
        yield f"looks at {metric} in {given} (unit), which AWS publishes in {wanted}"
    elif filters and given not in filters:
        yield f"looks at {metric} in {given} (unit), which its filter publishes in {' and '.join(sorted(filters))}"


def _value(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, Unknown):
        return
    starts = ARN_SUFFIXES.get(name, ())
    if str(value).startswith("arn:") or (starts and not str(value).startswith(starts)):
        wanted = "the suffix of the ARN" if starts else "names"
        yield f"has {value} in the dimension {name}, where AWS publishes {wanted}"


def _collected(alarm: Resource, namespace: str, metric: str, graph: Graph) -> Iterator[str]:
    """A group publishes what it is told to."""
    if namespace != "AWS/AutoScaling" or by_math(alarm):
        return
    for group in graph.targets(alarm, "dimensions", (tokens.GROUP,), "name", "id"):
        if metric not in listed(group.get("enabledMetrics")):
            yield f"looks at {metric}, which {group.name} does not publish (enabledMetrics)"


def _custom(alarm: Resource, namespace: str, metric: str, graph: Graph) -> Iterator[str]:
    """A namespace that this stack writes, or one that was made from something else, as another stack's output."""
    own = metric_writers(graph)
    yield from _dimensionless(alarm, namespace, metric, graph)
    if namespace == AGENT or alarm.dependencies.get("namespace") or own.allows(namespace):
        return
    filtered = own.filtered.get(namespace)
    if filtered and metric in filtered:
        return
    if own.lost is not None:
        raise own.lost
    if filtered:
        yield f"looks at {metric}, which no metric filter publishes in {namespace}"
    elif own.knows(namespace):
        yield f"looks at the namespace {namespace}, in which nothing of this stack publishes"


def _dimensionless(alarm: Resource, namespace: str, metric: str, graph: Graph) -> Iterator[str]:
    """A metric is found by exactly the dimensions with which it was published."""
    published = metric_writers(graph).dimensions(namespace, metric)
    for measure in measures(alarm):
        given = frozenset(measure.dimensions)
        if published and given not in published and str(known(measure.metric)) == metric:
            wanted = " or ".join(sorted(" and ".join(sorted(one)) or "no dimensions" for one in published))
            yield f"looks at {metric} by {' and '.join(sorted(given)) or 'no dimensions'}, published by {wanted}"
        elif not published and not given and (beside := _beside(namespace, alarm, graph)):
            yield f"looks at {metric} by no dimensions, and all other alarms on {namespace} by {' and '.join(beside)}"
        elif not published and not given and (wanted := _by_agent(namespace, graph)):
            yield f"looks at {metric} by no dimensions, which the CloudWatch agent publishes by {wanted}"


_AGGREGATED = re.compile(r'"aggregation_dimensions"\s*:\s*\[((?:\s*\[[^\]]*\]\s*,?)*)\s*\]')
"""Source: CloudWatch agent configuration file, metrics section: what metrics of all instances are added up by."""


def _by_agent(namespace: str, graph: Graph) -> str:
    """The dimensions by which the agents of this stack publish in a namespace; empty if also without any."""
    scripts = (user_data(host) for host in graph.of(tokens.LAUNCH_TEMPLATE))
    found = [one[1] for text in scripts if f'"{namespace}"' in text for one in _AGGREGATED.finditer(text)]
    names = [re.findall(r'"([^"]+)"', group) for text in found for group in re.findall(r"\[([^\]]*)\]", text)]
    return " or ".join(" and ".join(one) for one in names) if names and all(names) else ""


FEW = 2


def _beside(namespace: str, alarm: Resource, graph: Graph) -> list[str]:
    """The dimensions of all other alarms in a namespace, if there are some, and each has any."""
    others = [
        frozenset(one.dimensions)
        for other in graph.of(tokens.METRIC_ALARM)
        if other is not alarm and not other.is_unknown("dimensions", noted=False) and not by_math(other)
        for one in measures(other)
        if not isinstance(one.namespace, Unknown) and one.namespace == namespace
    ]
    return sorted(others[0]) if len(others) >= FEW and all(others) else []


def counts_lines(alarm: Resource, graph: Graph) -> bool:
    """Return whether all that it looks at are lines of logs, which metric filters of this stack count."""
    filtered = metric_writers(graph).filtered
    return all(
        known(one.statistic) == "Sum" and str(known(one.metric)) in filtered.get(str(known(one.namespace)), ())
        for one in measures(alarm)
    )


def _what(alarm: Resource, measure: Measure, largest: float) -> Iterator[str]:
    """Whether the numbers mean something."""
    meaning, towards = measure.meaning(), direction(alarm)
    statistic, metric = str(known(measure.statistic) or ""), str(measure.metric)
    if measure.counts_tasks():  # too few are an outage, and too many a service at its maximum
        meaning = Meaning(Kind.LEVEL)
    elif problem := _statistic(meaning, statistic, metric, towards):
        yield problem
        return
    if meaning.worse and towards and meaning.worse != towards:
        few, more = ("little", "more") if towards == "low" else ("much", "less")
        yield f"goes to ALARM when there is too {few} of {metric}, of which {more} is worse"
        return
    threshold = number(alarm.get("threshold"))
    if threshold is None or not towards:
        return
    most = 1.0 if meaning.kind is Kind.FLAG and statistic != "Sum" else meaning.most
    custom = str(measure.namespace) not in NAMESPACES
    if largest and meaning.worse == "high" and (meaning.kind is Kind.COUNT or (custom and meaning.kind is Kind.LEVEL)):
        most = min(most, largest)
    floor = (
        0.0 if meaning.kind is not Kind.OTHER or str(measure.namespace) in NAMESPACES or statistic in COUNTS else None
    )
    yield from _reached(str(alarm.get("comparisonOperator")), threshold, floor, most, f"{metric} ({statistic})")


def _statistic(meaning: Meaning, statistic: str, metric: str, towards: str) -> str:
    if meaning.kind is Kind.COUNT and statistic not in ("Sum", ""):
        return f"looks at the {statistic} of {metric}, which is 1 in every sample; only its Sum counts"
    if statistic == "SampleCount" and meaning.kind is not Kind.OTHER:
        return f"looks at the SampleCount of {metric}, which counts how often it was measured"
    summed = meaning.kind is Kind.SHARE or (meaning.kind is Kind.LEVEL and towards == "low" and meaning.worse == "low")
    if statistic == "Sum" and summed:
        return f"looks at the Sum of {metric}, which adds up what was measured at different times"
    return ""


def _reached(operator: str, threshold: float, floor: float | None, most: float, what: str) -> Iterator[str]:
    """Whether a threshold lies where values can be: on both sides of it."""
    strict = "OrEqual" not in operator
    above = threshold >= most if strict else threshold > most
    below = floor is not None and (threshold < floor if strict else threshold <= floor)
    if operator.startswith("Less"):
        above = threshold > most if strict else threshold >= most
        below = floor is not None and (threshold <= floor if strict else threshold < floor)
    never, always = (above, below) if operator.startswith("Greater") else (below, above)
    if never:
        yield f"never goes to ALARM: {what} is never beyond {threshold:g}"
    elif always:
        yield f"is always in ALARM: {what} is always beyond {threshold:g}"


_PERCENT = re.compile(r"\s*100(\.0)?\s*\*")
"""How an expression begins whose result is a percentage."""
_TEXT = re.compile(r"\"[^\"]*\"|'[^']*'")
_NAME = re.compile(r"\b[a-z]\w*\b(?!\s*\()")


def _math(alarm: Resource) -> Iterator[str]:
    """Whether one result is returned, and made of what is there."""
    queries = [known(query) for query in blocks(alarm.get("metricQueries"))]
    returned = [query for query in queries if query.get("returnData") is True or query.get("returnData") == "true"]
    if len(queries) > 1 and len(returned) != 1 and not alarm.has("thresholdMetricId"):
        yield f"returns the data of {len(returned)} metric queries, must be of one"
    ids = {str(query.get("id")) for query in queries}
    for query in queries:
        expression = str(known(query.get("expression")) or "")
        if expression.upper().startswith(("SELECT", "SEARCH")):
            continue
        unknown = sorted(set(_NAME.findall(_TEXT.sub("", expression))) - ids)
        if unknown:
            yield f"computes with {' and '.join(unknown)}, which is no id of its metric queries"
    yield from _computed(alarm, " ".join(str(known(query.get("expression")) or "") for query in returned))


def _computed(alarm: Resource, expression: str) -> Iterator[str]:
    """Whether what is computed of the metrics can be beyond the threshold, on the side where it is worse."""
    towards, worse = direction(alarm), dict[str, str]()
    for measure in measures(alarm):
        meaning, metric = measure.meaning(), str(measure.metric)
        if problem := _statistic(meaning, str(known(measure.statistic) or ""), metric, towards):
            yield problem
        if meaning.worse:
            worse[meaning.worse] = metric
    # Work that waits while little runs starts more: such an alarm need not be bad news.
    if len(worse) == 1 and towards and towards not in worse and not only_scales(alarm):
        few = "little" if towards == "low" else "much"
        yield f"goes to ALARM when there is too {few} of what it computes of {', '.join(worse.values())}"
        return
    threshold = number(alarm.get("threshold"))
    if _PERCENT.match(expression) and threshold is not None and towards:
        yield from _reached(str(alarm.get("comparisonOperator")), threshold, 0.0, 100.0, "a percentage")
