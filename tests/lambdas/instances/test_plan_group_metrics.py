import pytest

from lambdas.instances.actions import EnableMetrics
from lambdas.instances.group_metrics import plan_group_metrics
from tests.lambdas.instances.builders import NOW, a_group, a_snapshot, settings


@pytest.mark.parametrize(
    ("changes", "enabled"), [({"measured": False}, True), ({}, False), ({"measured": False, "deleting": True}, False)]
)
def test_a_group_that_publishes_no_sizes_is_told_to(changes, enabled):
    actions = list(plan_group_metrics(a_snapshot(a_group(name="g", **changes)), settings(), NOW))
    assert actions == ([EnableMetrics(group="g", reason="it publishes no sizes")] if enabled else [])
