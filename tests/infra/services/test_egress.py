"""Whom tasks reach besides HTTPS: a rule at each side that is known, before the tasks run."""

import pulumi
import pulumi_aws as aws
import pytest

from infra.services.caller import Caller
from infra.services.egress import Egress
from infra.services.service import Service
from tests.support.application import a_service
from tests.support.service import graph_from, graph_with

OUT, IN = aws.vpc.SecurityGroupEgressRule, aws.vpc.SecurityGroupIngressRule
NAME = "cart-security-group-to-tcp-5432"


def test_a_database_is_reached_and_lets_the_tasks_in():
    graph = graph_with(egress=[Egress.to("sg-0db", 5432)])
    out, into = graph.one(OUT, NAME), graph.one(IN, NAME)
    assert (out["referencedSecurityGroupId"], into["securityGroupId"]) == ("sg-0db", "sg-0db")
    assert into["referencedSecurityGroupId"] == out["securityGroupId"]
    assert (out["fromPort"], out["toPort"], into["ipProtocol"]) == (5432, 5432, "tcp")


def test_the_service_waits_for_both_rules():
    graph = graph_with(egress=[Egress.to("sg-0db", 5432)])
    waits_for = graph.of(aws.ecs.Service)[0].depends_on
    assert sum(urn.endswith(f"::{NAME}") for urn in waits_for) == 2


def test_another_destination_is_another_rule_and_the_old_one_goes_last():
    graph = graph_with(egress=[Egress.to("sg-0db", 5432)])
    for rule in (*graph.of(OUT, NAME), *graph.of(IN, NAME)):
        assert {"referencedSecurityGroupId", "cidrIpv4", "prefixListId", "toPort"} <= set(rule.replace_on_changes)


def test_where_the_owner_lets_them_in_only_the_way_out_is_made():
    graph = graph_with(egress=[Egress.to("sg-0db", 5432, lets_in=False)])
    assert not graph.of(IN, NAME)
    assert graph.of(OUT, NAME)


@pytest.mark.parametrize(
    ("egress", "at", "value"),
    [
        (Egress.to_cidr("10.20.0.0/16", 443, name="office"), "cidrIpv4", "10.20.0.0/16"),
        (Egress.to_prefix_list("pl-0a", 443, name="office"), "prefixListId", "pl-0a"),
    ],
)
def test_a_network_and_a_prefix_list_take_one_rule(egress, at, value):
    graph = graph_with(egress=[egress])
    assert graph.one(OUT, "cart-security-group-to-office")[at] == value
    assert not graph.of(IN)


def test_a_prefix_list_may_call():
    def program():
        Service("cart", a_service()).allow_from(Caller("office", prefix_list_id="pl-0a"))

    graph = graph_from(program)
    assert graph.one(IN)["prefixListId"] == "pl-0a"
    assert [rule.inputs["toPort"] for rule in graph.of(OUT)] == [443]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Egress(port=5432), "Egress.security_group_id: give one of"),
        (lambda: Egress(port=5432, cidr="10.0.0.0/8", prefix_list_id="pl-0a"), "Egress.security_group_id: give one of"),
        (lambda: Egress.to("database", 5432), "Egress.security_group_id: must be an id, sg-0123"),
        (lambda: Egress.to_prefix_list("s3", 443), "Egress.prefix_list_id: must be an id, pl-0123"),
        (lambda: Egress.to_cidr("10.0.0.1/8", 443), "Egress.cidr: must be a network of IPv4 addresses without"),
        (lambda: Egress.to_cidr("10.0.0.1", 443), "Egress.cidr: must have a length; write 10.0.0.1/32"),
        (lambda: Egress.to_cidr("::/0", 443), "Egress.cidr: must be a network of IPv4"),
        (lambda: Egress.to("sg-0a", 0), "Egress.port: must be 1 to 65535, got 0"),
        (lambda: Egress.to("sg-0a", 1, name="A b"), "Egress.name: must be up to 40"),
        (lambda: Egress(port=1, cidr="10.0.0.0/8", lets_in=False), "Egress.lets_in: belongs to a security group"),
        (lambda: a_service(egress=[Egress.to("sg-0a", 1), Egress.to("sg-0b", 1)]), "egress: two are called tcp-1"),
        (
            lambda: a_service(egress=[Egress.to_cidr("0.0.0.0/0", 443)]),
            "egress: 0.0.0.0/0 at 443 is open by egress_https",
        ),
        (lambda: Caller("a"), "Caller.security_group_id: give one of"),
        (lambda: Caller("a", "sg-0a", "pl-0a"), "Caller.security_group_id: give one of"),
    ],
)
def test_what_is_no_destination_is_a_sentence(make, says):
    with pytest.raises(pulumi.RunError, match=says):
        make()
