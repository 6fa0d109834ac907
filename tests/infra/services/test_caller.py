"""Whom a service lets in that is none of the program's: each shape of a wrong one is a sentence."""

import pulumi
import pulumi_aws as aws
import pytest

from infra.services.caller import Caller
from infra.services.service import Service
from tests.support.application import a_service
from tests.support.service import graph_from

WRONG = [
    ({"cidr": 5}, "cidr: must be a text"),
    ({"security_group_id": ["sg-1"]}, "security_group_id: must be a text"),
    ({"security_group_id": "web"}, "security_group_id: must be an id, sg-"),
    ({"prefix_list_id": "sg-1"}, "prefix_list_id: must be an id, pl-"),
    ({"cidr": "10.0.0.1/8"}, "cidr: must be a network"),
    ({"cidr": "0.0.0.0/1"}, "cidr: must be /8 or narrower"),
    ({"cidr": "128.0.0.0/7"}, "cidr: must be /8 or narrower"),
    ({}, "give one of security_group_id, prefix_list_id and cidr"),
    ({"cidr": "10.0.0.0/8", "prefix_list_id": "pl-1"}, "give one of"),
    ({"name": None, "cidr": "10.0.0.0/8"}, "name: must be up to 40 of a-z"),
    ({"name": "my office!", "cidr": "10.0.0.0/8"}, "name: must be up to 40 of a-z"),
]


@pytest.mark.parametrize(("given", "says"), WRONG)
def test_a_wrong_caller_is_one_sentence(given, says):
    with pytest.raises(pulumi.RunError, match=r"^Caller\.") as error:
        Caller(**{"name": "office", **given})
    assert says in str(error.value)


def calling(cidr):
    def program():
        service = Service("cart", a_service(port=8080))
        service.allow_from(Caller("office", cidr=pulumi.Output.from_input(cidr)))

    return graph_from(program)


@pytest.mark.parametrize(
    ("cidr", "says"),
    [
        ("0.0.0.0/0", "cidr: must be /8 or narrower"),
        ("0.0.0.0/1", "cidr: must be /8 or narrower"),
        ("office", "cidr: must be a network"),
        (None, "cidr: must be a text, got an Output of NoneType"),
    ],
)
def test_an_output_that_is_no_network_or_everybody_is_refused(cidr, says):
    with pytest.raises(pulumi.RunError, match=rf"office: Caller\.{says}"):
        calling(cidr)


def test_a_network_of_an_output_is_let_in():
    assert [one["cidrIpv4"] for one in calling("10.0.0.0/8").of(aws.vpc.SecurityGroupIngressRule)] == ["10.0.0.0/8"]


def test_two_of_one_name_in_a_program_are_refused():
    def program():
        Service("cart", a_service())
        Service("cart", a_service(), pulumi.ResourceOptions(parent=None))

    with pytest.raises(pulumi.RunError, match="name: two services, jobs or daemons of the program are called cart"):
        graph_from(program)
