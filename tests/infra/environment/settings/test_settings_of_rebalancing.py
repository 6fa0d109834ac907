"""Settings of the key `rebalancing` that contradict each other."""

import pytest

from infra.environment.settings.rebalancing import RebalancingSettings


@pytest.mark.parametrize(("timeout", "soak", "wrong"), [(120, 31, True), (120, 30, False), (690, 600, False)])
def test_further_tasks_have_time_to_start_and_to_soak(timeout, soak, wrong):
    found = [*RebalancingSettings.model_validate({"timeoutS": timeout, "soakS": soak}).conflicts()]
    assert [each.path for each in found] == (["timeoutS"] if wrong else [])
