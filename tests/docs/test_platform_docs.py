"""The programs of the page about a platform of one's own make what it says."""

import ast
import json
import sys

import pulumi_aws as aws
import pytest

import infra
import infra.environment
from tests.docs.pages import blocks_of
from tests.support.graph import Graph, graph_of
from tests.support.stack_files import ROOT, config_of

PAGE = "docs/platform-of-your-own.md"
SHORTEST, OWN_PROVIDER, BESIDE = blocks_of(PAGE, "python")


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    """The names that the wheel gives."""
    monkeypatch.setitem(sys.modules, "ecs_platform", infra)
    monkeypatch.setitem(sys.modules, "ecs_platform.environment", infra.environment)


def made_by(program: str) -> Graph:
    return graph_of(lambda: exec(compile(program, PAGE, "exec"), {}), project="my-platform", config=config_of("dev"))


def test_the_shortest_program_is_that_of_the_template():
    template = ast.parse((ROOT / "template" / "__main__.py").read_text())
    assert ast.unparse(ast.Module(template.body[1:], [])) == ast.unparse(ast.parse(SHORTEST))


def test_a_provider_of_ones_own_has_the_role_and_the_tags_and_makes_everything():
    graph = made_by(OWN_PROVIDER)
    provider = graph.one("pulumi:providers:aws")
    assert provider.name == "environment"
    assert json.loads(provider["assumeRoles"])[0]["roleArn"].endswith(":role/deployer")
    assert json.loads(provider["defaultTags"])["tags"].keys() >= {"environment", "owner", "managed-by"}
    assert [
        node.name for node in graph.nodes if node.type.startswith("aws:") and provider.urn not in node.provider
    ] == []


def test_resources_of_ones_own_stand_beside_the_environment_and_in_its_subnets():
    graph = made_by(BESIDE)
    group = graph.one(aws.rds.SubnetGroup)
    private = {node.urn for node in graph.of(aws.ec2.Subnet) if "private" in node.name}
    assert group.property_dependencies["subnetIds"] == private
    assert graph.outputs.keys() >= {"databaseSubnetGroup", "contractVersion"}
