"""The table of metrics is whole in itself, and reads the names of custom metrics."""

from __future__ import annotations

import re

import pytest

from ecs_operations.facts.metrics import (
    FAILURES,
    NAMESPACES,
    OTHER_NAMESPACES,
    meaning_of,
)


@pytest.mark.parametrize("name", sorted(NAMESPACES))
def test_a_namespace_names_its_dimensions_and_metrics(name):
    space = NAMESPACES[name]
    assert space.needed <= space.dimensions
    assert space.metrics
    assert [metric for metric in space.metrics if not re.fullmatch(r"[A-Za-z]\w*%?", metric)] == []


def test_no_namespace_is_known_in_two_ways():
    assert not OTHER_NAMESPACES & set(NAMESPACES)


@pytest.mark.parametrize(
    ("metric", "worse"),
    [
        ("FailedActions", "high"),
        ("DrainDeadlines", "high"),
        ("HTTP5xx", "high"),
        ("disk_used_percent", "high"),
        ("mem_available_percent", ""),
        ("RunningTasks", ""),
        ("FailoverReady", ""),
        ("CompletedPasses", ""),
    ],
)
def test_the_name_of_a_custom_metric_says_whether_more_is_worse(metric, worse):
    assert meaning_of("shop/main", metric).worse == worse


def test_a_share_ends_at_100_unless_tasks_may_take_more_than_they_reserve():
    assert meaning_of("AWS/ECS", "CPUUtilization", ("ClusterName",)).most == 100
    assert meaning_of("AWS/ECS", "CPUUtilization", ("ClusterName", "ServiceName")).most > 100
    assert meaning_of("AWS/EC2", "CPUUtilization").most == 100
    assert meaning_of("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count") == FAILURES
