"""What CloudWatch is asked, as data: alarms judge it, and dashboards draw it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import pulumi

CALM_REQUESTS = 100
"""Requests of a minute below which a percentile means nothing, and which a rate of a load balancer counts at least."""


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One metric, as CloudWatch names it."""

    namespace: pulumi.Input[str]
    name: str
    dimensions: Mapping[str, pulumi.Input[str]]
    statistic: str = "Sum"
    """Sum, Average, Maximum, Minimum, SampleCount or a percentile like p95. By default the sum of a period, as for
    counts."""

    def by(self, statistic: str) -> Metric:
        """The same metric by another statistic."""
        return replace(self, statistic=statistic)


@dataclass(frozen=True, kw_only=True)
class Formula:
    """What CloudWatch computes from several metrics (its user guide, "Using math expressions")."""

    expression: pulumi.Input[str]
    metrics: Mapping[str, Metric]
    """Name in the expression → metric; a name begins with a small letter."""


Measure: TypeAlias = Metric | Formula


def error_rate(errors: Metric, requests: Metric, *, at_least: int = CALM_REQUESTS) -> Formula:
    """Errors in percent of the requests, of `at_least` so many a minute: of ten that one fails is no ten percent.

    A load balancer publishes no count of what there is none of, so a missing one is 0; and requests that found no
    target are errors, but none of its requests (Application Load Balancers, "CloudWatch metrics", RequestCount).
    """
    failed = "FILL(errors, 0)"
    tried = _larger("FILL(requests, 0)", failed)
    return Formula(
        expression=f"100 * {failed} / {_larger(tried, str(at_least))}",
        metrics={"errors": errors, "requests": requests},
    )


def _larger(one: str, other: str) -> str:
    return f"IF({one} > {other}, {one}, {other})"


def of_quota(used: Metric) -> Formula:
    """Percent of an account's quota that are in use; `used` is a metric of AWS/Usage, which CloudWatch knows it by."""
    return Formula(expression="100 * used / SERVICE_QUOTA(used)", metrics={"used": used})


def while_busy(measured: Metric, requests: Metric) -> Formula:
    """A measure of requests, 0 in minutes with fewer than CALM_REQUESTS: a percentile of ten means nothing."""
    return Formula(
        expression=f"IF(requests >= {CALM_REQUESTS}, measured, 0)", metrics={"measured": measured, "requests": requests}
    )


def growth(counter: Metric) -> Formula:
    """How much counters that never fall have grown, all together; 0 where one came or went, which is no growth."""
    return Formula(
        expression="IF(DIFF(number) == 0 AND DIFF(total) > 0, DIFF(total), 0)",
        metrics={"total": counter.by("Sum"), "number": counter.by("SampleCount")},
    )
