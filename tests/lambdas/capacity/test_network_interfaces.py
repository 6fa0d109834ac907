"""How much of the quota of network interfaces is in use is measured every quarter of an hour."""

import pytest

from lambdas.capacity.run import run
from tests.lambdas.capacity.capacity_api import NOW, Api
from tests.lambdas.capacity.clusters import some_settings
from tests.lambdas.transport import AwsError, fake_clients


def ran(api, minute=0):
    run(fake_clients(api), some_settings(), NOW.replace(minute=minute), {})
    return api.published.get("NetworkInterfacesPercent")


@pytest.mark.parametrize(("count", "percent", "calls"), [(0, 0, 1), (1000, 20, 1), (4200, 84, 5)])
def test_all_interfaces_of_the_region_count_a_call_a_thousand(count, percent, calls):
    api = Api(2)
    api.network_interfaces = count
    assert ran(api) == percent
    assert api.calls["DescribeNetworkInterfaces"] == calls


def test_other_minutes_ask_nothing():
    api = Api(2)
    assert {minute for minute in range(60) if ran(api, minute) is not None} == {0, 15, 30, 45}
    assert api.calls["DescribeNetworkInterfaces"] == api.calls["GetServiceQuota"] == 4


def test_a_refused_look_is_told_and_leaves_the_addresses(capsys):
    class Refusing(Api):
        def GetServiceQuota(self, params):
            raise AwsError("AccessDeniedException", "no")

    api = Refusing(2)
    assert ran(api) is None
    assert (api.published["UnreadParts"], api.published["FreeAddressesPercent"]) == (1, pytest.approx(73.3, abs=0.1))
    assert '"part": "NetworkInterfacesPercent"' in capsys.readouterr().out
