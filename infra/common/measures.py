"""What CloudWatch is asked, as data: alarms judge it, and dashboards draw it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import pulumi

CALM_REQUESTS = 100
"""Requests of a minute that a rate counts at least: of ten requests one that fails is no ten percent."""


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


def error_rate(errors: Metric, requests: Metric) -> Formula:
    """Errors in percent of the requests, of CALM_REQUESTS a minute at least. Without requests there is no value.

    A load balancer publishes no count of errors while there are none, so a missing one is 0.
    """
    return Formula(
        expression=f"100 * FILL(errors, 0) / IF(requests > {CALM_REQUESTS}, requests, {CALM_REQUESTS})",
        metrics={"errors": errors, "requests": requests},
    )


def while_busy(measured: Metric, requests: Metric) -> Formula:
    """A measure of requests, 0 in minutes with fewer than CALM_REQUESTS: a percentile of ten means nothing."""
    return Formula(
        expression=f"IF(requests >= {CALM_REQUESTS}, measured, 0)", metrics={"measured": measured, "requests": requests}
    )


def growth(total: Metric) -> Formula:
    """How much a total has grown since the period before; 0 while it falls, as when what measured it is gone."""
    return Formula(expression="IF(DIFF(total) > 0, DIFF(total), 0)", metrics={"total": total})
