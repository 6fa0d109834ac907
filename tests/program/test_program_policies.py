"""The program keeps the rules of its own policy pack, and loses them one by one when it is detuned."""

import json
import runpy
from dataclasses import replace

import pulumi_aws as aws
import pytest

from ecs_operations.evaluate import Report, evaluate
from ecs_operations.model import UNKNOWN, Resource
from ecs_operations.registry import Level
from tests.graph import Graph, Node, graph_of
from tests.stack_files import ROOT, config_of, stacks

SAVED = {"dev": {"alb-http-redirects", "alb-deletion-protection"}, "prod": set[str]()}
"""What a stack file does without, and its profile therefore only advises."""

PROFILES = {"dev": "development", "prod": "production"}


def program() -> None:
    runpy.run_path(str(ROOT / "__main__.py"))


def profile(name: str) -> dict:
    return json.loads((ROOT / "policies" / "config" / f"{name}.json").read_text())


def resources(graph: Graph) -> list[Resource]:
    """The graph as the pack sees it."""
    nodes = {node.urn: node for node in graph.nodes}

    def provider_of(node: Node) -> dict:
        return dict(nodes[node.provider.rpartition("::")[0]].inputs) if node.provider else {}

    return [
        Resource(
            type=node.type,
            name=node.name,
            urn=node.urn,
            inputs=known(node.inputs),
            dependencies=dict(node.property_dependencies),
            ignore_changes=node.ignore_changes,
            protect=node.protect,
            parent=node.parent,
            provider=provider_of(node),
        )
        for node in graph.nodes
    ]


def known(value):
    if type(value).__name__ == "Unknown":
        return UNKNOWN
    if isinstance(value, dict):
        return {key: known(item) for key, item in value.items()}
    return [known(item) for item in value] if isinstance(value, list) else value


def report_of(graph: Graph, profile_name: str = "production") -> Report:
    return evaluate(resources(graph), profile(profile_name))


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize("stack", stacks())
def test_every_stack_file_keeps_every_rule_in_its_profile(stack, preview):
    report = report_of(graph_of(program, config=config_of(stack), preview=preview), PROFILES[stack])
    assert [f"{one.rule}: {one.message}" for one in report.findings if one.level == Level.MANDATORY] == []
    assert {one.rule for one in report.findings} == SAVED[stack]


def test_a_preview_judges_everything():
    """What a rule cannot judge in a preview is listed here, with the reason beside it."""
    report = report_of(graph_of(program, config=config_of("prod"), preview=True))
    assert [(skipped.rule, skipped.urn.rpartition("::")[2], skipped.path) for skipped in report.not_evaluated] == []


def detuned(graph: Graph, change) -> Graph:
    """The graph with `change(node)` in place of each node; None takes it away."""
    return Graph(nodes=[node for node in map(change, graph.nodes) if node is not None], preview=graph.preview)


def without(kind: type, name: str = ""):
    return lambda node: None if node.type == kind.pulumi_type and node.name.endswith(name) else node


def changed(kind: type, name: str = "", **inputs):
    def change(node: Node) -> Node:
        if node.type != kind.pulumi_type or not node.name.endswith(name):
            return node
        return replace(node, inputs={**node.inputs, **inputs})

    return change


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        (without(aws.ec2.FlowLog), {"vpc-flow-logs"}),
        (without(aws.ec2.Route, "private-euc1-az2-internet"), {"vpc-nat-per-az"}),
        (changed(aws.cloudwatch.LogGroup, "-exec", retentionInDays=0), {"logs-retention"}),
        (without(aws.cloudwatch.LogGroup, "-exec"), {"logs-group-for-every-producer"}),
        (changed(aws.lb.Listener, "-public-https", sslPolicy="ELBSecurityPolicy-2016-08"), {"alb-tls-policy"}),
        (changed(aws.lb.LoadBalancer, enableDeletionProtection=False), {"alb-deletion-protection"}),
        (without(aws.cloudwatch.MetricAlarm, "-public-errors"), {"alarms-required-set"}),
        (changed(aws.Provider, defaultTags='{"tags": {}}'), {"required-tags"}),
    ],
)
def test_a_rule_notices_when_the_program_is_detuned(change, rules):
    graph = graph_of(program, config=config_of("prod"), preview=True)
    assert {finding.rule for finding in report_of(detuned(graph, change)).findings} == rules
