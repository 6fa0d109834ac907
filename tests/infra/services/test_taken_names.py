"""A name of a service that another stack has is said before anything exists."""

import pulumi
import pulumi_aws as aws
import pytest

from infra.common.stack_state import MARK
from infra.services.service import Service
from infra.services.taken_names import LOOK_UP
from tests.support.application import a_platform, a_service
from tests.support.graph import OUTPUTS, STATE, Graph, graph_of
from tests.support.shop import running_what_was_deployed

GROUP = "/ecs-platform/test/services/cart"
URN = "urn:pulumi:dev::shop::ecs-platform:index:Service$ecs-platform:index:Task$aws:cloudwatch/logGroup:LogGroup::cart"


def graph_with(look_up, *, held=(), services=("cart",)) -> Graph:
    def program():
        platform = a_platform()
        for name in services:
            Service(name, a_service(platform=platform))

    state = {f"{URN}-{name}": {"outputs": {"name": name}} for name in held}
    lookups = {
        "aws:ecs/getService:getService": running_what_was_deployed,
        OUTPUTS: {"outputs": {MARK: 1.0}},
        STATE: {"name": "organization/shop/dev", "outputs": state},
        LOOK_UP: look_up,
    }
    return graph_of(program, preview=True, lookups=lookups)


def test_a_name_that_another_stack_has_is_refused():
    with pytest.raises(pulumi.RunError, match=f"name: cart is taken, the log group {GROUP} stands") as error:
        graph_with({"logGroupNames": [GROUP]})
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("existing", "held"),
    [([], []), ([GROUP], [GROUP]), ([f"{GROUP}-2"], []), ([f"{GROUP}/a"], [])],
    ids=["free", "our own", "longer", "below"],
)
def test_a_free_name_and_our_own_are_taken(existing, held):
    assert graph_with({"logGroupNames": existing}, held=held).one(aws.cloudwatch.LogGroup)["name"] == GROUP


def test_it_is_asked_once_a_program_and_below_the_prefix():
    asked = []

    def look_up(args):
        asked.append(args)
        return {"logGroupNames": []}

    graph_with(look_up, services=("cart", "catalog"))
    assert asked == [{"logGroupNamePrefix": "/ecs-platform/test/services/"}]


def test_who_may_not_look_up_may_deploy():
    refused = ({}, [("", "AccessDenied: logs:DescribeLogGroups")])
    assert graph_with(refused).one(aws.cloudwatch.LogGroup)["name"] == GROUP
