"""What is free of the subnets' addresses is measured, and no decision waits for it."""

import pytest

from lambdas.capacity.free_addresses import free_percent
from lambdas.capacity.run import run
from tests.lambdas.capacity.capacity_api import NOW, Api
from tests.lambdas.capacity.clusters import some_settings
from tests.lambdas.transport import AwsError, fake_clients


def ran(api):
    run(fake_clients(api), some_settings(), NOW, {})


def test_the_fullest_subnet_counts_without_what_aws_keeps():
    api = Api(2)
    api.free_addresses = (4091, 818, 4000)
    ran(api)
    assert api.published["FreeAddressesPercent"] == pytest.approx(100 * 818 / 4091)


@pytest.mark.parametrize(("cidr", "free", "percent"), [("10.0.0.0/24", 251, 100), ("10.0.0.0/28", 0, 0)])
def test_all_addresses_are_those_that_can_be_used(cidr, free, percent):
    assert free_percent(cidr, free) == percent


def test_a_refused_look_at_the_subnets_is_told_and_stops_nothing(capsys):
    class Refusing(Api):
        def DescribeSubnets(self, params):
            raise AwsError("UnauthorizedOperation", "no")

    api = Refusing(2, 1, busy=2, desired=10)
    ran(api)
    assert api.size == 5
    assert api.published["FailedActions"] == 0
    assert (api.published["UnreadParts"], "FreeAddressesPercent" in api.published) == (1, False)
    assert '"part": "FreeAddressesPercent"' in capsys.readouterr().out


def test_a_group_without_subnets_asks_nothing():
    class Classic(Api):
        def DescribeAutoScalingGroups(self, params):
            answer = super().DescribeAutoScalingGroups(params)
            for group in answer["AutoScalingGroups"]:
                del group["VPCZoneIdentifier"]
            return answer

        def DescribeSubnets(self, params):
            raise AssertionError("asked for subnets")

    api = Classic(2)
    ran(api)
    assert "FreeAddressesPercent" not in api.published
