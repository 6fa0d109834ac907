"""The program of the repository as it stands, for every stack file."""

import json
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pytest

from tests.support.graph import Graph, offered
from tests.support.program import graph_for
from tests.support.stack_files import ROOT, stacks

ALL_INTERFACES = "0.0.0.0/0"


@pytest.fixture(scope="module", params=stacks())
def graph(request) -> Graph:
    return graph_for(request.param)


def test_what_pulumi_identifies_resources_by_is_recorded():
    """A changed type, name or parent replaces the resource of everybody: give it an alias and an upgrade note."""
    recorded = ROOT / "tests" / "program" / "identities.txt"
    identities = "\n".join(graph_for("prod").triples()) + "\n"
    if identities != recorded.read_text():
        Path(recorded.with_suffix(".new")).write_text(identities)
    assert identities == recorded.read_text(), "compare with identities.new; see CONTRIBUTING.md"


def test_every_resource_belongs_to_a_component(graph):
    tops = {"pulumi:providers:aws"}
    loners = [
        node.name for node in graph.nodes if node.custom and node.type not in tops and not list(graph.ancestors(node))
    ]
    assert not loners


def test_everything_goes_through_the_provider_that_sets_the_tags(graph):
    provider = graph.one("pulumi:providers:aws")
    assert json.loads(provider["defaultTags"])["tags"].keys() >= {"environment", "owner", "managed-by"}
    assert [
        node.name for node in graph.nodes if node.type.startswith("aws:") and provider.urn not in node.provider
    ] == []


def test_every_log_group_has_an_end(graph):
    assert all(group["retentionInDays"] > 0 for group in graph.of(aws.cloudwatch.LogGroup))


def test_the_world_comes_in_through_the_web_ports_of_the_load_balancer_and_nowhere_else(graph):
    balancer = graph.one(aws.lb.LoadBalancer)
    rules = [rule for rule in graph.of(aws.vpc.SecurityGroupIngressRule) if ALL_INTERFACES in json.dumps(rule.inputs)]
    assert rules
    for rule in rules:
        assert rule.property_dependencies["securityGroupId"] == balancer.property_dependencies["securityGroups"]
        assert rule["fromPort"] == rule["toPort"]
        assert rule["toPort"] in (80, 443)
    assert [group.name for group in graph.of(aws.ec2.SecurityGroup) if group.inputs.get("ingress")] == []


def test_every_role_says_what_it_may_do(graph):
    for policy in graph.of(aws.iam.RolePolicy):
        for statement in json.loads(policy["policy"])["Statement"]:
            assert "*" not in statement["Action"], policy.name


def test_a_preview_knows_every_iam_document_of_a_role():
    for policy in graph_for("prod", preview=True).of(aws.iam.RolePolicy):
        assert isinstance(policy["policy"], str), policy.name


def test_wrong_settings_stop_the_program_before_anything_is_registered():
    with pytest.raises(pulumi.RunError) as error:
        graph_for("dev", {"ecs-platform:network": '{"zones": 1}'})
    assert "network.zones" in str(error.value)


def test_a_region_with_too_few_zones_is_said_in_one_sentence():
    offers = "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings"
    lookups = {
        "aws:index/getAvailabilityZones:getAvailabilityZones": {
            "zoneIds": ["usw1-az1", "usw1-az3"], "names": ["us-west-1a", "us-west-1b"], "groupNames": [], "id": "x",
        },
        offers: lambda args: offered(("usw1-az1", "usw1-az3"), args),
    }  # fmt: skip
    with pytest.raises(
        pulumi.RunError, match=r"3 zones asked for, the Region has 2 that can be used \(usw1-az1, usw1-az3\)"
    ):
        graph_for("dev", {"ecs-platform:network": '{"zones": 3}'}, lookups=lookups)


def test_a_look_up_that_fails_is_one_sentence():
    refused = ({}, [("", "ExpiredToken: the security token is expired\nand a stack trace")])
    with pytest.raises(pulumi.RunError, match=r"^cannot look up who the credentials belong to: .*ExpiredToken[^\n]*$"):
        graph_for("dev", lookups={"aws:index/getCallerIdentity:getCallerIdentity": refused})
