"""Formulas of CloudWatch, computed as its user guide says ("Using math expressions")."""

import pytest

from infra.common.measures import Metric, error_rate, growth, while_busy

M = Metric(namespace="N", name="M", dimensions={})


def computed(formula, before=None, **values):
    """The value of one minute; None where CloudWatch has none, since something that is missing is not filled."""
    names = {name: values.get(name) for name in formula.metrics}

    def diff(value):
        (name,) = [each for each in names if names[each] is value]
        return value - before[name]

    functions = {
        "FILL": lambda value, other: other if value is None else value,
        "IF": lambda condition, one, other: one if condition else other,
        "DIFF": diff,
    }
    try:
        return eval(formula.expression.replace(" AND ", " and "), functions | names)
    except TypeError:
        return None


@pytest.mark.parametrize(
    ("errors", "requests", "percent"),
    [
        (None, 1000, 0),
        (50, 1000, 5),
        (1000, 1000, 100),  # errors of targets are requests, too
        (5, 10, 5),  # of a hundred at least
        (10, 10, 10),
        (500, None, 100),  # no target at all: nothing is counted but errors
        (5, None, 5),
        (600, 200, 100),
        (None, None, 0),
    ],
)
def test_errors_are_a_part_of_what_was_tried(errors, requests, percent):
    assert computed(error_rate(M, M), errors=errors, requests=requests) == percent


def test_with_few_requests_one_error_counts_as_the_caller_says():
    assert computed(error_rate(M, M, at_least=20), errors=1, requests=3) == 5


@pytest.mark.parametrize(("requests", "value"), [(99, 0), (100, 7), (None, None)])
def test_a_percentile_of_few_requests_means_nothing(requests, value):
    assert computed(while_busy(M, M), requests=requests, measured=7) == value


@pytest.mark.parametrize(
    ("before", "now", "grown"),
    [
        ((1_000_000, 3), (1_000_005, 3), 5),
        ((1_000_000, 3), (1_000_000, 3), 0),
        ((1_000_000, 3), (10, 2), 0),  # the instance with the long history is gone
        ((10, 2), (1_000_010, 3), 0),  # or is back
    ],
)
def test_counters_that_come_and_go_have_not_grown(before, now, grown):
    names = ("total", "number")
    formula = growth(M)
    assert {name: metric.statistic for name, metric in formula.metrics.items()} == {
        "total": "Sum", "number": "SampleCount",
    }  # fmt: skip
    assert computed(formula, dict(zip(names, before, strict=True)), **dict(zip(names, now, strict=True))) == grown
