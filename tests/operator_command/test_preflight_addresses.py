"""What preflight says of the addresses of the private subnets: those that stand, and those that a range will give."""

import pytest

from operator_command.reading.checked import Verdict
from tests.operator_command.account import PROD, Account, subnet


def addresses(subnets, *homes):
    found = [{"SubnetId": each, "InstanceType": "m7g.large"} for each in homes]
    answers = [("ec2", "describe_subnets", {"Subnets": subnets})]
    if homes:
        answers.append(("ec2", "describe_instances", {"Reservations": [{"Instances": found}]}))
    return Account(*answers).check("free_addresses")


def test_a_subnet_needs_addresses_for_its_part_of_a_refresh_at_the_largest_size():
    """30 instances and 10 percent more in 3 zones are 11 in each, with a trunk interface and 10 tasks each."""
    assert PROD.instances.max_size == 30
    assert addresses([subnet(free=132)], "elsewhere") == [
        (Verdict.OK, "132 free, 132 more wanted by a refresh at maxSize")
    ]
    ((verdict, text),) = addresses([subnet(free=131)], "elsewhere")
    assert verdict is Verdict.PROBLEM
    assert text.startswith("131 free, 132 more wanted by a refresh at maxSize; lower instances.maxSize")


def test_what_the_instances_of_a_subnet_may_hold_already_is_not_wanted_again():
    (said,) = addresses([subnet(free=251 - 30)], "s1", "s1", "elsewhere")
    assert said == (Verdict.OK, "221 free, 108 more wanted by a refresh at maxSize")
    (said,) = addresses([subnet(free=251 - 5)], "s1")
    assert said == (Verdict.OK, "246 free, 127 more wanted by a refresh at maxSize")


@pytest.mark.parametrize(
    "others", [[], [subnet(name="ecs-prod-public-eu-central-1a")], [subnet(environment="dev")], [{"SubnetId": "s2"}]]
)
def test_before_the_first_up_the_plan_tells_the_size_of_the_subnets(others):
    said = "4091 in each private subnet of 10.16.0.0/16, 132 wanted by a refresh at maxSize"
    assert addresses(others) == [(Verdict.OK, said)]


@pytest.mark.parametrize(("largest", "verdict"), [(54, Verdict.OK), (55, Verdict.PROBLEM)])
def test_a_range_that_is_too_small_is_a_problem_while_it_can_still_be_another(largest, verdict):
    """A /20 gives a zone 251 addresses, for 20 instances of 12: 54 and a tenth more are 60 in 3 zones, 55 are 61."""
    small = PROD.model_copy(
        update={
            "network": PROD.network.model_copy(update={"cidr": "10.10.0.0/20"}),
            "instances": PROD.instances.model_copy(update={"max_size": largest}),
        }
    )
    ((found, text),) = Account(("ec2", "describe_subnets", {"Subnets": []})).check("free_addresses", small)
    assert found is verdict
    assert text.endswith("; a larger network.cidr: a subnet cannot grow") is (verdict is Verdict.PROBLEM)
